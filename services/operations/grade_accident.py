"""Deciding the grade of an accident otherwise than the facts give it, or where they give none; always with a reason."""

from __future__ import annotations

from models import Accident
from models.enums import AccidentGrade
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow import accidents
from services.workflow.typed import required


def grade_accident(
    work: UnitOfWork,
    accident_id: int,
    version: int | None,
    *,
    grade: AccidentGrade | None,
    reason: str | None,
) -> Accident:
    """The accident with the grade a person gave it (R09-03, R14-07). `grade` None: back to what the facts say.

    Invalid without a reason, and for "to be decided", which is no decision.
    """
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    accidents.require_open_accident(accident)
    why = required(reason, "reason", _l("Say why the accident has this grade."))
    if grade is AccidentGrade.UNDETERMINED:
        raise Invalid({"grade": _l("Choose a grade, or let the facts decide.")})
    if grade is None and accidents.scale_of(work.session, accident) is None:
        raise Invalid({"grade": _l("The procedure has no scale; choose a grade.")})
    earlier = audit.values_of(accident)
    accident.grade_reason = why if grade is not None else None
    if grade is None:
        accidents.put_grade(work, accident)
    else:
        accident.grade = grade
    save(work, accident)
    accidents.renew_clocks(work, accident)
    record_change(work, "grade", accident, earlier, grant=grant, reason=why)
    return accident
