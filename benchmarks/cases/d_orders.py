"""Other orders than newest first."""

from __future__ import annotations

from benchmarks.case import Goal, PageCase, for_both

_GOAL = for_both(Goal(("flask_admin_uncounted",), case="first_page"))
PAGES = (
    PageCase("by_product", "sorted by product", "sort=product", "sort=7", "o=2", _GOAL),
    PageCase("by_due", "sorted by due date", "sort=due_at", "sort=8", "o=9", _GOAL),
    *(
        PageCase(f"by_{key}", f"sorted by {title}", f"sort={key}", goals=_GOAL)
        for key, title in (
            ("number", "number"),
            ("received_at", "receipt, oldest first"),
            ("state", "state"),
            ("category", "category"),
            ("department_id", "department"),
            ("handler_id", "handler"),
            ("complainant_name", "complainant"),
        )
    ),
)
