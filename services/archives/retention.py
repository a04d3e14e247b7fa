"""Which files have come to the end of their retention, and what keeps one from being destroyed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ArchiveLoan, ArchiveRecord, Destruction, DestructionItem
from models.archive_enums import DestructionStatus, LoanKind
from models.labels import _l
from services.deadlines.desk_calendar import desk_zone
from services.errors import Reason


def today_of(session: Session, now: datetime) -> date:
    """The desk's day."""
    return now.astimezone(desk_zone(session)).date()


def has_ended(today: date) -> sa.ColumnElement[bool]:
    """The condition on archive records; a file without a day of review is kept for ever."""
    return sa.and_(
        ArchiveRecord.review_on <= today,
        ArchiveRecord.ended_at.is_(None),
        ArchiveRecord.destroyed_at.is_(None),
    )


def ended_files(session: Session, today: date) -> list[ArchiveRecord]:
    """The files in scope whose retention has ended and that no register names yet, oldest first."""
    query = sa.select(ArchiveRecord).where(has_ended(today), ArchiveRecord.id.not_in(_on_open_register()))
    return list(session.scalars(query.order_by(ArchiveRecord.review_on, ArchiveRecord.id).limit(200)))


def _on_open_register() -> Any:
    return (
        sa.select(DestructionItem.archive_record_id)
        .join(Destruction, Destruction.id == DestructionItem.destruction_id)
        .where(Destruction.status == DestructionStatus.PROPOSED)
    )


def against_destroying(session: Session, record: ArchiveRecord, today: date) -> list[Reason]:
    """What stands in the way now, whoever asks."""
    number = record.file_number
    found = []
    if record.destroyed_at is not None:
        found.append(Reason("destroyed", _l("%(number)s: the content is destroyed already.", number=number)))
    if record.ended_at is not None:
        found.append(Reason("taken_out", _l("%(number)s: the case was taken up again.", number=number)))
    if record.review_on is None:
        found.append(Reason("for_ever", _l("%(number)s: is kept for ever.", number=number)))
    elif record.review_on > today:
        message = _l("%(number)s: is kept until %(day)s.", number=number, day=record.review_on.isoformat())
        found.append(Reason("retention_runs", message))
    lent = sa.select(ArchiveLoan.id).where(
        ArchiveLoan.archive_record_id == record.id,
        ArchiveLoan.kind == LoanKind.PAPER,
        ArchiveLoan.returned_at.is_(None),
    )
    if session.scalar(lent.limit(1)) is not None:
        found.append(Reason("lent", _l("%(number)s: the paper file is lent.", number=number)))
    return found


def on_open_register(session: Session, record: ArchiveRecord) -> bool:
    """Whether a register that awaits its second signature names this file."""
    query = _on_open_register().where(DestructionItem.archive_record_id == record.id)
    return session.scalar(query.limit(1)) is not None
