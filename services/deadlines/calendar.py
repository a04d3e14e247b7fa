"""The working calendar: which local days are worked, and up to which year that is known.

A calendar never guesses: asked for a day of a year it does not hold, it raises CalendarMissing with that year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from chinese_calendar import constants

from models.enums import DayKind

__all__ = ["CalendarMissing", "DayKind", "WorkingCalendar", "is_worked", "prc_calendar"]

_SATURDAY = 5
ONE_DAY = timedelta(days=1)


_WORKED = frozenset({DayKind.WORK, DayKind.MAKE_UP})


def is_worked(kind: DayKind) -> bool:
    """Whether people work on a day of this kind."""
    return kind in _WORKED


class CalendarMissing(LookupError):
    """The calendar does not hold this year yet; somebody has to enter it."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the working calendar of {year} is missing")
        self.year = year


@dataclass(frozen=True)
class WorkingCalendar:
    """Days that differ from the ordinary week, and the years for which that list is complete.

    `days` holds only exceptions (holidays, make-up days); inside a covered year every other day follows the week.
    `overrides` are single days set by the organisation; they win, also in a year that is not covered.
    """

    days: Mapping[date, DayKind]
    covered_years: frozenset[int]
    overrides: Mapping[date, DayKind] = field(default_factory=dict)

    @property
    def coverage_start(self) -> date | None:
        """First day of the earliest covered year; None when nothing is covered."""
        return date(min(self.covered_years), 1, 1) if self.covered_years else None

    @property
    def coverage_end(self) -> date | None:
        """Last day of the run of covered years; a gap ends it, as counting could not cross the gap."""
        if not self.covered_years:
            return None
        year = min(self.covered_years)
        while year + 1 in self.covered_years:
            year += 1
        return date(year, 12, 31)

    def kind(self, day: date) -> DayKind:
        """What `day` is; raises CalendarMissing when its year is not covered."""
        if day in self.overrides:
            return self.overrides[day]
        if day.year not in self.covered_years:
            raise CalendarMissing(day.year)
        if day in self.days:
            return self.days[day]
        return DayKind.REST if day.weekday() >= _SATURDAY else DayKind.WORK

    def kind_or_none(self, day: date) -> DayKind | None:
        """As kind(), but None for a day that nobody knows yet."""
        try:
            return self.kind(day)
        except CalendarMissing:
            return None

    def is_working(self, day: date) -> bool:
        """Whether `day` is worked; raises CalendarMissing."""
        return is_worked(self.kind(day))

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`; raises CalendarMissing."""
        day += ONE_DAY
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def with_overrides(self, overrides: Mapping[date, DayKind]) -> WorkingCalendar:
        """The same calendar with more single days set."""
        return WorkingCalendar(self.days, self.covered_years, {**self.overrides, **overrides})

    def with_years(self, years: frozenset[int], days: Mapping[date, DayKind]) -> WorkingCalendar:
        """The same calendar with further complete years and their exceptions."""
        return WorkingCalendar({**self.days, **days}, self.covered_years | years, self.overrides)


@lru_cache(maxsize=1)
def _official_days() -> dict[date, DayKind]:
    days: dict[date, DayKind] = dict.fromkeys(constants.holidays, DayKind.HOLIDAY)
    days.update(dict.fromkeys(constants.workdays, DayKind.MAKE_UP))
    return days


@lru_cache(maxsize=1)
def _official_years() -> frozenset[int]:
    # A year's notice always names National Day. A stray day of the following New Year, published with the old
    # year's notice, does not make that following year known.
    return frozenset(day.year for day in constants.holidays if (day.month, day.day) == (10, 1))


def prc_calendar(overrides: Mapping[date, DayKind] | None = None) -> WorkingCalendar:
    """The official calendar of the PRC with its make-up days, as far as the installed data reach."""
    return WorkingCalendar(_official_days(), _official_years(), dict(overrides or {}))
