"""What the procedure demands in measures, and what a measure of each kind has to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Finding, Investigation, Measure, Solution
from models.enums import FindingVerdict, MeasureKind, MeasureStatus, Responsibility
from models.labels import LazyString, _l, in_both
from models.remedy_enums import SolutionAnswer
from services.access.scope import unscoped
from services.errors import Reason, Text
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Procedure
from services.procedures.sections.measures import Demand, Step, When
from services.workflow.gates import Situation

SETTLED = (MeasureStatus.DONE, MeasureStatus.VERIFIED)
_OUR_CAUSE = (Responsibility.DEPARTMENT, Responsibility.STAFF, Responsibility.THIRD_PARTY)
"""What the opinion says when the problem was found to exist and is not the complainant's own doing."""

KIND_FIELDS: dict[MeasureKind, dict[str, LazyString]] = {
    MeasureKind.RETURN: {"freight_by": _l("Say who bears the freight.")},
    MeasureKind.DISCIPLINE: {
        "person_name": _l("Name the person."),
        "severity": _l("Say how grave the breach was."),
    },
    MeasureKind.PENALTY: {"person_name": _l("Name the person or unit penalised.")},
}
"""What a measure of a kind has to say beside its text (compensation: see `kind_faults`)."""


def restricted(measure: Measure) -> bool:
    """Whether only those entitled read this measure: discipline of staff (R03-09)."""
    return measure.kind is MeasureKind.DISCIPLINE


def told_text(measure: Measure, text: str | None) -> str | None:
    """What the history of the case says of a measure: of a restricted one only that there is one."""
    return None if restricted(measure) else text


def none_due(measure: Measure) -> bool:
    """A compensation record that says why none is due: there is nothing to carry out."""
    return measure.kind is MeasureKind.COMPENSATION and bool(measure.none_due_reason)


def measure_faults(measure: Measure, procedure: Procedure | None) -> dict[str, Text]:
    """What is missing or doesn't fit, by field: for its kind, and for what the procedure asks of every measure."""
    return {**kind_faults(measure), **plan_faults(measure, procedure)}


def kind_faults(measure: Measure) -> dict[str, Text]:
    """What a measure of this kind lacks (R03-08, R03-09, R05-13, R06-07)."""
    faults: dict[str, Text] = {
        key: message
        for key, message in KIND_FIELDS.get(measure.kind, {}).items()
        if getattr(measure, key) in (None, "")
    }
    if measure.kind is MeasureKind.COMPENSATION:
        faults |= _compensation_faults(measure)
    if (measure.agreed_with_id is None) != (measure.agreed_on is None):
        key = "agreed_on" if measure.agreed_on is None else "agreed_with_id"
        faults[key] = _l("Give both the department and the day of the agreement.")
    return faults


def _compensation_faults(measure: Measure) -> dict[str, Text]:
    given = {
        "amount": _l("Say how much, or why none is due."),
        "compensation_form": _l("Say in which form, or why none is due."),
        "given_on": _l("Say on which day, or why none is due."),
    }
    there = [key for key in given if getattr(measure, key) is not None]
    if measure.none_due_reason:
        if there:
            return {"none_due_reason": _l("Either compensation or a reason for none, not both.")}
        return {}
    return {key: message for key, message in given.items() if key not in there}


def plan_faults(measure: Measure, procedure: Procedure | None) -> dict[str, Text]:
    """Owner and deadline, where the procedure's plan asks for them (R07-13)."""
    plan = procedure.measures.plan if procedure else None
    if plan is None or none_due(measure):
        return {}
    faults: dict[str, Text] = {}
    if plan.owner and measure.owner_id is None:
        faults["owner_id"] = _l("The procedure asks who carries it out.")
    if plan.due and measure.due_on is None:
        faults["due_on"] = _l("The procedure asks by when it is carried out.")
    return faults


def measures_of(session: Session, complaint: Complaint) -> list[Measure]:
    """The measures of a complaint that count: not the dropped ones, but those restricted too."""
    with unscoped(session, "whether a demanded measure is there, also one that the actor may not read"):
        query = sa.select(Measure).where(
            Measure.complaint_id == complaint.id, Measure.status != MeasureStatus.DROPPED
        )
        return list(session.scalars(query))


def is_confirmed(session: Session, complaint: Complaint, responsibility: Responsibility | None) -> bool:
    """Whether the problem was found to exist: by the opinion, or by a finding of an investigation (R02-13)."""
    if responsibility in _OUR_CAUSE:
        return True
    found = (
        sa.select(Finding.id)
        .join(Investigation, Investigation.id == Finding.investigation_id)
        .where(
            Investigation.complaint_id == complaint.id,
            Finding.verdict.in_([FindingVerdict.UPHELD, FindingVerdict.PARTLY]),
        )
    )
    return session.scalar(found.limit(1)) is not None


def codes_of(complaint: Complaint) -> set[str]:
    """By which words of a procedure's categories this complaint is known."""
    known = (complaint.category.value, complaint.category_code, complaint.nature)
    return {code for code in known if code}


def applies(session: Session, complaint: Complaint, when: When) -> bool:
    """Whether a demand is for this complaint."""
    if when.categories and not codes_of(complaint) & set(when.categories):
        return False
    if when.grades and complaint.grade not in when.grades:
        return False
    if complaint.channel in when.except_channels:
        return False
    if when.responsible and complaint.responsibility not in when.responsible:
        return False
    if when.repeat and not complaint.is_repeat:
        return False
    return not when.confirmed or is_confirmed(session, complaint, complaint.responsibility)


def meets(demand: Demand, measure: Measure) -> bool:
    """Whether this measure is what is demanded, in the shape demanded."""
    if demand.kinds and measure.kind not in demand.kinds:
        return False
    wanted: Iterable[tuple[bool, Any]] = (
        (demand.with_owner, measure.owner_id),
        (demand.with_due, measure.due_on),
        (demand.with_cause, measure.cause),
        (demand.agreed, measure.agreed_with_id),
        (demand.promised, measure.promised_on),
        (demand.help_asked, measure.help_asked_on),
        (demand.freight_by is not None, measure.freight_by is demand.freight_by),
        (demand.carried_out, measure.status in SETTLED),
        (demand.verified, measure.status is MeasureStatus.VERIFIED),
    )
    return all(there for asked, there in wanted if asked)


def unmet(session: Session, complaint: Complaint, procedure: Procedure, step: Step) -> list[Demand]:
    """The demands before `step` that no measure of this complaint meets."""
    demands = [each for each in procedure.measures.demands if each.before == step]
    demands = [each for each in demands if applies(session, complaint, each.when)]
    if not demands:
        return []
    there = measures_of(session, complaint)
    return [demand for demand in demands if not any(meets(demand, measure) for measure in there)]


def _reasons(s: Situation, step: Step) -> list[Reason]:
    return [*_missing_measures(s, step), *_missing_offer(s, step)]


def _missing_offer(s: Situation, step: Step) -> list[Reason]:
    """A solution offered, and every offer answered, where the procedure wants that (R04-16)."""
    rule = s.procedure.measures.solution_offered
    if rule is None or rule.before != step:
        return []
    query = sa.select(Solution.answer).where(Solution.complaint_id == s.complaint.id)
    answers = list(s.session.scalars(query))
    clause = ", ".join(rule.clause)
    if not answers:
        message = _l("No solution offered to the customer is recorded yet (%(clause)s).", clause=clause)
        return [Reason("no_solution", message, "solutions")]
    if SolutionAnswer.OPEN in answers:
        message = _l("The customer's answer to a solution is outstanding (%(clause)s).", clause=clause)
        return [Reason("no_answer", message, "solutions")]
    return []


def _missing_measures(s: Situation, step: Step) -> list[Reason]:
    return [
        Reason(
            f"demanded_{demand.code}",
            _l(
                "The procedure asks for a measure first: %(name)s (%(clause)s).",
                name=in_both(demand.names.zh, demand.names.en),
                clause=", ".join(demand.clause) or "—",
            ),
            "measures",
        )
        for demand in unmet(s.session, s.complaint, s.procedure, step)
    ]


def demanded_before_opinion(s: Situation) -> list[Reason]:
    """The measures that the procedure demands before the opinion goes up."""
    return _reasons(s, "submit_opinion")


def demanded_before_reply(s: Situation) -> list[Reason]:
    """The measures that the procedure demands before the complainant is answered."""
    return _reasons(s, "reply")


def demanded_before_closing(s: Situation) -> list[Reason]:
    """The measures that the procedure demands before the complaint is closed."""
    return _reasons(s, "close")


def may_offer(session: Session, complaint: Complaint, kind: MeasureKind) -> bool:
    """Whether the procedure lists this kind of solution (R04-06); one that lists none leaves it open."""
    resolutions = procedure_of(session, complaint).measures.resolutions
    return not resolutions or any(each.kind is kind for each in resolutions)
