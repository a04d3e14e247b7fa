"""What the customer answered to a solution (R04-16)."""

from __future__ import annotations

from datetime import date

from models import Solution
from models.enums import EventKind
from models.labels import _l
from models.remedy_enums import SolutionAnswer
from services import audit
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Reason, Refused
from services.records import case_of, grant_for_record, load_record, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.steps import write_event
from services.workflow.typed import optional


def answer_solution(
    work: UnitOfWork,
    solution_id: int,
    version: int | None,
    *,
    answer: SolutionAnswer | None,
    on: date | None = None,
    words: str | None = None,
) -> Solution:
    """The offer with its answer. Refused when it was answered already, Invalid for a day before the offer."""
    solution: Solution = load_record(work, Solution, solution_id, version)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, solution)
    complaint = case_of(work, solution)
    assert complaint is not None
    require_open(complaint)
    if solution.answer is not SolutionAnswer.OPEN:
        raise Refused([Reason("answered", _l("The answer is recorded already."))])
    if answer in (None, SolutionAnswer.OPEN):
        raise Invalid({"answer": _l("Say what the customer answered.")})
    today = work.now.astimezone(desk_zone(work.session)).date()
    day = on or today
    if day > today or day < solution.offered_on:
        raise Invalid({"on": _l("The answer came between the offer and today.")})
    earlier = audit.values_of(solution)
    solution.answer, solution.answered_on, solution.answer_text = answer, day, optional(words)
    save(work, solution)
    record_change(work, "answer", solution, earlier, grant=grant)
    write_event(
        work,
        complaint,
        EventKind.MEASURE_RECORDED,
        text=solution.answer_text,
        grant=grant,
        done=f"offer_{answer.value}",
    )
    return solution
