"""The check, some time after closing, whether a measure still works (R10-11)."""

from __future__ import annotations

from models import Measure
from models.enums import EventKind, MeasureStatus
from models.labels import _l
from models.remedy_enums import CheckResult
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid, Reason, Refused
from services.records import case_of, grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.remedies import told_text
from services.workflow.steps import write_event
from services.workflow.typed import required


def check_effect(
    work: UnitOfWork,
    measure_id: int,
    version: int | None,
    *,
    result: CheckResult | None,
    text: str | None,
) -> Measure:
    """The checked measure, also of a closed complaint.

    Refused before it was carried out, when it was checked already, and for its own owner (or their deputy).
    """
    measure: Measure = load_record(work, Measure, measure_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, measure)
    _require_checkable(work, measure)
    if result is None:
        raise Invalid({"result": _l("Say whether the measure works.")})
    earlier = audit.values_of(measure)
    measure.check_text = required(text, "text", _l("Say what the check found."))
    measure.check_result, measure.checked_at = result, work.now
    measure.checked_by_id = work.actor.user_id
    save(work, measure)
    record_change(work, "check", measure, earlier, grant=grant)
    complaint = case_of(work, measure)
    if complaint is not None:
        text = told_text(measure, measure.check_text)
        write_event(work, complaint, EventKind.MEASURE_RECORDED, text=text, grant=grant, done=result.value)
    return measure


def _require_checkable(work: UnitOfWork, measure: Measure) -> None:
    if measure.status not in (MeasureStatus.DONE, MeasureStatus.VERIFIED):
        raise Refused([Reason("not_done", _l("The measure has not been carried out yet."))])
    if measure.checked_at is not None:
        raise Refused([Reason("checked", _l("The effect of this measure was checked already."))])
    if measure.owner_id is not None and measure.owner_id in work.actor.people:
        raise Refused([Reason("own_measure", _l("Somebody else than its owner checks the effect."))])
