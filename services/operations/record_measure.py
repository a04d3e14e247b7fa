"""Recording what is to be done about a complaint or an accident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Accident, Complaint, Measure
from models.enums import EventKind, MeasureStatus
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Invalid
from services.procedures.of_complaint import procedure_of
from services.records import grant_for_record, put_values, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.remedies import measure_faults, none_due, restricted, told_text
from services.workflow.steps import tell, write_event


def record_measure(
    work: UnitOfWork,
    *,
    values: Mapping[str, Any],
    complaint_id: int | None = None,
    accident_id: int | None = None,
) -> Measure:
    """The planned measure. Invalid without a complaint or accident in scope, Refused when the complaint has ended."""
    complaint = _in_scope(work, Complaint, complaint_id)
    accident = _in_scope(work, Accident, accident_id)
    if complaint is None and accident is None:
        raise Invalid({"complaint_id": _l("Pick the complaint that the measure belongs to.")})
    require_open(complaint)
    measure = Measure(
        complaint_id=complaint.id if complaint else None,
        accident_id=accident.id if accident else None,
        status=MeasureStatus.PLANNED,
    )
    put_values(measure, values)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, measure if complaint else accident)
    if restricted(measure):
        grant_for_record(work, Permission.DISCIPLINE_READ, measure if complaint else accident)
    faults = measure_faults(measure, procedure_of(work.session, complaint) if complaint else None)
    if faults:
        raise Invalid(faults)
    if none_due(measure):
        measure.status, measure.done_at, measure.done_text = (
            MeasureStatus.DONE,
            work.now,
            measure.none_due_reason,
        )
    work.session.add(measure)
    save(work, measure)
    record_change(work, "create", measure, grant=grant)
    if complaint is not None:
        text = told_text(measure, measure.text)
        done = measure.status.value
        write_event(work, complaint, EventKind.MEASURE_RECORDED, text=text, grant=grant, done=done)
        if measure.status is MeasureStatus.PLANNED:
            tell(work, complaint, [measure.owner_id], "measure.planned", text=(text or "")[:120])
    return measure


def _in_scope(work: UnitOfWork, model: Any, record_id: int | None) -> Any:
    if record_id is None:
        return None
    return work.session.scalars(sa.select(model).where(model.id == record_id)).first()
