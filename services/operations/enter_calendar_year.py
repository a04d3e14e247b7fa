"""Entering the working calendar of a year beyond the official data: its holidays and make-up days, with the notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from models import CalendarDay, CalendarYear
from models.enums import DayKind
from models.labels import _l
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_calendar
from services.errors import Invalid, NotPermitted
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.typed import required


def enter_calendar_year(
    work: UnitOfWork,
    year: int | None,
    *,
    holidays: Sequence[date],
    make_up: Sequence[date],
    source: str | None,
) -> CalendarYear:
    """The year, known from now on. Due dates that waited for it are recomputed by the caller, as the system.

    Invalid for a year that is known already, for days outside it, or for a day that is both.
    """
    if not work.actor.may(Permission.CALENDAR_WRITE):
        raise NotPermitted
    if year is None or not 2000 <= year <= 2100:
        raise Invalid({"year": _l("Which year?")})
    if year in desk_calendar(work.session).covered_years:
        raise Invalid(
            {"year": _l("The calendar of %(year)s is known already; set single days instead.", year=year)}
        )
    source = required(source, "source", _l("Which notice or decision does it rest on?"), 200)
    _check_days(year, holidays, make_up)
    row = CalendarYear(year=year, source=source)
    work.session.add(row)
    known = set(work.session.scalars(sa.select(CalendarDay.day)))
    for kind, days in ((DayKind.HOLIDAY, holidays), (DayKind.MAKE_UP, make_up)):
        work.session.add_all(
            CalendarDay(day=day, kind=kind, reason=source) for day in days if day not in known
        )
    save(work, row)
    record_change(work, "create", row, further={"holidays": len(holidays), "make_up": len(make_up)})
    return row


def _check_days(year: int, holidays: Sequence[date], make_up: Sequence[date]) -> None:
    faults = {}
    if not holidays:
        faults["holidays"] = _l("A year has public holidays; enter them all.")
    for name, days in (("holidays", holidays), ("make_up", make_up)):
        if any(day.year != year for day in days):
            faults[name] = _l("Every day must lie in %(year)s.", year=year)
    if set(holidays) & set(make_up):
        faults["make_up"] = _l("A day is either a holiday or a make-up working day.")
    if any(day.weekday() < 5 for day in make_up):
        faults["make_up"] = _l("A make-up working day falls on a weekend.")
    if faults:
        raise Invalid(faults)
