"""Sending to a department, signing, ending: what several operations do to assignments."""

from __future__ import annotations

import sqlalchemy as sa

from models import Assignment, Complaint, Department, User
from models.enums import AssignmentKind, AssignmentStatus
from services.unit_of_work import UnitOfWork


def send_to(
    work: UnitOfWork,
    complaint: Complaint,
    kind: AssignmentKind,
    department: Department,
    person: User,
    *,
    instruction: str | None = None,
    instructed_by_id: int | None = None,
    from_department_id: int | None = None,
) -> Assignment:
    """A new assignment that awaits the signature of `person` or of the head of `department`."""
    assignment = Assignment(
        complaint_id=complaint.id,
        kind=kind,
        status=AssignmentStatus.AWAITING,
        round=complaint.round,
        department_id=department.id,
        department_name=department.name,
        from_department_id=from_department_id,
        person_id=person.id,
        instruction=instruction,
        instructed_by_id=instructed_by_id,
        sent_by_id=work.actor.user_id,
        sent_at=work.now,
    )
    work.session.add(assignment)
    work.session.flush()
    return assignment


def sign(work: UnitOfWork, assignment: Assignment, for_id: int | None = None) -> None:
    """Put the actor's signature on it; `for_id`: whom they stand in for."""
    assignment.status = AssignmentStatus.SIGNED
    assignment.signed_at = work.now
    assignment.signed_by_id = work.actor.user_id
    assignment.signed_for_id = for_id


def end_assignment(work: UnitOfWork, assignment: Assignment) -> None:
    """It no longer holds; it stays in the history."""
    assignment.status = AssignmentStatus.ENDED
    assignment.ended_at = work.now
    work.session.flush()


def end_all(work: UnitOfWork, complaint: Complaint) -> None:
    """End every open assignment of a complaint that is over or starts anew."""
    open_ones = (AssignmentStatus.AWAITING, AssignmentStatus.SIGNED)
    query = sa.select(Assignment).where(
        Assignment.complaint_id == complaint.id, Assignment.status.in_(open_ones)
    )
    for assignment in work.session.scalars(query):
        end_assignment(work, assignment)


def held_by(complaint: Complaint, lead: Assignment | None) -> int | None:
    """The department that answers for it: while a signature is awaited, still the one that sent it (R01-03)."""
    if lead is not None and lead.status is AssignmentStatus.AWAITING:
        return lead.from_department_id
    return complaint.department_id or complaint.receiving_department_id


def leads_now(work: UnitOfWork, complaint: Complaint, department_id: int) -> None:
    """A department that leads no longer co-handles: it owes one opinion, not two."""
    query = sa.select(Assignment).where(
        Assignment.complaint_id == complaint.id,
        Assignment.kind == AssignmentKind.CO_HANDLING,
        Assignment.department_id == department_id,
        Assignment.status.in_((AssignmentStatus.AWAITING, AssignmentStatus.SIGNED)),
    )
    for assignment in work.session.scalars(query):
        end_assignment(work, assignment)
