"""The grade that a procedure wants before a step, given by the real operation.

`take` calls `settle_grade`, so that a test of another rule reaches the state it is about under every procedure.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Complaint
from models.enums import EventKind
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.operations.grade import grade
from services.operations.waive_investigation import waive_investigation
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Grading
from services.procedures.sections.gates import Need
from services.unit_of_work import UnitOfWork
from services.workflow.levels import may_go_without, waiver_of

OURS = "影响较小。"
"""The reason of a grade given here: what a test graded itself, it also follows up itself."""


def settle_grade(session: Session, complaint: Complaint, event: EventKind, now: datetime) -> None:
    """Grade a complaint that its procedure wants graded before this event, by the level that demands least."""
    with unscoped(session, "a test prepares a case"):
        address, procedure = complaint.public_id, procedure_of(session, complaint)
        wanted = any(gate.event is event and gate.needs is Need.GRADED for gate in procedure.gates)
        if not wanted or complaint.grade_reason not in (None, OURS) or procedure.grading is None:
            return
    with UnitOfWork(session, SYSTEM, now) as work:
        if complaint.grade is None:
            complaint = grade(work, address, reason=OURS, **_least(procedure.grading))
        simple = may_go_without(session, complaint) and waiver_of(session, complaint) is None
    if simple:
        with UnitOfWork(session, SYSTEM, now) as work:
            waive_investigation(work, address, reason="事实清楚。")


def _least(scale: Grading) -> dict[str, Any]:
    ruling = next((each for each in reversed(scale.rulings) if each.level), None)
    if ruling is not None:
        return {"facts": ruling.when}
    return {"level": next(each.code for each in scale.levels if not each.major and not each.recognition)}
