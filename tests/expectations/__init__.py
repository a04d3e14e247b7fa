"""Expectations written by hand, and the readers that turn them into cells. Nothing here imports the product."""
