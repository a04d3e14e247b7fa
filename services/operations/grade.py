"""Grading by the scale of the procedure; regrading keeps the earlier grade in the history (R10-03, R13-08)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def grade(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, level: str, reason: str
) -> Complaint:
    """Graded. Invalid for a level that the procedure's scale does not have."""
    act = begin(work, complaint_id, EventKind.GRADE, version)
    grading = act.situation.procedure.grading
    if grading is None:
        raise Invalid({"level": _l("The procedure has no grades.")})
    found = next((one for one in grading.levels if one.code == level), None)
    if found is None:
        raise Invalid({"level": _l("Choose one of the grades.")})
    reason = required(reason, "reason", _l("Say which criterion is met."))
    earlier = act.complaint.grade
    act.complaint.grade, act.complaint.grade_reason = level, reason
    return act.finish(text=reason, clause=", ".join(found.clause) or None, level=level, earlier=earlier)
