"""Backup, restore and moving between the engines, all through one portable form of the rows."""
