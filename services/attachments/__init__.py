"""Files that people hand in: named, checked, and kept by the hash of their content."""
