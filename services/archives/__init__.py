"""The file of an archived case: what belongs to it, its seal, who looked into it, and its end."""
