"""Letters and forms: what stands on them, who may issue them, where they go."""
