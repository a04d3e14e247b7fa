"""Helpers of the fixtures in tests/conftest.py."""
