"""Saying that a measure has been carried out, and how."""

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


def carry_out_measure(work: UnitOfWork, measure_id: int, version: int | None, *, how: str | None) -> Measure:
    """The measure, carried out. Refused unless it is planned, Invalid without a word on how."""
    measure: Measure = load_record(work, Measure, measure_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, measure)
    if measure.status is not MeasureStatus.PLANNED:
        raise Refused([Reason("not_planned", _l("Only a planned measure can be carried out."))])
    earlier = audit.values_of(measure)
    measure.done_text = required(how, "how", _l("Say how it was carried out."))
    measure.status = MeasureStatus.DONE
    measure.done_at = work.now
    save(work, measure)
    record_change(work, "carry_out", measure, earlier, grant=grant)
    complaint = case_of(work, measure)
    if complaint is not None:
        write_event(
            work,
            complaint,
            EventKind.MEASURE_RECORDED,
            text=told_text(measure, measure.done_text),
            grant=grant,
            done="done",
        )
    return measure
