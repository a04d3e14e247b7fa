"""A complaint of a slight level is answered without an investigation, for a reason that stays on record (R10-06)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint, Investigation, InvestigationWaiver
from models.enums import EventKind
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Reason, Refused
from services.records import grant_on_case, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.levels import may_go_without, waiver_of
from services.workflow.steps import load, write_event
from services.workflow.typed import required


def waive_investigation(work: UnitOfWork, complaint_id: str, *, reason: str | None) -> InvestigationWaiver:
    """The waiver for this round. Refused where the level leaves no choice, or once there is an investigation."""
    complaint: Complaint = load(work, complaint_id)
    grant = grant_on_case(work, Permission.INVESTIGATION_WRITE, complaint)
    require_open(complaint)
    if not may_go_without(work.session, complaint):
        message = _l("The level of this complaint leaves no choice: it is investigated.")
        raise Refused([Reason("not_optional", message)])
    begun = sa.select(Investigation.id).where(Investigation.complaint_id == complaint.id)
    if waiver_of(work.session, complaint) is not None or work.session.scalar(begun.limit(1)) is not None:
        raise Refused([Reason("settled", _l("That is settled already for this complaint."))])
    waiver = InvestigationWaiver(
        complaint_id=complaint.id,
        round=complaint.round,
        reason=required(reason, "reason", _l("Say why no investigation is needed.")),
        waived_by_id=work.actor.user_id,
        waived_at=work.now,
    )
    work.session.add(waiver)
    save(work, waiver)
    record_change(work, "create", waiver, grant=grant, reason=waiver.reason)
    write_event(work, complaint, EventKind.INVESTIGATED, text=waiver.reason, grant=grant, done="waived")
    return waiver
