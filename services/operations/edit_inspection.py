"""Writing down what an inspection found on the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import Inspection
from models.analysis_enums import InspectionStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.access.separation import involved
from services.errors import NotPermitted, Reason, Refused
from services.records import grant_for_record, load_record, put_values, record_change, save
from services.unit_of_work import UnitOfWork


def edit_inspection(
    work: UnitOfWork, inspection_id: int, version: int | None, *, values: Mapping[str, Any]
) -> Inspection:
    """The inspection with these words. NotPermitted but for whoever leads it, Refused once it is concluded."""
    inspection: Inspection = load_record(work, Inspection, inspection_id, version)
    grant = grant_for_record(work, Permission.INSPECTION_WRITE, inspection)
    if not involved(work.actor, inspection.led_by_id):
        raise NotPermitted(_l("Only the person who leads the inspection writes in it."))
    if inspection.status is not InspectionStatus.OPEN:
        raise Refused([Reason("concluded", _l("The inspection is concluded; its record stands."))])
    earlier = audit.values_of(inspection)
    put_values(inspection, values)
    save(work, inspection)
    record_change(work, "edit", inspection, earlier, grant=grant)
    return inspection
