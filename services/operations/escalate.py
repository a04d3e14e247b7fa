"""Escalation by hand to the next level."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.escalation import next_level, somebody
from services.workflow.steps import begin
from services.workflow.typed import required


def escalate(work: UnitOfWork, complaint_id: str, version: int | None = None, *, reason: str) -> Complaint:
    """One level higher; its people are told, nobody's duty changes."""
    act = begin(work, complaint_id, EventKind.ESCALATE, version)
    reason = required(reason, "reason", _l("Say why it has to go higher."))
    raised = next_level(work, act.complaint)
    act.require(raised is not None, "top_level", _l("The complaint stands at the highest level already."))
    assert raised is not None
    level, people = raised
    act.finish(text=reason, level=level, number=act.complaint.escalation_level)
    act.tell(somebody(work.session, act.complaint, people), "escalated", level=level)
    return act.complaint
