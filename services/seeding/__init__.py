"""Made-up organisations of any size, written in bulk: up to millions of complaints in minutes.

`services.demonstration` plays a few cases on the operations themselves; here their outcome is written straight into the
tables, by the same arithmetic of time limits and the same rules of visibility. tests/integration/seeding holds that the
desk could not tell the difference.
"""
