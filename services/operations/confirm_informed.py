"""Confirming that one has read what one was informed of (R13-01)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from models import Complaint, InformedPerson
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Reason, Refused
from services.records import grant_on_case, record_change
from services.unit_of_work import UnitOfWork
from services.workflow.steps import load


def confirm_informed(work: UnitOfWork, complaint_id: str) -> Sequence[InformedPerson]:
    """Everything on this complaint that the actor was told of and had not confirmed. Refused when there is nothing."""
    complaint: Complaint = load(work, complaint_id)
    grant = grant_on_case(work, Permission.COMPLAINT_READ, complaint)
    query = sa.select(InformedPerson).where(
        InformedPerson.complaint_id == complaint.id,
        InformedPerson.user_id == work.actor.user_id,
        InformedPerson.read_at.is_(None),
    )
    waiting = work.session.scalars(query.order_by(InformedPerson.id).with_for_update(of=InformedPerson)).all()
    if not waiting:
        raise Refused([Reason("nothing_to_confirm", _l("Nothing here waits for your confirmation."))])
    earlier = [audit.values_of(row) for row in waiting]
    for row in waiting:
        row.read_at = work.now
    work.session.flush()
    for row, values in zip(waiting, earlier, strict=True):
        record_change(work, "confirm", row, values, grant=grant)
    return waiting
