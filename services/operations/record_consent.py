"""Recording that the customer agreed to data leaving the organisation, and that they no longer do (R03-12)."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from models import Complaint
from models.labels import _l
from models.privacy import Consent
from services import audit
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, NotFound, Reason, Refused
from services.records import grant_on_case, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.steps import load
from services.workflow.typed import required


def record_consent(
    work: UnitOfWork,
    complaint_id: str,
    *,
    recipient: str | None,
    scope: str | None,
    how: str | None,
    given_on: date | None = None,
) -> Consent:
    """The consent: which data, to whom, when, and how the customer said so."""
    complaint: Complaint = load(work, complaint_id)
    grant = grant_on_case(work, Permission.COMPLAINT_NOTE, complaint)
    today = work.now.astimezone(desk_zone(work.session)).date()
    day = given_on or today
    if day > today:
        raise Invalid({"given_on": _l("This can't lie in the future.")})
    consent = Consent(
        complaint_id=complaint.id,
        recipient=required(recipient, "recipient", _l("Name who may get the data."), 200),
        scope=required(scope, "scope", _l("Say which data may go out."), 300),
        how=required(how, "how", _l("Say how the customer agreed."), 200),
        given_on=day,
        recorded_by_id=work.actor.user_id,
    )
    work.session.add(consent)
    save(work, consent)
    record_change(work, "create", consent, grant=grant)
    return consent


def withdraw_consent(work: UnitOfWork, address: str) -> Consent:
    """The consent, withdrawn from today on. What went out before stays on record."""
    found = work.session.scalar(sa.select(Consent.id).where(Consent.public_id == address))
    if found is None:
        raise NotFound
    consent: Consent = load_record(work, Consent, found)
    complaint = work.session.get_one(Complaint, consent.complaint_id)
    grant = grant_on_case(work, Permission.COMPLAINT_NOTE, complaint)
    if consent.withdrawn_on is not None:
        raise Refused([Reason("withdrawn", _l("This consent is withdrawn already."))])
    earlier = audit.values_of(consent)
    consent.withdrawn_on = work.now.astimezone(desk_zone(work.session)).date()
    save(work, consent)
    record_change(work, "withdraw", consent, earlier, grant=grant)
    return consent
