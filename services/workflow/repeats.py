"""Marking a complaint as a repeat of an earlier one, and what that brings about (R06-09)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint, RepeatLink, Supervision
from models.enums import EventKind
from models.labels import _l
from services import audit
from services.errors import Invalid, NotFound
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Procedure
from services.unit_of_work import UnitOfWork
from services.workflow.escalation import somebody
from services.workflow.people import of_level, of_roles
from services.workflow.steps import load, move_clocks, tell, write_event


def open_link(work: UnitOfWork, complaint: Complaint) -> RepeatLink | None:
    """The link to the complaint that this one repeats."""
    query = sa.select(RepeatLink).where(
        RepeatLink.complaint_id == complaint.id, RepeatLink.ended_at.is_(None)
    )
    return work.session.scalars(query).first()


def earlier_one(work: UnitOfWork, public_id: str | None, field: str) -> Complaint:
    """The complaint with this address, locked, as far as the actor sees it. Invalid otherwise."""
    try:
        return load(work, public_id or "")
    except NotFound:
        raise Invalid({field: _l("There is no such complaint.")}) from None


def link(work: UnitOfWork, complaint: Complaint, earlier: Complaint, reason: str, field: str) -> RepeatLink:
    """`complaint` repeats `earlier` from now on. Invalid, at `field`, for what can't repeat it."""
    if earlier.id == complaint.id:
        raise Invalid({field: _l("A complaint can't repeat itself.")})
    if earlier.is_confidential != complaint.is_confidential:
        raise Invalid({field: _l("A confidential complaint can't be linked with an open one.")})
    if open_link(work, complaint) is not None:
        raise Invalid({field: _l("It is linked as a repeat already. Take that link away first.")})
    back = open_link(work, earlier)
    if back is not None and back.repeats_id == complaint.id:
        raise Invalid({field: _l("That one is linked as a repeat of this one.")})
    row = RepeatLink(
        complaint_id=complaint.id,
        repeats_id=earlier.id,
        reason=reason,
        linked_by_id=work.actor.user_id,
        linked_at=work.now,
    )
    work.session.add(row)
    complaint.is_repeat = True
    earlier.repeat_count += 1
    work.session.flush()
    return row


def bring_about(work: UnitOfWork, complaint: Complaint) -> None:
    """What the procedure wants for a repeated complaint: raised, told, supervised."""
    rule = procedure_of(work.session, complaint).repeats.brings
    if rule is None:
        return
    clause = ", ".join(rule.clause) or None
    people = of_roles(work.session, complaint, rule.notify)
    if rule.escalates_to is not None:
        people = [*people, *_raised(work, complaint, procedure_of(work.session, complaint), clause)]
    if rule.supervised is not None and complaint.supervised_at is None:
        demand = rule.supervised.zh
        work.session.add(Supervision(complaint_id=complaint.id, demand=demand))
        complaint.supervised_at = work.now
        work.session.flush()
        write_event(work, complaint, EventKind.SUPERVISE, text=demand, clause=clause, automatic=True)
        move_clocks(work, complaint, EventKind.SUPERVISE)
    tell(work, complaint, people, "repeated")


def _raised(work: UnitOfWork, complaint: Complaint, procedure: Procedure, clause: str | None) -> list[int]:
    rule = procedure.repeats.brings
    assert rule is not None and rule.escalates_to is not None
    rungs = [step.level for step in procedure.escalation]
    number = rungs.index(rule.escalates_to) + 1 if rule.escalates_to in rungs else 0
    if number > complaint.escalation_level:
        complaint.escalation_level = number
        work.session.flush()
        write_event(
            work,
            complaint,
            EventKind.ESCALATE,
            clause=clause,
            level=rule.escalates_to.value,
            number=number,
            automatic=True,
        )
    above = of_level(work.session, complaint, rule.escalates_to)
    return somebody(work.session, complaint, above)


def record_link(work: UnitOfWork, complaint: Complaint, row: RepeatLink, verb: str) -> None:
    """The audit entry of a link, with the number of the earlier complaint left to those who may read it."""
    work.record(
        audit.Draft(
            f"repeat_link.{verb}",
            "repeat_link",
            row.id,
            None,
            complaint,
            after={"is_repeat": complaint.is_repeat},
            reason=row.end_reason or row.reason,
        )
    )
