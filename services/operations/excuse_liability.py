"""Accepting the reason of the first-asked person: they are not jointly liable (R16-10)."""

from __future__ import annotations

from models import Complaint, Liability
from models.labels import _l
from models.liability import LiabilityStatus
from services import audit
from services.records import load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.liability import grant_to_decide, require_undecided, rule_of
from services.workflow.steps import tell
from services.workflow.typed import required


def excuse_liability(
    work: UnitOfWork, liability_id: int, version: int | None, *, text: str | None
) -> Liability:
    """The record, decided. NotPermitted for the person concerned and without the post that the procedure names."""
    record: Liability = load_record(work, Liability, liability_id, version)
    complaint = work.session.get_one(Complaint, record.complaint_id)
    grant = grant_to_decide(work, complaint, record, rule_of(work.session, record).excused_by)
    require_undecided(record)
    earlier = audit.values_of(record)
    record.decision_text = required(text, "text", _l("Say why the reason is accepted."))
    record.status, record.decided_at = LiabilityStatus.EXCUSED, work.now
    record.decided_by_id = work.actor.user_id
    save(work, record)
    record_change(work, "excuse", record, earlier, grant=grant)
    tell(work, complaint, [record.person_id], "liability.excused")
    return record
