"""Taking back that a complaint repeats another: the link ends with its reason and stays on record."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.errors import Reason, Refused
from services.unit_of_work import UnitOfWork
from services.workflow.repeats import open_link, record_link
from services.workflow.steps import begin
from services.workflow.typed import required


def unlink_repeat(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, reason: str | None
) -> Complaint:
    """No repeat any more. What the mark brought about (a level, an order) stays until somebody ends it."""
    act = begin(work, complaint_id, EventKind.CORRECT, version)
    reason = required(reason, "reason", _l("Say why it is no repeat."))
    row = open_link(work, act.complaint)
    if row is None:
        raise Refused([Reason("not_linked", _l("It is not linked as a repeat."))])
    row.ended_at, row.ended_by_id, row.end_reason = work.now, work.actor.user_id, reason
    row.repeats.repeat_count -= 1
    act.complaint.is_repeat = False
    record_link(work, act.complaint, row, "end")
    return act.finish(text=reason, reason=reason, done="repeat_unlinked")
