"""How near a due moment is: what lists, pages and the workbook colour by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ClockRun
from models.enums import ClockState
from services.deadlines.calendar import ONE_DAY, is_worked
from services.deadlines.desk_calendar import DeskTime

Nearness = Literal["overdue", "today", "soon", "later"]

SOON_WORKING_DAYS = 2
"""Up to so many working days before its last day a due date counts as near."""


@dataclass(frozen=True)
class Urgency:
    """`working_days` are those left after today up to the last day, None once it is over."""

    nearness: Nearness
    working_days: int | None


def urgency(due_at: datetime, now: datetime, time: DeskTime, *, is_lower_bound: bool = False) -> Urgency:
    """How near `due_at` (as kept on complaints and clock runs) is at `now`. A lower bound is never overdue."""
    today = now.astimezone(time.zone).date()
    # A period in days ends at the start of the next day: its last day is the one that holds the moment before.
    last = (due_at - timedelta(microseconds=1)).astimezone(time.zone).date()
    if now >= due_at and not is_lower_bound:
        return Urgency("overdue", None)
    if last <= today:
        return Urgency("today", 0)
    left, day = 0, today
    while day < last:
        day += ONE_DAY
        kind = time.calendar.kind_or_none(day)
        left += kind is None or is_worked(kind)
        if left > 366:
            break
    return Urgency("soon" if left <= SOON_WORKING_DAYS else "later", left)


def missing_years(session: Session) -> list[int]:
    """The years whose calendar open clocks that the actor may see wait for, earliest first."""
    query = sa.select(ClockRun.missing_year).where(
        ClockRun.missing_year.is_not(None), ClockRun.state.in_([ClockState.RUNNING, ClockState.PAUSED])
    )
    return sorted({year for year in session.scalars(query.distinct()) if year is not None})
