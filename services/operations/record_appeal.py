"""A penalised person appeals to the level that the procedure names (R16-14)."""

from __future__ import annotations

from datetime import date

from models import Complaint, Measure
from models.enums import EventKind, MeasureKind, MeasureStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Reason, Refused
from services.procedures.of_complaint import procedure_of
from services.records import case_of, grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.people import of_level
from services.workflow.remedies import told_text
from services.workflow.steps import tell, write_event
from services.workflow.typed import required

APPEALABLE = (MeasureKind.PENALTY, MeasureKind.DISCIPLINE)


def record_appeal(
    work: UnitOfWork, measure_id: int, version: int | None, *, grounds: str | None, on: date | None = None
) -> Measure:
    """The penalty with the appeal against it; those who decide are told.

    Refused for what is no penalty, for a second appeal, and where the procedure names nobody to appeal to.
    """
    measure: Measure = load_record(work, Measure, measure_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, measure)
    complaint = case_of(work, measure)
    appeal = procedure_of(work.session, complaint).measures.appeal if complaint else None
    if complaint is None or appeal is None:
        raise Refused([Reason("no_appeal", _l("The procedure names nobody to appeal to."))])
    _require_appealable(measure)
    today = work.now.astimezone(desk_zone(work.session)).date()
    if on is not None and on > today:
        raise Invalid({"on": _l("This can't lie in the future.")})
    earlier = audit.values_of(measure)
    measure.appeal_grounds = required(grounds, "grounds", _l("Write down why the person appeals."))
    measure.appealed_on = on or today
    save(work, measure)
    record_change(work, "appeal", measure, earlier, grant=grant)
    _note(work, complaint, measure)
    tell(work, complaint, of_level(work.session, complaint, appeal.level), "appeal.recorded")
    return measure


def _require_appealable(measure: Measure) -> None:
    if measure.kind not in APPEALABLE or measure.status is MeasureStatus.DROPPED:
        raise Refused([Reason("no_penalty", _l("Only a penalty that stands can be appealed."))])
    if measure.appealed_on is not None:
        raise Refused([Reason("appealed", _l("An appeal against this penalty is recorded already."))])


def _note(work: UnitOfWork, complaint: Complaint, measure: Measure) -> None:
    text = told_text(measure, measure.appeal_grounds)
    write_event(work, complaint, EventKind.MEASURE_RECORDED, text=text, done="appealed")
