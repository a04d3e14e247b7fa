"""The sections of a procedure file beyond its backbone, one subject a module; `Procedure` in schema.py lists them."""
