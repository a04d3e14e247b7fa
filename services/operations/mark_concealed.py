"""Marking an accident that was not reported as concealed, and what followed for those responsible."""

from __future__ import annotations

from models import Accident
from models.accident_enums import AccidentSanction
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid, Reason, Refused
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow import accidents
from services.workflow.typed import required


def mark_concealed(
    work: UnitOfWork,
    accident_id: int,
    version: int | None,
    *,
    reason: str | None,
    sanction: AccidentSanction | None = None,
    sanction_reason: str | None = None,
) -> Accident:
    """The accident, marked as concealed (R14-12). The sanction may follow; it goes with the gravity and the people.

    Refused where the procedure knows no concealment, Invalid for a sanction that it does not have.
    """
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_SIGN, accident)
    accidents.require_open_accident(accident)
    scheme = accidents.scheme_of(work.session, accident)
    if scheme is None or scheme.concealment is None:
        raise Refused([Reason("no_rule", _l("The procedure says nothing of concealed accidents."))])
    if sanction is not None and sanction not in {each.code for each in scheme.concealment.sanctions}:
        raise Invalid({"sanction": _l("The procedure has no such sanction.")})
    earlier = audit.values_of(accident)
    accident.concealed_reason = required(
        reason, "reason", _l("Say what was not reported, and how it came to light.")
    )
    accident.concealed_at = accident.concealed_at or work.now
    accident.sanction = sanction
    accident.sanction_reason = None
    if sanction is not None:
        accident.sanction_reason = required(
            sanction_reason, "sanction_reason", _l("Say how grave it is and whom the sanction is for.")
        )
    save(work, accident)
    record_change(work, "conceal", accident, earlier, grant=grant)
    return accident
