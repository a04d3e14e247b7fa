"""The organisation's calendar: the official one, plus the years and days it entered itself."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.procedures import CalendarDay, CalendarYear
from services.deadlines.calendar import WorkingCalendar, prc_calendar


def desk_calendar(session: Session) -> WorkingCalendar:
    """The official calendar with the days set in the panel and the years confirmed there."""
    days = {row.day: row.kind for row in session.execute(sa.select(CalendarDay.day, CalendarDay.kind))}
    years = frozenset(session.scalars(sa.select(CalendarYear.year)))
    calendar = prc_calendar(days)
    return calendar.with_years(years, {}) if years else calendar
