"""A page far down the list: reached by its number, where a site can."""

from __future__ import annotations

from benchmarks.case import Goal, PageCase

PAGES = (
    PageCase(
        "deep_page",
        "page {page}",
        "page={page}",
        "page={page_from_zero}",
        "p={page}",
        (
            Goal(("flask_admin_uncounted",), case="first_page"),
            Goal(("flask_admin", "flask_admin_uncounted", "django", "django_uncounted"), at_least=20),
        ),
    ),
)
