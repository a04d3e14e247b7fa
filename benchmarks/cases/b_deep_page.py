"""Far down the list: a page reached by its number, where a site can, and the last one."""

from __future__ import annotations

from benchmarks.case import LAST, Goal, PageCase, for_both

_GOALS = for_both(
    Goal(("flask_admin_uncounted",), case="first_page"),
    Goal(("flask_admin", "flask_admin_uncounted", "django", "django_uncounted"), at_least=20),
)
PAGES = (
    PageCase(
        "deep_page",
        "page {page}",
        "page={page}",
        "page={page_from_zero}",
        "p={page}",
        _GOALS,
        elsewhere=True,
    ),
    PageCase("last_page", "last page", LAST, "page={last_from_zero}", "p={last}", _GOALS, elsewhere=True),
)
