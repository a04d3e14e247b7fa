"""The handler's opinion goes up for approval: result, responsibility, measures or why none (R01-11, R08-04)."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from models import Complaint, Measure, Opinion
from models.enums import EventKind, MeasureStatus, PostName, Responsibility
from models.labels import _l
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.escalation import somebody
from services.workflow.posts import holders_of
from services.workflow.steps import begin
from services.workflow.typed import optional, required


def submit_opinion(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    result: str,
    responsibility: Responsibility | None,
    no_measures_reason: str | None = None,
) -> Complaint:
    """Awaiting approval. Without any measure recorded the reason for none is required."""
    act = begin(work, complaint_id, EventKind.SUBMIT_OPINION, version)
    result = required(result, "result", _l("Write down the result."))
    if responsibility is None:
        raise Invalid({"responsibility": _l("Say whose cause it was.")})
    complaint = act.complaint
    measures = work.session.scalar(
        sa.select(sa.func.count(Measure.id)).where(
            Measure.complaint_id == complaint.id, Measure.status != MeasureStatus.DROPPED
        )
    )
    no_measures_reason = optional(no_measures_reason)
    if not measures and not no_measures_reason:
        raise Invalid({"no_measures_reason": _l("Record a measure, or say why none is needed.")})
    opinion = Opinion(
        complaint_id=complaint.id,
        round=complaint.round,
        result=result,
        responsibility=responsibility,
        no_measures_reason=no_measures_reason,
        submitted_by_id=act.by_id,
        submitted_for_id=act.for_id,
        content_hash=hashlib.sha256(
            f"{complaint.number}\n{result}\n{responsibility.value}".encode()
        ).hexdigest(),
    )
    work.session.add(opinion)
    complaint.result, complaint.responsibility = result, responsibility
    act.finish(text=result, responsibility=responsibility)
    people = holders_of(work.session, act.situation.procedure, complaint, PostName.APPROVER)
    act.tell(somebody(work.session, complaint, people), "opinion.submitted")
    return complaint
