"""Sending the opinion back for more work."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def return_opinion(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, reason: str
) -> Complaint:
    """In work again. An approval given before is taken back with it and stays in the history."""
    act = begin(work, complaint_id, EventKind.RETURN_OPINION, version)
    reason = required(reason, "reason", _l("Say what has to be done."))
    opinion = act.situation.opinion
    if opinion is not None:
        opinion.approved_at = opinion.approved_by_id = opinion.approved_for_id = None
        opinion.meaning = opinion.exemption_id = None
        opinion.returned_at, opinion.return_reason = work.now, reason
    act.finish(text=reason)
    act.tell([act.complaint.handler_id], "opinion.returned")
    return act.complaint
