"""Keeps the table of who may see which complaint, and in which order, in step with the complaint itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import (
    Assignment,
    Complaint,
    ComplaintVisibility,
    InternalMemo,
    Investigation,
    InvestigationMember,
    InvestigationRequest,
    NamedPerson,
)
from models.enums import AssignmentKind, AssignmentStatus
from services.access.accused import accused_people
from services.access.scope import MARK, apply, unscoped
from services.actor import SYSTEM

_OPEN = (AssignmentStatus.AWAITING, AssignmentStatus.SIGNED)
FEW = 2_000
"""Up to so many complaints are read whole for every page of a list; beyond, only in the order of an index."""
ORDERS = ("received_at", "due_at")
"""What the rows repeat of their complaint, so that whoever sees some departments only has an index to read by."""

_rows = cast(sa.Table, ComplaintVisibility.__table__)


def sees_few(session: Session, audiences: Collection[str]) -> bool:
    """Whether these audiences may see at most FEW complaints."""
    if "*" in audiences:
        return False
    found = sa.select(_rows.c.complaint_id).where(_rows.c.audience.in_(sorted(audiences))).limit(FEW + 1)
    counted = sa.select(sa.func.count()).select_from(found.subquery())
    return (session.scalar(apply(counted, SYSTEM)) or 0) <= FEW


def install(session_class: Any) -> None:
    """Carry changed orders over to the rows, whoever changes them. Idempotent."""
    if not event.contains(session_class, "after_flush", _after_flush):
        event.listen(session_class, "after_flush", _after_flush)


def _after_flush(session: Session, _context: object) -> None:
    for one in session.dirty:
        if isinstance(one, Complaint) and any(
            sa.inspect(one).attrs[key].history.has_changes() for key in ORDERS
        ):
            values = {key: getattr(one, key) for key in ORDERS}
            rows = sa.update(_rows).where(_rows.c.complaint_id == one.id).values(values)
            session.connection().execute(rows.execution_options(**{MARK: "core"}))


def audiences_of(session: Session, complaint: Complaint) -> frozenset[str]:
    """The audiences that may see this complaint now (see ComplaintVisibility for their spelling)."""
    if complaint.is_confidential:
        named = sa.select(NamedPerson.user_id).where(
            NamedPerson.complaint_id == complaint.id, NamedPerson.ended_at.is_(None)
        )
        known = set(session.scalars(named))
        return frozenset(f"c{one}" for one in known - accused_people(session, complaint.id, known))
    departments = {complaint.department_id}
    people = {complaint.first_receiver_id, complaint.handler_id, complaint.responsible_id}
    # A department that signed for co-handling goes on reading when the case is over, as the lead does (R01-09).
    co_handled = sa.and_(Assignment.kind == AssignmentKind.CO_HANDLING, Assignment.signed_at.is_not(None))
    assignments = session.scalars(
        sa.select(Assignment).where(
            Assignment.complaint_id == complaint.id, sa.or_(Assignment.status.in_(_OPEN), co_handled)
        )
    ).all()
    lead_signed = False
    for assignment in assignments:
        departments.add(assignment.department_id)
        people |= {assignment.person_id}
        if assignment.kind is AssignmentKind.LEAD:
            lead_signed = assignment.status is AssignmentStatus.SIGNED
            if not lead_signed:
                # The sender answers for it, and reads it, until the receiver has signed (R01-03).
                people |= {assignment.sent_by_id}
                departments.add(assignment.from_department_id)
    if not lead_signed and complaint.department_id is None:
        departments.add(complaint.receiving_department_id)
    people |= set(_investigators(session, complaint))
    found = {"*"}
    found |= {f"d{department}" for department in departments if department is not None}
    found |= {f"u{person}" for person in people if person is not None}
    return frozenset(found)


def _investigators(session: Session, complaint: Complaint) -> list[int]:
    led = sa.select(Investigation.leader_id).where(Investigation.complaint_id == complaint.id)
    joined = (
        sa.select(InvestigationMember.user_id)
        .join(Investigation, Investigation.id == InvestigationMember.investigation_id)
        .where(Investigation.complaint_id == complaint.id)
    )
    # Whoever was asked for records, assistance or a decision has to read what it is about.
    asked = sa.select(InvestigationRequest.person_id).where(InvestigationRequest.complaint_id == complaint.id)
    memos = sa.select(InternalMemo.manager_id).where(InternalMemo.complaint_id == complaint.id)
    return list(session.scalars(sa.union_all(led, joined, asked, memos)))


def refresh_visibility(session: Session, complaint: Complaint) -> None:
    """Rebuild the visibility rows of one complaint. Called by every operation that moves or names."""
    session.flush()
    with unscoped(session, "visibility is rebuilt from rows that the actor may be about to lose"):
        wanted = audiences_of(session, complaint)
        rows = session.scalars(
            sa.select(ComplaintVisibility).where(ComplaintVisibility.complaint_id == complaint.id)
        ).all()
        for row in rows:
            if row.audience not in wanted:
                session.delete(row)
        known = {row.audience for row in rows}
        for audience in sorted(wanted - known):
            session.add(
                ComplaintVisibility(
                    complaint_id=complaint.id,
                    audience=audience,
                    received_at=complaint.received_at,
                    due_at=complaint.due_at,
                )
            )
        session.flush()
