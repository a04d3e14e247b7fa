"""What a time limit is made of: unit, amount, what happens on a rest day, pauses, extension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    WORKING_HOUR = "working_hour"
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    SAME_DAY = "same_day"
    AT_ONCE = "at_once"
    CUSTOMER_SET = "customer_set"

    @property
    def needs_amount(self) -> bool:
        return self not in (Unit.SAME_DAY, Unit.AT_ONCE, Unit.CUSTOMER_SET)


class LastDay(StrEnum):
    """What happens when the last day of a period is not worked (Civil Code, art. 203)."""

    STAYS = "stays"
    NEXT_WORKING_DAY = "next working day"


@dataclass(frozen=True)
class Window:
    """One span of office hours inside a day, local time."""

    opens: time
    closes: time


OFFICE_HOURS = (Window(time(8, 0), time(12, 0)), Window(time(14, 0), time(17, 30)))


@dataclass(frozen=True)
class CountingRule:
    """How a period runs. `closing_time` ends a period counted in days at that local time instead of 24:00."""

    unit: Unit
    amount: int = 0
    if_last_day_not_working: LastDay = LastDay.STAYS
    closing_time: time | None = None
    office_hours: tuple[Window, ...] = OFFICE_HOURS

    def as_json(self) -> dict[str, Any]:
        """A snapshot to keep on a clock run; read back with from_json."""
        return {
            "unit": self.unit.value,
            "amount": self.amount,
            "if_last_day_not_working": self.if_last_day_not_working.value,
            "closing_time": self.closing_time.isoformat("minutes") if self.closing_time else None,
            "office_hours": [
                [value.isoformat("minutes") for value in asdict(w).values()] for w in self.office_hours
            ],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CountingRule:
        closing = data.get("closing_time")
        windows = tuple(
            Window(time.fromisoformat(opens), time.fromisoformat(closes))
            for opens, closes in data.get("office_hours") or ()
        )
        return cls(
            unit=Unit(data["unit"]),
            amount=int(data.get("amount") or 0),
            if_last_day_not_working=LastDay(data.get("if_last_day_not_working") or LastDay.STAYS),
            closing_time=time.fromisoformat(closing) if closing else None,
            office_hours=windows or OFFICE_HOURS,
        )


@dataclass(frozen=True)
class Pause:
    """A span in which a clock stood still, both ends aware; an open pause moves nothing yet."""

    begins: datetime
    ends: datetime | None


@dataclass(frozen=True)
class Extension:
    """Time added after the original due date, all grants together."""

    amount: int
    unit: Unit = Unit.CALENDAR_DAY


@dataclass(frozen=True)
class WarnPoint:
    """When to warn: at a fraction of the period, or so long before the end."""

    fraction: float | None = None
    before: int | None = None
    unit: Unit = Unit.WORKING_DAY


def extension_left(limit: int, granted: Sequence[int]) -> int:
    """How much may still be granted when `limit` holds for all grants together."""
    return max(0, limit - sum(granted))


Given = date | datetime
