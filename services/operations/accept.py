"""Accepting a complaint: the clocks of the procedure start."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from services.unit_of_work import UnitOfWork
from services.workflow.holds import place_due_holds
from services.workflow.steps import begin
from services.workflow.typed import optional


def accept(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, note: str | None = None
) -> Complaint:
    """Accepted, once everything that the procedure requires is there."""
    act = begin(work, complaint_id, EventKind.ACCEPT, version)
    act.complaint.accepted_at = work.now
    act.finish(text=optional(note))
    place_due_holds(work, act.complaint, "accepted", act.grant)
    return act.complaint
