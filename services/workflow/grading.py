"""What a grade follows from, and what follows from it (R06-05, R10-03, R13-07)."""

from __future__ import annotations

from collections.abc import Mapping

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.errors import Invalid
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Grade, Grading
from services.procedures.sections.grading import GradingFact, Ruling
from services.procedures.wording import said_of
from services.unit_of_work import UnitOfWork
from services.workflow.escalation import somebody
from services.workflow.people import of_level, of_roles
from services.workflow.steps import tell, write_event


def answers(scale: Grading, facts: Mapping[str, str | None]) -> dict[str, str]:
    """The answers to every fact the scale asks for. Invalid at each that is missing or unknown."""
    given = {fact.code: facts.get(fact.code) or "" for fact in scale.facts}
    missing = {
        f"fact_{fact.code}": _l("Answer this: the grade follows from it.")
        for fact in scale.facts
        if given[fact.code] not in {value.code for value in fact.values}
    }
    if missing:
        raise Invalid(missing)
    return given


def grade_by(scale: Grading, ruling: Ruling | None, level: str | None) -> Grade:
    """The grade that the facts come to, or the one chosen where the text leaves it open. Invalid otherwise."""
    chosen = scale.level(level)
    if ruling is None or ruling.asked:
        if chosen is None:
            open_case = _l("The text leaves this combination open. Choose the grade and say why.")
            raise Invalid({"level": open_case if ruling else _l("Choose one of the grades.")})
        return chosen
    found = scale.level(ruling.level)
    assert found is not None  # the procedure was checked when it was read
    if level and chosen is not found:
        raise Invalid(
            {"level": _l("By these facts it is %(grade)s. Leave it empty.", grade=said_of(found.names))}
        )
    return found


def fact_of(scale: Grading, code: str) -> GradingFact | None:
    return next((fact for fact in scale.facts if fact.code == code), None)


def raise_by_grade(work: UnitOfWork, complaint: Complaint, grade: Grade) -> None:
    """Escalate to the rung that the grade names and tell its people and the roles it names, in the same act."""
    people = of_roles(work.session, complaint, grade.notify)
    if grade.escalates_to is not None:
        rungs = [step.level for step in procedure_of(work.session, complaint).escalation]
        number = rungs.index(grade.escalates_to) + 1
        if number > complaint.escalation_level:
            complaint.escalation_level = number
            work.session.flush()
            write_event(
                work,
                complaint,
                EventKind.ESCALATE,
                clause=", ".join(grade.clause) or None,
                level=grade.escalates_to.value,
                number=number,
                automatic=True,
            )
        above = of_level(work.session, complaint, grade.escalates_to)
        people = [*people, *somebody(work.session, complaint, above)]
    tell(work, complaint, people, "graded.urgent", grade=grade.names.zh, grade_en=grade.names.en)
