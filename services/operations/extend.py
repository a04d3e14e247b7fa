"""Granting more time: within the limit, before it is over, with a reason, and the complainant told (R01-16)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint, Extension
from models.enums import EventKind, ExtensionStatus
from models.labels import _l
from services.deadlines import clocks
from services.deadlines.runs import clock_of
from services.unit_of_work import UnitOfWork
from services.workflow.extending import extendable_run
from services.workflow.steps import begin
from services.workflow.typed import required


def extend(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    clock: str | None,
    amount: int | None,
    reason: str,
    told_how: str | None,
) -> Complaint:
    """The due date moves, the original one is kept. Refused past the limit or after the period is over."""
    act = begin(work, complaint_id, EventKind.EXTEND, version)
    run, amount = extendable_run(work, act.complaint, clock, amount)
    limit = clock_of(run).extendable
    assert limit is not None  # extendable_run has seen it
    reason = required(reason, "reason", _l("Say why more time is needed."))
    told_how = required(told_how, "told_how", _l("Say how the complainant was told the reason."), 200)
    before = run.due_at
    clocks.extend_clock(work, act.complaint, run, amount)
    asked = work.session.scalars(
        sa.select(Extension)
        .where(Extension.clock_run_id == run.id, Extension.status == ExtensionStatus.REQUESTED)
        .order_by(Extension.id.desc())
    ).first()
    granted = asked or Extension(complaint_id=act.complaint.id, clock_run_id=run.id)
    granted.status, granted.amount, granted.unit, granted.reason = (
        ExtensionStatus.GRANTED,
        amount,
        limit.unit,
        reason,
    )
    granted.granted_by_id, granted.told_complainant_at, granted.told_how = act.by_id, work.now, told_how
    work.session.add(granted)
    act.finish(
        text=reason, clause=run.clause, clock=run.code, amount=amount, due_before=before, due_after=run.due_at
    )
    act.tell([act.complaint.handler_id, granted.requested_by_id], "extension.decided", amount=amount)
    return act.complaint
