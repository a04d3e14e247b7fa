"""Looks at what an operation left behind, around the scope rules: rows are compared, not what somebody may see."""

from __future__ import annotations

from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    Assignment,
    AuditEntry,
    ClockRun,
    Complaint,
    ComplaintEvent,
    ComplaintVisibility,
    OutboxMessage,
    User,
)
from models.base import Base
from models.enums import AssignmentKind, EventKind, RoleName
from services.access.scope import unscoped
from services.actor import SYSTEM, Actor
from services.workflow.gates import Situation
from services.workflow.steps import reasons_against
from services.workflow.table import TRANSITIONS
from tests.factories import NOW, House, actor_of

Row = TypeVar("Row", bound=Base)


def rows(session: Session, model: type[Row], complaint: Complaint) -> list[Row]:
    """Every row of `model` that belongs to the complaint, oldest first."""
    with unscoped(session, "a test looks at the result"):
        session.expire_all()
        column = model.complaint_id  # type: ignore[attr-defined]
        return list(session.scalars(sa.select(model).where(column == complaint.id).order_by(model.id)))


def events(session: Session, complaint: Complaint) -> list[str]:
    return [row.event.value for row in rows(session, ComplaintEvent, complaint)]


def last_event(session: Session, complaint: Complaint) -> ComplaintEvent:
    return rows(session, ComplaintEvent, complaint)[-1]


def last_audit(session: Session, complaint: Complaint) -> AuditEntry:
    """The last entry about the case itself; a step may seal the file after it."""
    return [one for one in rows(session, AuditEntry, complaint) if one.action != "archive_record.seal"][-1]


def told(session: Session, complaint: Complaint, topic: str) -> set[int]:
    """Who is told of `topic`."""
    return {row.recipient_id for row in rows(session, OutboxMessage, complaint) if row.topic == topic}


def audiences(session: Session, complaint: Complaint) -> set[str]:
    return {row.audience for row in rows(session, ComplaintVisibility, complaint)}


def clocks(session: Session, complaint: Complaint) -> dict[tuple[str, int], ClockRun]:
    """The runs by code and round."""
    return {(run.code, run.round): run for run in rows(session, ClockRun, complaint)}


def leads(session: Session, complaint: Complaint) -> list[str]:
    """The states of the lead assignments, oldest first."""
    return [
        row.status.value for row in rows(session, Assignment, complaint) if row.kind is AssignmentKind.LEAD
    ]


def sees(session: Session, user: User | Actor, complaint: Complaint) -> bool:
    """Whether this person finds the complaint."""
    before = session.info.get("actor")
    session.info["actor"] = user if isinstance(user, Actor) else actor_of(session, user)
    try:
        query = sa.select(Complaint.id).where(Complaint.public_id == complaint.public_id)
        return session.scalar(query) is not None
    finally:
        session.info["actor"] = before


def everything(session: Session) -> dict[str, int]:
    """How many rows every table holds."""
    with unscoped(session, "a test counts rows"):
        session.expire_all()
        return {
            mapper.class_.__name__: session.scalar(sa.select(sa.func.count()).select_from(mapper.class_)) or 0
            for mapper in Base.registry.mappers
        }


def values(session: Session, complaint: Complaint) -> dict[str, Any]:
    """The columns of the complaint as they stand."""
    with unscoped(session, "a test looks at the result"):
        session.expire_all()
        row = session.execute(
            sa.select(*Complaint.__mapper__.column_attrs).where(Complaint.id == complaint.id)
        ).one()
        return dict(row._mapping)


def reasons_of(session: Session, house: House, complaint: Complaint, event: EventKind) -> list[str]:
    """The codes of what stands in the way of an event for the handler; nothing is changed."""
    session.info["actor"] = SYSTEM
    found = session.get_one(Complaint, complaint.id, populate_existing=True)
    situation = Situation(session, found, actor_of(session, house[RoleName.HANDLER]), None, NOW)
    codes = [reason.code for reason in reasons_against(situation, TRANSITIONS[event])]
    session.rollback()
    return codes
