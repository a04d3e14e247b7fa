"""Merging a complaint into another on the same matter; each complainant still gets a reply (R06-09, R06-10)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint
from models.enums import OPEN_STATES, EventKind
from models.labels import _l
from services.deadlines import clocks
from services.errors import Invalid, NotFound
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import end_all
from services.workflow.steps import begin, load, write_event
from services.workflow.typed import required


def merge(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, master_number: str, reason: str
) -> Complaint:
    """Merged into the open complaint with `master_number`, which the actor can see. Returns the merged one."""
    act = begin(work, complaint_id, EventKind.MERGE, version)
    reason = required(reason, "reason", _l("Say why they are one matter."))
    master = _master(work, act.complaint, master_number)
    act.complaint.master_id = master.id
    for earlier in work.session.scalars(sa.select(Complaint).where(Complaint.master_id == act.complaint.id)):
        earlier.master_id = master.id  # so that they are filed with the one that is carried on
    act.complaint.closed_at = work.now
    act.complaint.end_reason = reason
    end_all(work, act.complaint)
    clocks.void_clocks(work, act.complaint, work.now)
    act.finish(text=reason, master=master.number)
    write_event(work, master, EventKind.MERGE, text=reason, grant=act.grant, merged=act.complaint.number)
    act.tell([master.handler_id, master.responsible_id], "merged", merged=act.complaint.number)
    return act.complaint


def _master(work: UnitOfWork, complaint: Complaint, number: str) -> Complaint:
    public_id = work.session.scalar(
        sa.select(Complaint.public_id).where(
            Complaint.number == required(number, "master_number", _l("Give the number."))
        )
    )
    field = "master_number"
    if public_id is None:
        raise Invalid({field: _l("There is no such complaint.")})
    try:
        master = load(work, public_id)
    except NotFound:
        raise Invalid({field: _l("There is no such complaint.")}) from None
    if master.id == complaint.id:
        raise Invalid({field: _l("A complaint can't be merged into itself.")})
    if master.state not in OPEN_STATES:
        raise Invalid({field: _l("That complaint is over already. Reopen it first.")})
    if master.is_confidential != complaint.is_confidential:
        raise Invalid({field: _l("A confidential complaint can't be merged with an open one.")})
    return master
