"""Received and closed, month by month, in two statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from models import Complaint
from services.reports.figures import counted_at_all
from services.reports.indicators import Basis, Condition, closed, received
from services.reports.periods import Period


@dataclass(frozen=True)
class Month:
    period: Period
    received: int
    closed: int


def trend(session: Session, months: Sequence[Period], *parts: ColumnElement[bool]) -> list[Month]:
    """What each month received and closed, for the session's reader."""
    received_then, closed_then = (
        _monthly(session, months, column, condition, parts)
        for column, condition in ((Complaint.received_at, received), (Complaint.closed_at, closed))
    )
    return [Month(*each) for each in zip(months, received_then, closed_then, strict=True)]


def _monthly(
    session: Session, months: Sequence[Period], column: Any, condition: Condition, parts: Any
) -> Sequence[int]:
    sums = [sa.func.count(sa.case((condition(Basis(month)), 1))) for month in months]
    within = (column >= months[0].start, column < months[-1].end)
    return session.execute(sa.select(*sums).where(counted_at_all(), *within, *parts)).one()
