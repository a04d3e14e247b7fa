"""Marking a complaint confidential: from now on it exists for the named people only (R15-19)."""

from __future__ import annotations

from models import Complaint, WithdrawnNumber
from models.enums import EventKind
from models.labels import _l
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
    reason = required(reason, "reason", _l("Give the reason."))
    faults = check_named(work, named_user_ids, field="named_user_ids")
    if faults:
        raise Invalid(faults)
    complaint = act.complaint
    year = complaint.received_at.astimezone(desk_time(work.session).zone).year
    work.session.add(WithdrawnNumber(number=complaint.number))
    complaint.number = take_number(
        work.session, act.situation.procedure.number_prefix, year, confidential=True
    )
    complaint.is_confidential = True
    name_people(work, complaint, {*named_user_ids, act.by_id or 0} - {0}, reason=reason)
    act.finish(text=reason)
    act.tell(named_user_ids, "named")
    return complaint
