"""A supervision order (督办): a demand with a date, on record until the case is closed (R01-08, R06-13)."""

from __future__ import annotations

from datetime import datetime

from models import Complaint, Supervision
from models.enums import EventKind
from models.labels import _l
from services.errors import Invalid
from services.procedures.vocabulary import Level
from services.unit_of_work import UnitOfWork
from services.workflow.people import of_level
from services.workflow.steps import begin
from services.workflow.typed import required


def supervise(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    demand: str,
    due_at: datetime | None = None,
) -> Complaint:
    """Supervised. The order's own date neither moves nor resets the clocks of the procedure."""
    act = begin(work, complaint_id, EventKind.SUPERVISE, version)
    demand = required(demand, "demand", _l("Say what is demanded."))
    if due_at is not None and due_at <= work.now:
        raise Invalid({"due_at": _l("The date has to lie ahead.")})
    complaint = act.complaint
    work.session.add(
        Supervision(complaint_id=complaint.id, demand=demand, due_at=due_at, ordered_by_id=act.by_id)
    )
    complaint.supervised_at = complaint.supervised_at or work.now
    act.finish(text=demand, due_at=due_at)
    head = of_level(work.session, complaint, Level.DEPARTMENT_HEAD)
    act.tell([complaint.handler_id, complaint.responsible_id, *head], "supervised")
    return complaint
