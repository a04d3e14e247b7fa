"""Checks of a complaint before it is accepted or investigated: which there are, what they came to, what is missing."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Complaint, ComplaintCheck
from models.intake_enums import CheckOutcome
from models.labels import _l, in_both
from services.errors import Reason, Refused
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Procedure
from services.procedures.sections.intake import IntakeCheck
from services.workflow.gates import Situation

ACCEPTANCE, INVESTIGATION = "acceptance", "investigation"
PANEL = "checks"
"""Where on the case's page checks are recorded."""


def checks_of(procedure: Procedure, complaint: Complaint) -> list[IntakeCheck]:
    """The checks that the procedure wants of this complaint."""
    return [check for check in procedure.intake.checks if _concerns(check, complaint)]


def _concerns(check: IntakeCheck, complaint: Complaint) -> bool:
    if check.when.except_anonymous and complaint.is_anonymous:
        return False
    return not check.when.channels or complaint.channel in check.when.channels


def recorded(session: Session, complaint: Complaint) -> list[ComplaintCheck]:
    """Every outcome on record, the oldest first."""
    query = sa.select(ComplaintCheck).where(ComplaintCheck.complaint_id == complaint.id)
    return list(
        session.scalars(query.order_by(ComplaintCheck.id).options(joinedload(ComplaintCheck.checked_by)))
    )


def standing(records: Sequence[ComplaintCheck]) -> dict[str, ComplaintCheck]:
    """The outcome that counts of each check: the last one."""
    return {record.code: record for record in records}


def unchecked(session: Session, complaint: Complaint, procedure: Procedure, *steps: str) -> list[Reason]:
    """What stands in the way of these steps: checks without an outcome, and outcomes that block."""
    wanted = [check for check in checks_of(procedure, complaint) if check.required_for in steps]
    if not wanted:
        return []
    known = standing(recorded(session, complaint))
    found = []
    for check in wanted:
        record = known.get(check.code)
        if record is None:
            found.append(_missing(check))
        elif record.outcome in check.blocks:
            found.append(_blocking(check, record.outcome))
    return found


def _named(check: IntakeCheck) -> dict[str, object]:
    clause = ", ".join(check.clause) or _l("own rule")
    return {"check": in_both(check.names.zh, check.names.en), "clause": clause}


def _missing(check: IntakeCheck) -> Reason:
    message = _l(
        "Not checked yet: %(check)s (%(clause)s). Record it under “Intake checks”.",
        **_named(check),
    )
    return Reason(f"unchecked_{check.code}", message, PANEL)


def _blocking(check: IntakeCheck, outcome: CheckOutcome) -> Reason:
    message = _l(
        "%(check)s (%(clause)s): %(outcome)s. Check it again, or refuse the complaint with this reason.",
        **_named(check),
        outcome=outcome.label,
    )
    return Reason(f"blocked_{check.code}", message, PANEL)


def intake_checked(s: Situation) -> list[Reason]:
    """No acceptance before the checks that belong to it (R07-09, R11-04, R06-02).

    Where the acceptance opens the investigation, what has to precede that has to precede the acceptance.
    """
    opens = s.procedure.intake.acceptance is not None and s.procedure.intake.acceptance.opens_investigation
    steps = (ACCEPTANCE, INVESTIGATION) if opens else (ACCEPTANCE,)
    return unchecked(s.session, s.complaint, s.procedure, *steps)


def require_checked_for_investigation(session: Session, complaint: Complaint) -> None:
    """Refused while a check that belongs before the investigation is missing (R07-17)."""
    reasons = unchecked(session, complaint, procedure_of(session, complaint), INVESTIGATION)
    if reasons:
        raise Refused(reasons)
