"""What people of the desk see first: their work, and the figures."""

from __future__ import annotations

from benchmarks.case import Goal, PageCase, for_both

_GOAL = for_both(Goal(under=0.1))
PAGES = (
    PageCase("worklist", "worklist", "/", goals=_GOAL),
    PageCase("figures", "figures of the analysis", "/analysis/", goals=_GOAL),
)
