"""The co-handling department's own opinion (R01-10)."""

from __future__ import annotations

from models import Complaint
from models.enums import AssignmentStatus, EventKind
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def give_co_opinion(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, opinion: str
) -> Complaint:
    """Kept with the assignment; a later one replaces it, the history keeps both."""
    act = begin(work, complaint_id, EventKind.GIVE_CO_OPINION, version)
    assignment = next(
        a
        for a in act.situation.co_handling
        if a.status is AssignmentStatus.SIGNED and act.situation.is_receiver_of(a)
    )
    assignment.opinion = required(opinion, "opinion", _l("Write down your department's opinion."))
    assignment.opinion_at = work.now
    act.finish(text=assignment.opinion, department=assignment.department_name)
    act.tell([act.complaint.handler_id], "co_opinion", department=assignment.department_name)
    return act.complaint
