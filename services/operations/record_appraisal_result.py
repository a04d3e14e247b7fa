"""The result of an appraisal; who bears its cost follows from it (R15-14, R15-15)."""

from __future__ import annotations

from datetime import date

from models import Appraisal
from models.enums import EventKind
from models.labels import _l
from models.remedy_enums import AppraisalResult
from services import audit
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Reason, Refused
from services.procedures.of_complaint import procedure_of
from services.records import case_of, grant_for_record, load_record, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.steps import write_event
from services.workflow.typed import required


def record_appraisal_result(
    work: UnitOfWork,
    appraisal_id: int,
    version: int | None,
    *,
    result: AppraisalResult | None,
    on: date | None,
    text: str | None,
) -> Appraisal:
    """The appraisal with result and bearer. Refused when it has a result, or the procedure names no bearer for it."""
    appraisal: Appraisal = load_record(work, Appraisal, appraisal_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, appraisal)
    complaint = case_of(work, appraisal)
    assert complaint is not None
    require_open(complaint)
    if appraisal.result is not AppraisalResult.OPEN:
        raise Refused([Reason("has_result", _l("The result is recorded already."))])
    if result in (None, AppraisalResult.OPEN):
        raise Invalid({"result": _l("Say whether it conforms.")})
    today = work.now.astimezone(desk_zone(work.session)).date()
    day = on or today
    if not appraisal.commissioned_on <= day <= today:
        raise Invalid({"on": _l("Between the commission and today.")})
    rule = procedure_of(work.session, complaint).appraisals
    conforms = result is AppraisalResult.CONFORMING
    bearing = (rule.conforming if conforms else rule.not_conforming) if rule else None
    if bearing is None:
        raise Refused(
            [Reason("no_bearer", _l("The procedure doesn't say who bears the cost of this result."))]
        )
    earlier = audit.values_of(appraisal)
    appraisal.result_text = required(text, "text", _l("Write down what the appraisal found."))
    appraisal.result, appraisal.result_on = result, day
    appraisal.borne_by, appraisal.bearer_clause = bearing.by, ", ".join(bearing.clause) or None
    save(work, appraisal)
    record_change(work, "result", appraisal, earlier, grant=grant)
    write_event(
        work,
        complaint,
        EventKind.INVESTIGATED,
        text=appraisal.result_text,
        clause=appraisal.bearer_clause,
        grant=grant,
        done=f"appraisal_{appraisal.result.value}",
    )
    return appraisal
