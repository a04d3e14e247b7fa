"""Solved on the spot: registered, answered and closed in one sitting (R01-02, R16-11)."""

from __future__ import annotations

from models import Complaint, Reply
from models.enums import CloseKind, EventKind
from models.labels import _l
from services.deadlines import clocks
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def close_on_spot(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, result: str, complainant_agrees: bool
) -> Complaint:
    """Closed with its result, given to the complainant there and then. Invalid unless the complainant agrees."""
    act = begin(work, complaint_id, EventKind.CLOSE_ON_SPOT, version)
    result = required(result, "result", _l("Say what was done and answered."))
    if not complainant_agrees:
        raise Invalid(
            {"complainant_agrees": _l("Without the complainant's agreement it goes the ordinary way.")}
        )
    complaint = act.complaint
    complaint.result = complaint.reply_text = result
    complaint.replied_at = complaint.closed_at = work.now
    complaint.accepted_at = complaint.accepted_at or work.now
    complaint.close_kind = CloseKind.ON_SPOT
    work.session.add(
        Reply(
            complaint_id=complaint.id,
            round=complaint.round,
            text=result,
            channel=complaint.channel,
            sent_at=work.now,
            sent_by_id=act.by_id,
        )
    )
    act.finish(text=result)
    clocks.void_clocks(work, complaint, work.now)
    return complaint
