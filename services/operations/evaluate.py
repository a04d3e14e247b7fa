"""The leadership evaluates the result, or the superior gives an opinion on it; it may go back (R10-10, R16-17)."""

from __future__ import annotations

from models import Complaint, Evaluation
from models.enums import EventKind, State, Verdict
from models.labels import _l
from services.deadlines import clocks
from services.errors import Invalid
from services.procedures.vocabulary import ClockEvent
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def evaluate(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    verdict: Verdict | None,
    opinion: str,
) -> Complaint:
    """Evaluated. To be rectified: back in work, next round, as after a dissatisfied follow-up."""
    act = begin(work, complaint_id, EventKind.EVALUATE, version)
    if verdict is None:
        raise Invalid({"verdict": _l("Choose what your evaluation comes to.")})
    opinion = required(opinion, "opinion", _l("Write down your opinion on the handling."))
    complaint = act.complaint
    work.session.add(
        Evaluation(
            complaint_id=complaint.id,
            round=complaint.round,
            verdict=verdict,
            opinion=opinion,
            at=work.now,
            by_id=act.by_id,
            for_id=act.for_id,
        )
    )
    if verdict is Verdict.ACCEPTED:
        act.finish(text=opinion, verdict=verdict)
        act.tell([complaint.handler_id], "evaluated")
        return complaint
    act.require(
        complaint.handler_id, "no_handler", _l("Nobody handles it. Reopen it and hand it to somebody.")
    )
    complaint.round += 1
    complaint.not_notifiable_reason = None  # the last reply and its time stay on record until the next one
    act.finish(State.IN_WORK, text=opinion, verdict=verdict)
    clocks.start_clocks(work, complaint, ClockEvent.TRANSFERRED, work.now)
    act.tell([complaint.handler_id], "rectify")
    return complaint
