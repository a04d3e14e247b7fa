"""Complaints in a chosen state, written straight into the tables."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, ComplaintEvent, OutboxMessage, ProcedureVersion
from models.enums import Channel, EventKind, State
from services.access.scope import unscoped
from services.access.visibility import refresh_visibility
from services.actor import SYSTEM
from services.unit_of_work import UnitOfWork

ZONE = ZoneInfo("Asia/Shanghai")
_numbers = count(1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def create_complaint(session: Session, state: State = State.ACCEPTED, **values: Any) -> Complaint:
    """A complaint under the only procedure that is published."""
    complaint = Complaint(
        number=f"TS-2026-{next(_numbers):06d}",
        state=state,
        summary="夜间噪音",
        content="病区夜间施工噪音扰民",
        channel=Channel.VISIT,
        received_at=values.pop("received_at", local("2026-03-02 08:30")),
        procedure_version_id=session.scalars(sa.select(ProcedureVersion.id)).one(),
        **values,
    )
    session.add(complaint)
    session.flush()
    refresh_visibility(session, complaint)
    return complaint


def at(session: Session, moment: str) -> UnitOfWork:
    """The desk's own unit of work at a local moment."""
    return UnitOfWork(session, SYSTEM, local(moment))


def history(session: Session, complaint_id: int, *kinds: EventKind) -> list[ComplaintEvent]:
    query = (
        sa.select(ComplaintEvent)
        .where(ComplaintEvent.complaint_id == complaint_id)
        .order_by(ComplaintEvent.id)
    )
    with unscoped(session, "test"):
        return [event for event in session.scalars(query) if not kinds or event.event in kinds]


def messages(session: Session, topic: str) -> list[OutboxMessage]:
    query = sa.select(OutboxMessage).where(OutboxMessage.topic == topic).order_by(OutboxMessage.id)
    with unscoped(session, "test"):
        return list(session.scalars(query))
