"""Signing for a complaint: from now on the receiver answers for it (R01-03, R07-08)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import leads_now, sign
from services.workflow.steps import begin
from services.workflow.typed import optional


def sign_for(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, note: str | None = None
) -> Complaint:
    """In work with the person it was sent to, also when their head or deputy signs."""
    act = begin(work, complaint_id, EventKind.SIGN_FOR, version)
    lead = act.situation.lead
    assert lead is not None  # the gate is_proposed_receiver has seen it
    sign(work, lead, act.for_id)
    complaint = act.complaint
    complaint.handler_id = complaint.responsible_id = lead.person_id
    leads_now(work, complaint, lead.department_id)
    act.finish(text=optional(note), department_id=lead.department_id, person_id=lead.person_id)
    act.tell([lead.sent_by_id, lead.person_id], "transfer.signed", department=lead.department_name)
    return complaint
