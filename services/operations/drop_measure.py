"""Dropping a measure, with the reason why."""

from __future__ import annotations

from models import Measure
from models.enums import EventKind, MeasureStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Reason, Refused
from services.records import case_of, grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.remedies import told_text
from services.workflow.steps import write_event
from services.workflow.typed import required


def drop_measure(work: UnitOfWork, measure_id: int, version: int | None, *, reason: str | None) -> Measure:
    """The dropped measure. Refused once it has been carried out, Invalid without a reason."""
    measure: Measure = load_record(work, Measure, measure_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, measure)
    if measure.status is not MeasureStatus.PLANNED:
        raise Refused([Reason("not_planned", _l("Only a planned measure can be dropped."))])
    earlier = audit.values_of(measure)
    measure.drop_reason = required(reason, "reason", _l("Say why it is dropped."))
    measure.status = MeasureStatus.DROPPED
    save(work, measure)
    record_change(work, "drop", measure, earlier, grant=grant, reason=measure.drop_reason)
    complaint = case_of(work, measure)
    if complaint is not None:
        write_event(
            work,
            complaint,
            EventKind.MEASURE_RECORDED,
            text=told_text(measure, measure.drop_reason),
            grant=grant,
            done="dropped",
        )
    return measure
