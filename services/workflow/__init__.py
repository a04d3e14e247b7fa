"""The lifecycle: one table of what can happen to a complaint, the gates on it, and the steps every operation takes."""
