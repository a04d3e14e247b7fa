"""The history of one record from the audit trail: whoever may read the record may read who changed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry
from services.access.scope import unscoped
from services.records import subject_of

MOST = 50


def history_of(session: Session, model: type[Any], record_id: int, limit: int = MOST) -> Sequence[AuditEntry]:
    """The newest entries about a record that is in scope; none about any other. Sealed values stay sealed."""
    if session.scalar(sa.select(model.id).where(model.id == record_id)) is None:
        return ()
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.subject_type == subject_of(model), AuditEntry.subject_id == record_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    with unscoped(session, "entries without a complaint, about a record that the actor reads"):
        return session.scalars(query).all()
