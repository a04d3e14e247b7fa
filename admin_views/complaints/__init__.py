"""Everything about complaints: worklist, list, registration, page, steps."""
