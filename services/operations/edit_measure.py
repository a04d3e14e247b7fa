"""Changing a planned measure: what its kind and the procedure ask for still has to be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import Measure
from models.enums import MeasureStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid, Reason, Refused
from services.procedures.of_complaint import procedure_of
from services.records import case_of, grant_for_record, load_record, put_values, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.remedies import measure_faults, restricted


def edit_measure(
    work: UnitOfWork, measure_id: int, version: int | None, *, values: Mapping[str, Any]
) -> Measure:
    """The changed measure. Refused unless it is planned, Invalid when something is missing or doesn't fit."""
    measure: Measure = load_record(work, Measure, measure_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, measure)
    if measure.status is not MeasureStatus.PLANNED:
        raise Refused([Reason("not_planned", _l("Only a planned measure can be changed."))])
    earlier = audit.values_of(measure)
    with work.session.no_autoflush:
        put_values(measure, values)
        if restricted(measure):
            grant_for_record(work, Permission.DISCIPLINE_READ, measure)
        complaint = case_of(work, measure)
        faults = measure_faults(measure, procedure_of(work.session, complaint) if complaint else None)
    if faults:
        raise Invalid(faults)
    save(work, measure)
    record_change(work, "edit", measure, earlier, grant=grant)
    return measure
