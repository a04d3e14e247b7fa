"""Grading by the scale of the procedure; regrading keeps every earlier grade (R10-03, R13-08)."""

from __future__ import annotations

from collections.abc import Mapping

from models import Complaint, GradeRecord
from models.enums import EventKind
from models.labels import _l
from services.deadlines import clocks
from services.errors import Invalid
from services.procedures.wording import said_of
from services.unit_of_work import UnitOfWork
from services.workflow.grading import answers, grade_by, raise_by_grade
from services.workflow.steps import begin
from services.workflow.typed import optional, required


def grade(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    level: str | None = None,
    reason: str,
    facts: Mapping[str, str | None] | None = None,
    recognition: str | None = None,
) -> Complaint:
    """Graded by the facts where the scale asks for some, otherwise as chosen; the grade's consequences follow at once.

    Invalid for a level that the scale does not have, one that the facts contradict, or one that needs the
    complainant's recognition and has none.
    """
    act = begin(work, complaint_id, EventKind.GRADE, version)
    scale = act.situation.procedure.grading
    if scale is None:
        raise Invalid({"level": _l("The procedure has no grades.")})
    given = answers(scale, facts or {})
    ruling = scale.ruling(given) if scale.facts else None
    found = grade_by(scale, ruling, level)
    complaint = act.complaint
    start = scale.start(complaint.category)
    if start is not None and complaint.grade is None and found.code != start.level:
        first = scale.level(start.level)
        assert first is not None  # the procedure was checked when it was read
        message = _l(
            "Complaints of this category start as %(grade)s; regrade it later.", grade=said_of(first.names)
        )
        raise Invalid({"level": message})
    reason = required(reason, "reason", _l("Say which criterion is met."))
    recognition = optional(recognition)
    if found.recognition and recognition is None:
        raise Invalid(
            {"recognition": _l("This grade rests on the complainant's recognition. Write it down.")}
        )
    earlier = complaint.grade
    work.session.add(
        GradeRecord(
            complaint_id=complaint.id,
            round=complaint.round,
            scheme=scale.scheme,
            level=found.code,
            earlier=earlier,
            facts=given,
            was_asked=bool(ruling and ruling.asked),
            reason=reason,
            recognition=recognition,
            at=work.now,
            by_id=act.by_id,
        )
    )
    complaint.grade, complaint.grade_reason, complaint.is_major = found.code, reason, found.major
    act.finish(text=reason, clause=", ".join(found.clause) or None, level=found.code, earlier=earlier)
    clocks.regrade_clocks(work, complaint)
    raise_by_grade(work, complaint, found)
    return complaint
