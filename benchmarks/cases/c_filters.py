"""Filters: department with state, overdue, a month; and the department that owns one in ten thousand."""

from __future__ import annotations

from benchmarks.case import Goal, PageCase, for_both

_GOAL = for_both(Goal(("flask_admin_uncounted",), case="first_page"))
PAGES = (
    PageCase(
        "department_state",
        "department + state",
        "f.department_id={department_address}&f.state={state}",
        "flt0_state_equals={state}&flt1_department_id_equals={department}",
        "state__exact={state}&department__id__exact={department}",
        _GOAL,
    ),
    PageCase(
        "small_department",
        "department with 0.01 %",
        "f.department_id={small_address}",
        "flt0_department_id_equals={small}",
        "department__id__exact={small}",
        _GOAL,
    ),
    PageCase(
        "overdue",
        "overdue",
        "f.overdue=1",
        "flt0_due_at_smaller_than={now}",
        "due_at__lt={now}",
        _GOAL,
    ),
    PageCase(
        "month",
        "one month",
        "f.received_at_from={month_from}&f.received_at_to={month_to}",
        "flt0_received_at_between={month_from}+00%3A00%3A00+to+{month_to}+23%3A59%3A59",
        "received_at__gte={month_from}&received_at__lte={month_to}",
        _GOAL,
    ),
)
