"""What a procedure wants checked before a step, and the investigation that it opens with the acceptance.

`take` calls both, so that a test of another rule reaches the state it is about under every procedure. Tests of the
checks themselves use `fire`, which records nothing by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Investigation
from models.enums import EventKind, FindingVerdict, InvestigationStatus, RoleName
from models.intake_enums import CheckOutcome
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.operations.edit_investigation import edit_investigation
from services.operations.finish_investigation import finish_investigation
from services.operations.record_checks import Answer, record_checks
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.intake_checks import ACCEPTANCE, INVESTIGATION, checks_of, recorded
from tests.factories.organisation import House

PASSED = Answer(CheckOutcome.PASSED, "已核对，符合要求。")


def settle_checks(session: Session, complaint: Complaint, now: datetime, step: str = ACCEPTANCE) -> None:
    """Every check of this step that has no outcome yet is passed."""
    with unscoped(session, "a test prepares a case"):
        known = {record.code for record in recorded(session, complaint)}
        address, procedure = complaint.public_id, procedure_of(session, complaint)
        opens = procedure.intake.acceptance is not None
        steps = {ACCEPTANCE, INVESTIGATION} if opens else {step}
        wanted = [
            check.code
            for check in checks_of(procedure, complaint)
            if check.required_for in steps and check.code not in known
        ]
    if wanted:
        with UnitOfWork(session, SYSTEM, now) as work:
            record_checks(work, address, dict.fromkeys(wanted, PASSED))


def opened_on_acceptance(session: Session, complaint: Complaint) -> Investigation | None:
    """The investigation that the acceptance opened, as long as it is under way."""
    with unscoped(session, "a test looks at the result"):
        if procedure_of(session, complaint).intake.acceptance is None:
            return None
        query = sa.select(Investigation).where(
            Investigation.complaint_id == complaint.id,
            Investigation.status == InvestigationStatus.OPEN,
            Investigation.title == complaint.summary[:200],
        )
        return session.scalars(query).first()


def settle_investigation(
    session: Session, house: House, complaint: Complaint, event: EventKind, now: datetime
) -> None:
    """Before closing, the investigation that nobody but the acceptance opened is finished."""
    opened = opened_on_acceptance(session, complaint) if event is EventKind.CLOSE else None
    if opened is None:
        return
    found: dict[str, Any] = {"allegation": "所述问题", "verdict": FindingVerdict.UPHELD, "facts": "属实。"}
    with unscoped(session, "a test prepares a case"):
        number, leader, title = opened.id, opened.leader_id, opened.title
    members = [house[RoleName.HANDLER].id, house[RoleName.HEAD_OF_QUALITY].id]
    with UnitOfWork(session, SYSTEM, now) as work:
        edit_investigation(
            work,
            number,
            None,
            values={"leader_id": leader, "title": title},
            members=[{"user_id": user_id, "part": None} for user_id in members if user_id != leader],
            findings=[found],
        )
    with UnitOfWork(session, SYSTEM, now) as work:
        finish_investigation(work, number, None, report="情况属实。")
