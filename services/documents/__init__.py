"""Letters and forms: filled from the record, as Word and as PDF."""
