"""Marking a complaint confidential: from now on it exists for the named people only (R15-19)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint, OutboxMessage, WithdrawnNumber
from models.enums import EventKind
from models.job_enums import OutboxStatus
from models.labels import _l
from services.access.scope import unscoped
from services.access.visibility import refresh_visibility
from services.deadlines.desk_calendar import desk_time
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.naming import check_named, name_people
from services.workflow.numbers import take_number
from services.workflow.steps import begin
from services.workflow.typed import required


def mark_confidential(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    named_user_ids: tuple[int, ...],
    reason: str,
) -> Complaint:
    """Confidential, under a number of its own series; the old number is shown as withdrawn. The actor is named too."""
    act = begin(work, complaint_id, EventKind.MARK_CONFIDENTIAL, version)
    reason = required(reason, "reason", _l("Give the reason."), 200)
    faults = check_named(work, named_user_ids, field="named_user_ids")
    if faults:
        raise Invalid(faults)
    complaint = act.complaint
    named = {*named_user_ids, act.by_id or 0} - {0}
    for each in (complaint, *_merged_into(work, complaint)):
        _hide(work, each, act.situation.procedure.number_prefix, named, reason)
    if complaint.responsible_id not in named:
        complaint.responsible_id = act.by_id  # who answers for it must be able to see it
    act.finish(text=reason)
    act.tell(named_user_ids, "named")
    return complaint


def _merged_into(work: UnitOfWork, complaint: Complaint) -> list[Complaint]:
    """Those merged into it: left open, they would show by their reference that it exists."""
    query = sa.select(Complaint).where(Complaint.master_id == complaint.id)
    return list(work.session.scalars(query.order_by(Complaint.id)))


def _hide(work: UnitOfWork, complaint: Complaint, prefix: str, named: set[int], reason: str) -> None:
    year = complaint.received_at.astimezone(desk_time(work.session).zone).year
    work.session.add(WithdrawnNumber(number=complaint.number))
    complaint.number = take_number(work.session, prefix, year, confidential=True)
    complaint.is_confidential = True
    name_people(work, complaint, named, reason=reason)
    refresh_visibility(work.session, complaint)
    with unscoped(
        work.session, "messages that still wait for people who may no longer know of the complaint"
    ):
        work.session.execute(
            sa.delete(OutboxMessage).where(
                OutboxMessage.complaint_id == complaint.id,
                OutboxMessage.status != OutboxStatus.SENT,
                OutboxMessage.recipient_id.not_in(named),
            )
        )
