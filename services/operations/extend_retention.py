"""Keeping a file longer than its procedure says, or for ever."""

from __future__ import annotations

from datetime import date

from models import ArchiveRecord, RetentionExtension
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.archives.retention import on_open_register
from services.errors import Invalid, Reason, Refused
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.typed import required

LONGEST_REASON = 500


def extend_retention(
    work: UnitOfWork, record_id: int, *, until_on: date | None, for_ever: bool = False, reason: str | None
) -> ArchiveRecord:
    """Kept until `until_on`, or for ever; the former day stays in the history with the reason.

    Refused once destroyed, taken out, kept for ever already, or while a register names the file.
    """
    record: ArchiveRecord = load_record(work, ArchiveRecord, record_id)
    grant = grant_for_record(work, Permission.DESTRUCTION_PROPOSE, record)
    if record.destroyed_at is not None or record.ended_at is not None or record.review_on is None:
        raise Refused([Reason("no_retention", _l("No retention of this file is running or over."))])
    if on_open_register(work.session, record):
        message = _l("A register of destruction names this file; have it declined first.")
        raise Refused([Reason("listed", message)])
    until = None if for_ever else until_on
    if not for_ever and (until is None or until <= record.review_on):
        message = _l("Give a day after %(day)s, or keep it for ever.", day=record.review_on.isoformat())
        raise Invalid({"until_on": message})
    extension = RetentionExtension(
        archive_record_id=record.id,
        complaint_id=record.complaint_id,
        from_on=record.review_on,
        until_on=until,
        reason=required(reason, "reason", _l("Say why the file is kept longer."), LONGEST_REASON),
        decided_by_id=work.actor.user_id,
        decided_at=work.now,
    )
    earlier = audit.values_of(record)
    record.review_on = until
    if for_ever:
        record.retention_years = None
    work.session.add(extension)
    save(work, record)
    record_change(work, "extend_retention", record, earlier, grant=grant, reason=extension.reason)
    return record
