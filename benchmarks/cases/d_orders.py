"""Other orders than newest first."""

from __future__ import annotations

from benchmarks.case import Goal, PageCase

_GOAL = (Goal(("flask_admin_uncounted",), case="first_page"),)
PAGES = (
    PageCase("by_product", "sorted by product", "sort=product", "sort=7", "o=2", _GOAL),
    PageCase("by_due", "sorted by due date", "sort=due_at", "sort=8", "o=9", _GOAL),
)
