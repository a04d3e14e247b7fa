"""Who may do what, and who may see which row."""
