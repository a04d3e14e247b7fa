"""Periods of analysis: months, quarters and years of the desk's calendar, and the ones before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.analysis_enums import ReportKind

MONTHS = {ReportKind.MONTHLY: 1, ReportKind.QUARTERLY: 3, ReportKind.YEARLY: 12}
LONGEST_DAYS = 3660


@dataclass(frozen=True)
class Period:
    """Some days, the last one included, on the clock of the desk."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """The midnight after the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def previous(self) -> Period:
        """As many whole months before when these are whole months, else as many days."""
        before = self.first - timedelta(days=1)
        if self.first.day == 1 and (self.last + timedelta(days=1)).day == 1:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            return Period(months_before(self.first, months), before, self.zone)
        return Period(before - (self.last - self.first), before, self.zone)

    @property
    def text(self) -> str:
        """As addresses write it: 20260301-20260331."""
        return f"{self.first:%Y%m%d}-{self.last:%Y%m%d}"

    def __str__(self) -> str:
        return f"{self.first.isoformat()} – {self.last.isoformat()}"


def period_of(text: str, zone: ZoneInfo) -> Period:
    """The period of an address. ValueError for one that is none."""
    first, _, last = text.partition("-")
    made = Period(_day(first), _day(last), zone)
    if not 0 <= (made.last - made.first).days <= LONGEST_DAYS:
        raise ValueError(text)
    return made


def _day(text: str) -> date:
    if len(text) != 8 or not text.isdigit():
        raise ValueError(text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def months_before(first: date, months: int) -> date:
    """The first day of the month that many months earlier (later for a negative number)."""
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def month_of(day: date, zone: ZoneInfo) -> Period:
    return whole(ReportKind.MONTHLY, day, zone)


def whole(kind: ReportKind, day: date, zone: ZoneInfo) -> Period:
    """The month, quarter or year that `day` lies in."""
    months = MONTHS[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, months_before(first, -months) - timedelta(days=1), zone)


def months_until(last: Period, count: int) -> list[Period]:
    """The `count` months that end with the month of the period's last day."""
    final = date(last.last.year, last.last.month, 1)
    return [month_of(months_before(final, back), last.zone) for back in range(count - 1, -1, -1)]
