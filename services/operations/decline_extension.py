"""Turning down a request for more time: the due date stays, whoever asked is told why (R01-16)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint, Extension
from models.enums import EventKind, ExtensionStatus
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def decline_extension(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, reason: str
) -> Complaint:
    """Every open request of the complaint is declined with `reason`. Refused when there is none."""
    act = begin(work, complaint_id, EventKind.DECLINE_EXTENSION, version)
    reason = required(reason, "reason", _l("Say why more time is not given."))
    asked = work.session.scalars(
        sa.select(Extension).where(
            Extension.complaint_id == act.complaint.id, Extension.status == ExtensionStatus.REQUESTED
        )
    ).all()
    for request in asked:
        request.status = ExtensionStatus.DECLINED
    act.finish(text=reason)
    act.tell([request.requested_by_id for request in asked], "extension.decided")
    return act.complaint
