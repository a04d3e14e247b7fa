"""Signing for co-handling."""

from __future__ import annotations

from models import Complaint
from models.enums import AssignmentStatus, EventKind
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import sign
from services.workflow.steps import begin


def sign_co_handling(work: UnitOfWork, complaint_id: str, version: int | None = None) -> Complaint:
    """The actor's own department has signed."""
    act = begin(work, complaint_id, EventKind.SIGN_CO_HANDLING, version)
    assignment = next(
        a
        for a in act.situation.co_handling
        if a.status is AssignmentStatus.AWAITING and act.situation.is_receiver_of(a)
    )
    sign(work, assignment, act.for_id)
    act.finish(department=assignment.department_name)
    act.tell([assignment.sent_by_id], "transfer.signed", department=assignment.department_name)
    return act.complaint
