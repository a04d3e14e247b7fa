"""Values of the desk as cells of a workbook: text, number or nothing; how wide and how high they are.

Columns of kind moment and date hold serial numbers; anywhere else a date is written out. What Excel would change
(more than 15 digits, days before its calendar begins) stays text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any

from models.labels import _l
from services.ledger.rendering import LINE_HEIGHT, MOST_LINES, WIDEST, Cell, lines_of
from services.own_fields import Several

EPOCH = datetime(1899, 12, 30)
FIRST_DAY = date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was; days before are kept as text."""
MOST_DIGITS = 15
"""Excel keeps so many digits of a number and makes the others zeros."""
YES, NO = _l("Yes"), _l("No")
NARROWEST = 8

_DAY = timedelta(days=1)
_FIRST_SERIAL = (FIRST_DAY - EPOCH.date()).days
_LARGEST = 10**MOST_DIGITS


class WallClock:
    """Moments on the wall clock of the desk: neither Excel nor a reader of a text file knows of zones."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._offsets: dict[date, timedelta | None] = {}

    def local(self, moment: datetime) -> datetime:
        """A moment (one without a zone is UTC) as the clock showed it."""
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        day = moment.date()
        if day not in self._offsets:
            self._offsets[day] = self._offset_of(day)
        offset = self._offsets[day]
        return self._slowly(moment) if offset is None else moment + offset

    def _offset_of(self, day: date) -> timedelta | None:
        """What the clock was ahead of UTC on this day of UTC; None when it was changed on it."""
        begin = datetime(day.year, day.month, day.day)
        if day.year in (1, 9999):  # the next or last day may not exist
            return None
        first, last = self._slowly(begin) - begin, self._slowly(begin + _DAY) - begin - _DAY
        return first if first == last else None

    def _slowly(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None)


class Cells:
    """Turns columns of values into cells, for one zone and the language of the moment."""

    def __init__(self, zone: tzinfo) -> None:
        self.clock = WallClock(zone)
        self.words: dict[bool | None, Cell] = {True: str(YES), False: str(NO), None: None}
        self.days: dict[date | None, Cell] = {None: None}

    def column(self, kind: str, values: Sequence[Any]) -> Sequence[Cell]:
        """A column of a batch; `kind` is that of its field."""
        if kind == "moment":
            return self._moments(values)
        if kind == "date":
            self.days |= {day: _day(day) for day in set(values) - self.days.keys()}
            days = self.days
            return [days[day] for day in values]
        types = set(map(type, values))
        if types <= {str, type(None)}:
            return values
        if types <= {bool, type(None)}:
            words = self.words
            return [words[value] for value in values]
        if types == {int} and min(values) > -_LARGEST and max(values) < _LARGEST:
            return values
        return [self.cell(value) for value in values]

    def cell(self, value: Any) -> Cell:
        """A value that stands in a column of neither dates nor moments."""
        if value is None or (isinstance(value, str) and not isinstance(value, Enum)):
            return value
        if isinstance(value, bool):
            return self.words[value]
        if isinstance(value, int):
            return value if abs(value) < _LARGEST else str(value)
        if isinstance(value, float | Decimal):
            return _fraction(value)
        if isinstance(value, datetime):
            return self.clock.local(value).isoformat(sep=" ")
        return plain_text(value)

    def _moments(self, values: Sequence[datetime | None]) -> list[Cell]:
        local = self.clock.local
        return [None if value is None else _serial(local(value)) for value in values]


def plain_text(value: Any) -> str:
    """A value as the reader sees it in a text cell."""
    label = getattr(value, "label", None)
    if isinstance(value, Enum):
        return str(value.value if label is None else label)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Several):
        return str(value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _serial(local: datetime) -> Cell:
    """The number that Excel keeps for a moment: days since its epoch."""
    serial = (local - EPOCH) / _DAY
    return serial if serial >= _FIRST_SERIAL else local.isoformat(sep=" ")


def _day(day: date) -> Cell:
    return (day - EPOCH.date()).days if day >= FIRST_DAY else day.isoformat()


def _fraction(value: float | Decimal) -> Cell:
    if not math.isfinite(value):
        return str(value)
    if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) > MOST_DIGITS:
        return format(value, "f")
    return float(value)


def shown_width(text: str) -> int:
    """Roughly how many narrow characters wide the longest line is; Chinese counts two."""
    line = max(text[:400].split("\n"), key=len)[:WIDEST]
    return sum(2 if character > "\u2e7f" else 1 for character in line)


def height_for(text: str) -> float | None:
    """Height of a row with this wrapped text: as many lines as it needs, up to MOST_LINES."""
    lines = lines_of(text)
    return min(lines, MOST_LINES) * LINE_HEIGHT if lines > 1 else None
