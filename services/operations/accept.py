"""Accepting a complaint: the clocks of the procedure start, and where it says so the investigation."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from services.unit_of_work import UnitOfWork
from services.workflow.holds import place_due_holds
from services.workflow.investigations import open_on_acceptance
from services.workflow.steps import begin
from services.workflow.typed import optional


def accept(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    note: str | None = None,
    leader_id: int | None = None,
) -> Complaint:
    """Accepted, once everything that the procedure requires is there.

    `leader_id`: who leads the investigation that the acceptance opens (R03-03).
    """
    act = begin(work, complaint_id, EventKind.ACCEPT, version)
    act.complaint.accepted_at = work.now
    act.finish(text=optional(note))
    open_on_acceptance(work, act.complaint, leader_id, grant=act.grant)
    place_due_holds(work, act.complaint, "accepted", act.grant)
    return act.complaint
