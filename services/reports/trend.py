"""Received and closed, month by month, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from models import Complaint
from services.reports.figures import counted_at_all
from services.reports.indicators import Basis, closed, received
from services.reports.periods import Period


@dataclass(frozen=True)
class Month:
    period: Period
    received: int
    closed: int


def trend(session: Session, months: Sequence[Period], *parts: ColumnElement[bool]) -> list[Month]:
    """What each month received and closed, for the session's reader."""
    start, end = months[0].start, months[-1].end
    sums = [
        sa.func.count(sa.case((condition(Basis(month)), 1)))
        for month in months
        for condition in (received, closed)
    ]
    touched = sa.or_(
        sa.and_(Complaint.received_at >= start, Complaint.received_at < end),
        sa.and_(Complaint.closed_at >= start, Complaint.closed_at < end),
    )
    numbers = session.execute(sa.select(*sums).where(counted_at_all(), touched, *parts)).one()
    return [Month(month, numbers[2 * index], numbers[2 * index + 1]) for index, month in enumerate(months)]
