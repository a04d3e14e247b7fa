"""When a time limit that somebody answers for is broken: the record of it, and who may decide on it (R16-10)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ClockRun, Complaint, Liability
from models.enums import PostName
from models.labels import _l
from models.liability import LiabilityStatus
from services import audit
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS
from services.access.separation import involved
from services.actor import Grant
from services.deadlines.runs import clock_of
from services.errors import NotPermitted, Reason, Refused
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.liability import JointLiability
from services.unit_of_work import UnitOfWork
from services.workflow.gates import Situation
from services.workflow.posts import holders_of, holds


def mark(work: UnitOfWork, complaint: Complaint, run: ClockRun) -> list[int]:
    """Put on record that the first-asked person answers for this broken run, unless it is known.

    The people to tell: them, and who accepts their reason. Nobody where the procedure makes nobody liable, and where
    nobody was asked first.
    """
    rule, person_id = clock_of(run).liability, complaint.first_receiver_id
    if rule is None or person_id is None or run.breached_at is None:
        return []
    known = sa.select(Liability.id).where(Liability.clock_run_id == run.id)
    if work.session.scalar(known) is not None:
        return []
    record = Liability(
        complaint_id=complaint.id,
        clock_run_id=run.id,
        person_id=person_id,
        status=LiabilityStatus.OPEN,
        clause=", ".join(rule.clause) or None,
        breached_at=run.breached_at,
    )
    work.session.add(record)
    work.session.flush()
    after = {"person_id": person_id, "clock": run.code}
    subject = audit.Draft("liability.create", "liability", record.id, None, complaint, after=after)
    work.record(subject)
    return [
        person_id,
        *holders_of(work.session, procedure_of(work.session, complaint), complaint, rule.excused_by),
    ]


def rule_of(session: Session, record: Liability) -> JointLiability:
    """The rule as it stood when the time limit began."""
    rule = clock_of(session.get_one(ClockRun, record.clock_run_id)).liability
    assert rule is not None, "the record came from it"
    return rule


def may_decide(situation: Situation, record: Liability, post: PostName) -> Grant | None:
    """The grant under which the actor decides as the holder of this post; never on their own."""
    if involved(situation.actor, record.person_id):
        return None
    held = [g for g in situation.actor.grants if Permission.LIABILITY_DECIDE in ROLE_PERMISSIONS[g.role]]
    return next((grant for grant in held if holds(situation, post, grant)), None)


def grant_to_decide(work: UnitOfWork, complaint: Complaint, record: Liability, post: PostName) -> Grant:
    """As may_decide. NotPermitted for anybody else."""
    situation = Situation(work.session, complaint, work.actor, None, work.now)
    grant = may_decide(situation, record, post)
    if grant is None:
        raise NotPermitted
    return grant


def require_undecided(record: Liability) -> None:
    if record.status is not LiabilityStatus.OPEN:
        raise Refused([Reason("decided", _l("It has been decided already."))])
