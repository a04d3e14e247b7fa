"""The colour of a complaint's row in the workbook, as the list on the screen has it."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint
from models.enums import OPEN_STATES
from services.deadlines.desk_calendar import desk_time
from services.deadlines.urgency import urgency
from services.listing import ListQuery
from services.listing.streaming import Batch

COLOURED_BY = ("state", "due_at", "paused_at")
"""Fields that the colour follows from, whether a column shows them or not."""


class Tones:
    """Tells the tones of batches; rows of other lists than that of complaints have none."""

    def __init__(self, session: Session, query: ListQuery) -> None:
        self.now = query.now
        self.is_complaint = query.model is Complaint
        if self.is_complaint:
            self.time = desk_time(session)
            self.lower_bounds = _lower_bounds(session)
        self._past = self.now.astimezone(UTC).replace(tzinfo=None)
        self._later = datetime.max
        """The earliest moment found so far that is not near: those after it aren't either."""

    def of(self, batch: Batch) -> list[str]:
        """A tone for each row of the batch."""
        if not self.is_complaint:
            return [""] * len(batch)
        rows = zip(batch.ids, *(batch.extra[key] for key in COLOURED_BY), strict=True)
        return [
            "" if due_at is None or state not in OPEN_STATES
            else "paused" if paused_at is not None
            else self._near(due_at, row_id in self.lower_bounds)
            for row_id, state, due_at, paused_at in rows
        ]  # fmt: skip

    def _near(self, due_at: datetime, is_lower_bound: bool) -> str:
        if due_at >= self._later:
            return "later"
        if due_at <= self._past and not is_lower_bound:
            return "overdue"
        nearness = urgency(
            due_at.replace(tzinfo=UTC), self.now, self.time, is_lower_bound=is_lower_bound
        ).nearness
        if nearness == "later":
            self._later = due_at
        return nearness


def _lower_bounds(session: Session) -> frozenset[int]:
    """Open complaints whose due date waits for a year's calendar: few, and never coloured as overdue."""
    query = sa.select(Complaint.id).where(
        Complaint.due_is_lower_bound.is_(True), Complaint.state.in_(sorted(OPEN_STATES))
    )
    return frozenset(session.scalars(query))
