"""Refusing to sign, citing a clause: the complaint goes back to the sender, who still answers for it (R16-15)."""

from __future__ import annotations

from models import Complaint
from models.enums import AssignmentStatus, EventKind
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def refuse_signature(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, reason: str, clause: str
) -> Complaint:
    """Accepted again, back with the sending department. After the procedure's number of refusals: arbitration."""
    act = begin(work, complaint_id, EventKind.REFUSE_SIGNATURE, version)
    reason = required(reason, "reason", _l("Say why it is not yours."))
    clause = required(clause, "clause", _l("Cite the clause or duty list it rests on."), 80)
    lead = act.situation.lead
    assert lead is not None  # the gate is_proposed_receiver has seen it
    lead.status = AssignmentStatus.REFUSED
    lead.refusal_reason, lead.refusal_clause, lead.ended_at = reason, clause, work.now
    complaint = act.complaint
    complaint.refusals += 1
    complaint.department_id = lead.from_department_id
    complaint.handler_id = None
    complaint.responsible_id = lead.sent_by_id
    act.finish(text=reason, clause=clause, department=lead.department_name)
    act.tell([lead.sent_by_id], "transfer.refused", department=lead.department_name)
    return complaint
