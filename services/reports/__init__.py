"""What people and leaders look at: read only."""
