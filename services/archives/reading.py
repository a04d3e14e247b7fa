"""Who may open an archived case as its own, and who says first what the file is needed for."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ArchiveLoan, ArchiveRecord, Assignment, Complaint
from models.archive_enums import LoanKind
from services.access.permissions import Permission
from services.actor import Actor
from services.deadlines.desk_calendar import desk_zone


def record_of(session: Session, complaint: Complaint) -> ArchiveRecord | None:
    """The archive record of a case, or of the one it was merged into; none while it is taken out."""
    file_of = complaint.master_id if complaint.master_id is not None else complaint.id
    query = sa.select(ArchiveRecord).where(
        ArchiveRecord.complaint_id == file_of, ArchiveRecord.ended_at.is_(None)
    )
    return session.scalars(query).first()


def asks_purpose(session: Session, actor: Actor, complaint: Complaint, now: datetime) -> bool:
    """Whether this reader registers before the page opens: archived, not their case, and not registered today.

    Whoever handled the case and the keepers of the archive read it without.
    """
    if (
        complaint.archived_at is None
        or complaint.destroyed_at is not None
        or actor.is_system
        or actor.may(Permission.COMPLAINT_ARCHIVE)
    ):
        return False
    if actor.people & {complaint.handler_id, complaint.first_receiver_id, complaint.responsible_id}:
        return False
    if record_of(session, complaint) is None:
        return False
    handled = sa.select(Assignment.id).where(
        Assignment.complaint_id == complaint.id, Assignment.person_id.in_(sorted(actor.people))
    )
    if session.scalar(handled.limit(1)) is not None:
        return False
    local = now.astimezone(desk_zone(session))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    registered = sa.select(ArchiveLoan.id).where(
        ArchiveLoan.complaint_id == complaint.id,
        ArchiveLoan.reader_id == actor.user_id,
        ArchiveLoan.kind == LoanKind.SCREEN,
        ArchiveLoan.taken_at >= midnight,
        ArchiveLoan.taken_at < midnight + timedelta(days=1),
    )
    return session.scalar(registered.limit(1)) is None
