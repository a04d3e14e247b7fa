"""The first-asked person says why the customer's time limit was broken, before anybody decides (R16-10)."""

from __future__ import annotations

from models import Complaint, Liability
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.access.separation import involved
from services.errors import NotPermitted
from services.procedures.of_complaint import procedure_of
from services.records import load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.liability import require_undecided, rule_of
from services.workflow.posts import holders_of
from services.workflow.steps import tell
from services.workflow.typed import required


def state_liability_reason(
    work: UnitOfWork, liability_id: int, version: int | None, *, reason: str | None
) -> Liability:
    """The record with the reason, which can be put better until it is decided; the deciding posts are told.

    NotPermitted for anybody but the person and whoever stands in for them.
    """
    record: Liability = load_record(work, Liability, liability_id, version)
    grant = work.actor.grant_for(Permission.COMPLAINT_REGISTER)
    if grant is None or not involved(work.actor, record.person_id):
        raise NotPermitted
    require_undecided(record)
    complaint = work.session.get_one(Complaint, record.complaint_id)
    earlier = audit.values_of(record)
    record.stated_reason = required(reason, "reason", _l("Say why it could not be done in time."))
    record.stated_at = work.now
    save(work, record)
    record_change(work, "state_reason", record, earlier, grant=grant)
    rule, procedure = rule_of(work.session, record), procedure_of(work.session, complaint)
    deciding = [
        person
        for post in (rule.excused_by, rule.confirmed_by)
        for person in holders_of(work.session, procedure, complaint, post)
    ]
    tell(work, complaint, [p for p in deciding if p != record.person_id], "liability.stated")
    return record
