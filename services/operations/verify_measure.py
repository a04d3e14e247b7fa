"""Verifying that a measure works, by somebody else than its owner."""

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


def verify_measure(
    work: UnitOfWork, measure_id: int, version: int | None, *, remark: str | None = None
) -> Measure:
    """The verified measure. Refused unless it has been carried out, and for its own owner (or their deputy)."""
    measure: Measure = load_record(work, Measure, measure_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, measure)
    if measure.status is not MeasureStatus.DONE:
        raise Refused([Reason("not_done", _l("The measure has not been carried out yet."))])
    if measure.owner_id is not None and measure.owner_id in work.actor.people:
        raise Refused([Reason("own_measure", _l("Somebody else than its owner verifies a measure."))])
    earlier = audit.values_of(measure)
    measure.status = MeasureStatus.VERIFIED
    measure.verified_at = work.now
    measure.verified_by_id = work.actor.user_id
    save(work, measure)
    record_change(work, "verify", measure, earlier, grant=grant, reason=(remark or "").strip() or None)
    complaint = case_of(work, measure)
    if complaint is not None:
        write_event(
            work,
            complaint,
            EventKind.MEASURE_RECORDED,
            text=told_text(measure, measure.text),
            grant=grant,
            done="verified",
        )
    return measure
