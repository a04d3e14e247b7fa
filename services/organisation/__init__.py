"""Departments, people, the roles they hold, and who stands in for whom."""
