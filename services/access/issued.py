"""Which issued documents an actor may read: those of their cases, and those handed to them or their department."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from models import Accident, DocumentDelivery, IssuedDocument
from services.actor import Actor


def document_ids(actor: Actor, complaint_ids: Any, accidents: ColumnElement[bool]) -> sa.Select[int]:
    """Their ids. Whoever was handed a document reads the paper, not the case behind it."""
    document = (
        IssuedDocument.__table__.c
    )  # plain columns: inside a subquery no second rule must be put on them
    accident_ids = sa.select(Accident.__table__.c.id).where(accidents)
    return sa.select(document.id).where(
        sa.or_(
            document.complaint_id.in_(complaint_ids),
            document.accident_id.in_(accident_ids),
            document.id.in_(_received(actor)),
        )
    )


def _received(actor: Actor) -> sa.Select[int]:
    delivery = DocumentDelivery.__table__.c
    departments = [int(a[1:]) for a in actor.audiences if a.startswith("d")]
    handed = sa.or_(delivery.user_id == actor.user_id, delivery.department_id.in_(departments))
    return sa.select(delivery.document_id).where(handed)
