"""Taking a complaint up again on a new fact: another round, the file is taken out."""

from __future__ import annotations

import sqlalchemy as sa

from models import ArchiveRecord, Complaint
from models.enums import EventKind, State
from models.labels import _l
from services.archives.sealing import end_seal
from services.deadlines import clocks
from services.procedures.vocabulary import ClockEvent
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def reopen(work: UnitOfWork, complaint_id: str, version: int | None = None, *, new_fact: str) -> Complaint:
    """Accepted again in the next round; the old one stays in the history."""
    act = begin(work, complaint_id, EventKind.REOPEN, version)
    new_fact = required(new_fact, "new_fact", _l("Say which new fact calls for it."))
    complaint = act.complaint
    record = work.session.scalars(
        sa.select(ArchiveRecord).where(ArchiveRecord.complaint_id == complaint.id)
    ).first()
    complaint.round += 1
    complaint.accepted_at = work.now
    complaint.closed_at = complaint.close_kind = complaint.end_reason = complaint.archived_at = None
    complaint.not_notifiable_reason = None  # the last reply and its time stay on record until the next one
    complaint.handler_id = None
    complaint.refusals = complaint.escalation_level = 0
    complaint.responsible_id = act.by_id
    if record is not None:
        record.ended_at = work.now
    act.finish(State.ACCEPTED, text=new_fact)
    if record is not None:
        end_seal(work, record)
    clocks.start_clocks(work, complaint, ClockEvent.ACCEPTED, work.now)
    act.tell([complaint.first_receiver_id], "reopened")
    return complaint
