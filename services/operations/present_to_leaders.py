"""At the opening of the office: what came in out of hours and is not solved is laid before the leader (R01-06)."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, LeaderInstruction
from models.enums import OPEN_STATES
from services.actor import SYSTEM
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork, reading
from services.workflow.people import of_roles
from services.workflow.steps import tell


def present_all(session: Session, now: datetime | None = None) -> int:
    """Tell the leaders of every complaint whose moment has come; returns how many. A solved one is left out."""
    now = now or datetime.now(UTC)
    with reading(session, SYSTEM):
        if session.execute(_waiting(now).limit(1)).first() is None:
            return 0
    with UnitOfWork(session, SYSTEM, now) as work:
        return present_to_leaders(work)


def present_to_leaders(work: UnitOfWork) -> int:
    """As present_all, within a transaction. Each is told once."""
    rows = work.session.execute(_waiting(work.now)).all()
    for waiting, complaint in rows:
        duty = procedure_of(work.session, complaint).duty
        otherwise = duty.instruction.otherwise if duty and duty.instruction else ()
        people = (
            [waiting.asked_of_id] if waiting.asked_of_id else of_roles(work.session, complaint, otherwise)
        )
        tell(work, complaint, people, "instruction.awaited")
        waiting.told_at = work.now
    return len(rows)


def _waiting(now: datetime) -> sa.Select[LeaderInstruction, Complaint]:
    """What is to be laid before a leader by now, and was not yet."""
    return (
        sa.select(LeaderInstruction, Complaint)
        .join(Complaint, Complaint.id == LeaderInstruction.complaint_id)
        .where(
            LeaderInstruction.given_at.is_(None),
            LeaderInstruction.told_at.is_(None),
            LeaderInstruction.appears_at <= now,
            Complaint.state.in_(sorted(OPEN_STATES)),
        )
        .order_by(LeaderInstruction.id)
    )
