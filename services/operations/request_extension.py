"""Asking the leader for more time (R01-16)."""

from __future__ import annotations

from models import Complaint, Extension
from models.enums import EventKind, ExtensionStatus
from models.labels import _l
from services.deadlines.runs import clock_of
from services.unit_of_work import UnitOfWork
from services.workflow.extending import extendable_run
from services.workflow.people import of_roles
from services.workflow.steps import begin
from services.workflow.typed import required


def request_extension(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    clock: str | None,
    amount: int | None,
    reason: str,
) -> Complaint:
    """Asked for; the due date does not move until it is granted."""
    act = begin(work, complaint_id, EventKind.REQUEST_EXTENSION, version)
    run, amount = extendable_run(work, act.complaint, clock, amount)
    limit = clock_of(run).extendable
    assert limit is not None  # extendable_run has seen it
    reason = required(reason, "reason", _l("Say why more time is needed."))
    work.session.add(
        Extension(
            complaint_id=act.complaint.id,
            clock_run_id=run.id,
            status=ExtensionStatus.REQUESTED,
            amount=amount,
            unit=limit.unit,
            reason=reason,
            requested_by_id=act.by_id,
        )
    )
    act.finish(text=reason, clock=run.code, amount=amount)
    act.tell(of_roles(work.session, act.complaint, [limit.approver]), "extension.requested", amount=amount)
    return act.complaint
