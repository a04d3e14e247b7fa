"""Recording what was checked when a complaint came in: outcome and finding, by whom, when (R07-09, R07-17, R11-04)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models import Complaint, ComplaintCheck
from models.intake_enums import CheckOutcome
from models.labels import _l
from services.access.permissions import Permission
from services.actor import Grant
from services.errors import Invalid, NotFound, Text
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.intake import IntakeCheck
from services.records import grant_on_case, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.intake_checks import ACCEPTANCE, checks_of, recorded, standing
from services.workflow.steps import load
from services.workflow.typed import optional


@dataclass(frozen=True)
class Answer:
    """What one check came to, as somebody says it."""

    outcome: CheckOutcome | None
    note: str | None = None


def permission_for(check: IntakeCheck) -> Permission:
    """Who accepts checks for acceptance; before an investigation anybody who works on the case does."""
    return Permission.COMPLAINT_ACCEPT if check.required_for == ACCEPTANCE else Permission.COMPLAINT_NOTE


def record_checks(work: UnitOfWork, complaint_id: str, answers: Mapping[str, Answer]) -> list[ComplaintCheck]:
    """The outcomes that were not on record already, by the codes of the procedure's checks; earlier ones stay.

    Invalid at `outcome_<code>` and `note_<code>`; NotFound for a check that the procedure does not want of this
    complaint; NotPermitted; Refused when the complaint has ended.
    """
    complaint: Complaint = load(work, complaint_id)
    checks = {check.code: check for check in checks_of(procedure_of(work.session, complaint), complaint)}
    if set(answers) - set(checks):
        raise NotFound
    grants = {code: grant_on_case(work, permission_for(checks[code]), complaint) for code in answers}
    require_open(complaint)
    faults: dict[str, Text] = {}
    for code, answer in answers.items():
        faults |= _faults(checks[code], answer)
    if faults:
        raise Invalid(faults)
    if not answers:
        raise Invalid({"": _l("Say what at least one check came to.")})
    known = standing(recorded(work.session, complaint))
    return [
        _record(work, complaint, code, answer, grants[code])
        for code, answer in answers.items()
        if not _same(known.get(code), answer)
    ]


def _faults(check: IntakeCheck, answer: Answer) -> dict[str, Text]:
    if answer.outcome is None or answer.outcome not in check.outcomes:
        return {f"outcome_{check.code}": _l("Choose what the check came to.")}
    if optional(answer.note):
        return {}
    if answer.outcome is not CheckOutcome.PASSED:
        return {f"note_{check.code}": _l("Say why.")}
    return {f"note_{check.code}": _l("Say what you found.")} if check.note else {}


def _same(record: ComplaintCheck | None, answer: Answer) -> bool:
    return record is not None and (record.outcome, record.note) == (answer.outcome, optional(answer.note))


def _record(
    work: UnitOfWork, complaint: Complaint, code: str, answer: Answer, grant: Grant | None
) -> ComplaintCheck:
    record = ComplaintCheck(
        complaint_id=complaint.id,
        code=code,
        outcome=answer.outcome,
        note=optional(answer.note),
        checked_by_id=work.actor.user_id,
        checked_for_id=grant.on_behalf_of_id if grant else None,
        checked_at=work.now,
    )
    work.session.add(record)
    save(work, record)
    record_change(work, "create", record, grant=grant)
    return record
