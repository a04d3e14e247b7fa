"""The first page of the list, newest first."""

from __future__ import annotations

from benchmarks.case import Goal, PageCase

REFERENCE = ("flask_admin_uncounted",)
PAGES = (PageCase("first_page", "first page", "", "", "", (Goal(REFERENCE),)),)
