"""A reminder (催办), with its log (R16-05)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def urge(work: UnitOfWork, complaint_id: str, version: int | None = None, *, text: str) -> Complaint:
    """Reminded: whoever has it in hands is told."""
    act = begin(work, complaint_id, EventKind.URGE, version)
    complaint = act.complaint
    act.finish(text=required(text, "text", _l("Say what is urgent.")))
    people = [a.person_id for a in act.situation.assignments]
    act.tell([complaint.handler_id, complaint.responsible_id, *people], "urged")
    return complaint
