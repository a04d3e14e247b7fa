"""One rung up: the step that a person's escalation and the sweep share. It never touches a clock."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, NamedPerson
from models.enums import EventKind
from services.actor import Grant
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import EscalationStep
from services.unit_of_work import UnitOfWork
from services.workflow import people
from services.workflow.steps import tell, write_event


def rungs_above(session: Session, complaint: Complaint) -> list[EscalationStep]:
    """The levels of the pinned procedure that this complaint has not been escalated to yet, lowest first."""
    return list(procedure_of(session, complaint).escalation[complaint.escalation_level :])


def raise_level(
    work: UnitOfWork,
    complaint: Complaint,
    *,
    text: str | None = None,
    grant: Grant | None = None,
    history: bool = True,
    **data: Any,
) -> EscalationStep | None:
    """Escalate to the next level that has somebody in it, and tell them. None at the top: they are told again.

    `history` writes the event; an operation that writes its own says False. Works when nobody is assigned.
    """
    steps = procedure_of(work.session, complaint).escalation
    above = rungs_above(work.session, complaint)
    if not above:
        told = somebody(work.session, complaint, people.of_level(work.session, complaint, steps[-1].level))
        tell(work, complaint, told, "escalated", level=steps[-1].level.value, **data)
        return None
    chosen, found = above[-1], list[int]()
    for step in above:
        found = people.of_level(work.session, complaint, step.level)
        if found:
            chosen = step
            break
    complaint.escalation_level = steps.index(chosen) + 1
    if history:
        write_event(
            work,
            complaint,
            EventKind.ESCALATE,
            text=text,
            clause=", ".join(chosen.clause) or None,
            grant=grant,
            level=chosen.level.value,
            **data,
        )
    tell(
        work,
        complaint,
        somebody(work.session, complaint, found),
        "escalated",
        level=chosen.level.value,
        **data,
    )
    return chosen


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
        found = people.of_level(session, complaint, step.level)
        if found:
            return found
    return []
