"""The first page of the list, newest first."""

from __future__ import annotations

from benchmarks.case import Goal, PageCase, for_both

REFERENCE = ("flask_admin_uncounted",)
PAGES = (PageCase("first_page", "first page", "", "", "", for_both(Goal(REFERENCE))),)
