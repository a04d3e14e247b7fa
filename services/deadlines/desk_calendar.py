"""The organisation's calendar and zone: the official calendar, plus the years and days it entered itself."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import CalendarDay, CalendarYear, Organisation
from services.deadlines.calendar import WorkingCalendar, prc_calendar

DEFAULT_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class DeskTime:
    """What counting needs of the organisation."""

    calendar: WorkingCalendar
    zone: ZoneInfo


def desk_calendar(session: Session) -> WorkingCalendar:
    """The official calendar with the days set in the panel and the years confirmed there."""
    days = {row.day: row.kind for row in session.execute(sa.select(CalendarDay.day, CalendarDay.kind))}
    years = frozenset(session.scalars(sa.select(CalendarYear.year)))
    calendar = prc_calendar(days)
    return calendar.with_years(years, {}) if years else calendar


def desk_zone(session: Session) -> ZoneInfo:
    """The organisation's time zone; Asia/Shanghai before there is an organisation."""
    return ZoneInfo(session.scalar(sa.select(Organisation.timezone)) or DEFAULT_ZONE)


def desk_time(session: Session) -> DeskTime:
    """Calendar and zone together: three small reads; pass the result on rather than asking again."""
    return DeskTime(desk_calendar(session), desk_zone(session))
