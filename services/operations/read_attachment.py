"""Hand out a file, and record who read it."""

from __future__ import annotations

import sqlalchemy as sa

from models import Accident, Attachment, Complaint
from services import audit
from services.errors import NotFound
from services.unit_of_work import UnitOfWork


def read_attachment(work: UnitOfWork, public_id: str, manner: str) -> Attachment:
    """The file with this public id; `manner` is "download" or "preview". NotFound for an unknown or a foreign one."""
    attachment = work.session.scalars(sa.select(Attachment).where(Attachment.public_id == public_id)).first()
    if attachment is None:
        raise NotFound
    work.record(
        audit.Draft(
            f"attachment.{manner}",
            "attachment",
            attachment.id,
            attachment.filename[:120],
            _case_of(work, attachment),
        )
    )
    return attachment


def _case_of(work: UnitOfWork, attachment: Attachment) -> Complaint | None:
    """The complaint whose secrecy covers the entry: the file's own, or the one behind its accident."""
    case = attachment.complaint_id
    if case is None and attachment.accident_id is not None:
        accident = work.session.scalars(
            sa.select(Accident).where(Accident.id == attachment.accident_id)
        ).one()
        case = accident.complaint_id
    return work.session.scalars(sa.select(Complaint).where(Complaint.id == case)).first() if case else None
