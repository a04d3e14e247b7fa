"""Raising a complaint to the next level, by hand or by a clock. It never moves a clock (R06-05, R10-09)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, NamedPerson
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.people import of_level


def next_level(work: UnitOfWork, complaint: Complaint) -> tuple[str, list[int]] | None:
    """The level above the present one and its people, also when nobody is assigned; None at the top.

    A level without anybody is passed over, so that the complaint reaches a person as long as there is one.
    """
    steps = procedure_of(work.session, complaint).escalation
    for index in range(complaint.escalation_level, len(steps)):
        people = of_level(work.session, complaint, steps[index].level)
        if people or index == len(steps) - 1:
            complaint.escalation_level = index + 1
            return steps[index].level.value, people
    return None


def somebody(session: Session, complaint: Complaint, found: list[int]) -> list[int]:
    """`found`, or when it is empty those who must not miss it: the lowest level with people; on a confidential case its
    named deputies, else everybody named.
    """
    if found:
        return found
    if complaint.is_confidential:
        named = session.execute(
            sa.select(NamedPerson.user_id, NamedPerson.is_deputy).where(
                NamedPerson.complaint_id == complaint.id, NamedPerson.ended_at.is_(None)
            )
        ).all()
        return [row.user_id for row in named if row.is_deputy] or [row.user_id for row in named]
    for step in procedure_of(session, complaint).escalation:
        found = of_level(session, complaint, step.level)
        if found:
            return found
    return []
