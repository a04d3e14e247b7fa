"""What the authority did with a responsible party put forward for penalty (R15-18)."""

from __future__ import annotations

from datetime import date

from models import PenaltyReferral
from models.enums import EventKind
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Reason, Refused
from services.records import case_of, grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.steps import write_event
from services.workflow.typed import required


def record_penalty_outcome(
    work: UnitOfWork,
    referral_id: int,
    version: int | None,
    *,
    outcome: str | None,
    on: date | None = None,
) -> PenaltyReferral:
    """The referral with its outcome, also after closing. Refused when it has one, Invalid for a day before it."""
    referral: PenaltyReferral = load_record(work, PenaltyReferral, referral_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, referral)
    complaint = case_of(work, referral)
    assert complaint is not None
    if referral.outcome is not None:
        raise Refused([Reason("has_outcome", _l("The outcome is recorded already."))])
    today = work.now.astimezone(desk_zone(work.session)).date()
    day = on or today
    if not referral.referred_on <= day <= today:
        raise Invalid({"on": _l("Between the referral and today.")})
    earlier = audit.values_of(referral)
    referral.outcome = required(outcome, "outcome", _l("Write down what the authority decided."))
    referral.outcome_on, referral.recorded_at = day, work.now
    save(work, referral)
    record_change(work, "outcome", referral, earlier, grant=grant)
    write_event(
        work,
        complaint,
        EventKind.MEASURE_RECORDED,
        text=referral.outcome,
        grant=grant,
        authority=referral.authority,
        done="penalty_outcome",
    )
    return referral
