"""Concluding an inspection: everything checked and written, measures planned where something does not conform."""

from __future__ import annotations

from models import Inspection
from models.analysis_enums import InspectionStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.access.separation import involved
from services.errors import NotPermitted, Reason, Refused
from services.records import grant_for_record, load_record, record_change, save
from services.reports.inspecting import missing
from services.unit_of_work import UnitOfWork
from services.workflow.typed import required


def conclude_inspection(
    work: UnitOfWork, inspection_id: int, version: int | None, *, result: str | None
) -> Inspection:
    """The concluded inspection. Refused with everything that is missing, Invalid without a conclusion."""
    inspection: Inspection = load_record(work, Inspection, inspection_id, version)
    grant = grant_for_record(work, Permission.INSPECTION_WRITE, inspection)
    if not involved(work.actor, inspection.led_by_id):
        raise NotPermitted(_l("Only the person who leads the inspection writes in it."))
    if inspection.status is not InspectionStatus.OPEN:
        raise Refused([Reason("concluded", _l("The inspection is concluded; its record stands."))])
    reasons = missing(work.session, inspection)
    if reasons:
        raise Refused(reasons)
    earlier = audit.values_of(inspection)
    inspection.result = required(result, "result", _l("Say what the inspection came to."))
    inspection.status, inspection.finished_at = InspectionStatus.FINISHED, work.now
    save(work, inspection)
    record_change(work, "conclude", inspection, earlier, grant=grant)
    return inspection
