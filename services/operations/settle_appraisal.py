"""The cost of an appraisal is settled between who advanced it and who bears it (R15-14)."""

from __future__ import annotations

from datetime import date

from models import Appraisal
from models.labels import _l
from models.remedy_enums import AppraisalResult
from services import audit
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Reason, Refused
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork


def settle_appraisal(
    work: UnitOfWork, appraisal_id: int, version: int | None, *, on: date | None = None
) -> Appraisal:
    """The appraisal with the day of settlement, also after closing. Refused without a result, or a second time."""
    appraisal: Appraisal = load_record(work, Appraisal, appraisal_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, appraisal)
    if appraisal.result is AppraisalResult.OPEN or appraisal.result_on is None:
        raise Refused([Reason("no_result", _l("The result of the appraisal is outstanding."))])
    if appraisal.settled_on is not None:
        raise Refused([Reason("settled", _l("The cost is settled already."))])
    today = work.now.astimezone(desk_zone(work.session)).date()
    day = on or today
    if not appraisal.result_on <= day <= today:
        raise Invalid({"on": _l("Between the result and today.")})
    earlier = audit.values_of(appraisal)
    appraisal.settled_on = day
    save(work, appraisal)
    record_change(work, "settle", appraisal, earlier, grant=grant)
    return appraisal
