"""Approval of the opinion with the meaning of the signature; never by whoever handled the case (R01-14)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.access.separation import SeparationRule, exemption_in_force, involved
from services.unit_of_work import UnitOfWork
from services.workflow.holds import place_due_holds
from services.workflow.remedy_tasks import create_tasks
from services.workflow.steps import begin
from services.workflow.typed import required


def approve(work: UnitOfWork, complaint_id: str, version: int | None = None, *, meaning: str) -> Complaint:
    """Approved; the reply may go out."""
    act = begin(work, complaint_id, EventKind.APPROVE, version)
    opinion = act.situation.opinion
    assert opinion is not None  # the gate not_yet_approved has seen it
    meaning = required(meaning, "meaning", _l("Say what your signature means."), 200)
    if involved(work.actor, act.complaint.handler_id, opinion.submitted_by_id, opinion.submitted_for_id):
        # The gate let it pass, so there is an exemption; the record says which.
        opinion.exemption_id = exemption_in_force(
            work.session, SeparationRule.APPROVER_IS_NOT_HANDLER, work.now
        )
    opinion.meaning, opinion.approved_at = meaning, work.now
    opinion.approved_by_id, opinion.approved_for_id = act.by_id, act.for_id
    act.finish(text=meaning, content_hash=opinion.content_hash, exemption=opinion.exemption_id)
    create_tasks(work, act.complaint, act.situation.procedure)
    act.tell([act.complaint.handler_id, act.complaint.first_receiver_id], "opinion.approved")
    place_due_holds(work, act.complaint, "approved", act.grant)
    return act.complaint
