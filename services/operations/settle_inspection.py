"""The cost of an inspection is settled between who advanced it and who bears it (R15-14)."""

from __future__ import annotations

from datetime import date

from models import Inspection
from models.labels import _l
from models.remedy_enums import InspectionResult
from services import audit
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Reason, Refused
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork


def settle_inspection(
    work: UnitOfWork, inspection_id: int, version: int | None, *, on: date | None = None
) -> Inspection:
    """The inspection with the day of settlement, also after closing. Refused without a result, or a second time."""
    inspection: Inspection = load_record(work, Inspection, inspection_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, inspection)
    if inspection.result is InspectionResult.OPEN or inspection.result_on is None:
        raise Refused([Reason("no_result", _l("The result of the inspection is outstanding."))])
    if inspection.settled_on is not None:
        raise Refused([Reason("settled", _l("The cost is settled already."))])
    today = work.now.astimezone(desk_zone(work.session)).date()
    day = on or today
    if not inspection.result_on <= day <= today:
        raise Invalid({"on": _l("Between the result and today.")})
    earlier = audit.values_of(inspection)
    inspection.settled_on = day
    save(work, inspection)
    record_change(work, "settle", inspection, earlier, grant=grant)
    return inspection
