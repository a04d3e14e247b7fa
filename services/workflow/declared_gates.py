"""What a regulation adds to a step under `gates:`; each Need of services.procedures.sections.gates is one function."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from models import Evaluation, GradeRecord, Reply
from models.enums import EventKind, Verdict
from models.labels import LazyString, _l
from services.errors import Reason
from services.procedures.sections.gates import Need
from services.workflow.gates import Situation


def declared(s: Situation, event: EventKind) -> list[Reason]:
    """What the complaint's own procedure asks for before `event` and does not find, with the clause."""
    found = []
    for gate in s.procedure.gates:
        message = _MISSING[gate.needs](s) if gate.event is event else None
        if message is not None:
            clause = ", ".join(gate.clause)
            text = _l("%(what)s (%(clause)s)", what=message, clause=clause) if clause else message
            found.append(Reason(gate.needs.value, text, "reply"))
    return found


def _evaluation(s: Situation) -> LazyString | None:
    """The leadership's last word on the result of this round is an acceptance (R10-10, R16-17)."""
    query = sa.select(Evaluation.verdict).where(
        Evaluation.complaint_id == s.complaint.id, Evaluation.round == s.complaint.round
    )
    if s.session.scalar(query.order_by(Evaluation.id.desc()).limit(1)) is Verdict.ACCEPTED:
        return None
    return _l("The result has not been evaluated yet.")


def _grade(s: Situation) -> LazyString | None:
    return None if s.complaint.grade else _l("The complaint has not been graded yet.")


def _result(s: Situation) -> LazyString | None:
    """A result is on record (R15-11)."""
    return None if (s.complaint.result or "").strip() else _l("No result is on record.")


def _told(s: Situation) -> LazyString | None:
    """The complainant was told the result of this round, or the reason for not telling stands there."""
    query = sa.select(Reply.id).where(Reply.complaint_id == s.complaint.id, Reply.round == s.complaint.round)
    if s.session.scalar(query.limit(1)) is not None:
        return None
    return _l("The complainant has not been told the result of this round.")


_MISSING: dict[Need, Callable[[Situation], LazyString | None]] = {
    Need.ACCEPTING_EVALUATION: _evaluation,
    Need.GRADED: _grade,
    Need.FINAL_RESULT: _result,
    Need.RESULT_TOLD_THIS_ROUND: _told,
}


def recognition_recorded(s: Situation) -> list[Reason]:
    """A grade that rests on the complainant's recognition is closed only with it on record (R13-11)."""
    scale = s.procedure.grading
    grade = scale.level(s.complaint.grade) if scale else None
    if grade is None or not grade.recognition:
        return []
    query = sa.select(GradeRecord.recognition).where(GradeRecord.complaint_id == s.complaint.id)
    if s.session.scalar(query.order_by(GradeRecord.id.desc()).limit(1)):
        return []
    return [
        Reason(
            "no_recognition", _l("The complainant's recognition is not on record. Grade it again."), "reply"
        )
    ]
