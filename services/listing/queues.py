"""What waits for somebody, by what has to be done next: conditions of the worklist and of the filters it leads to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from models import (
    Complaint,
    LeaderInstruction,
    Liability,
    Measure,
    Opinion,
    PostBinding,
    ProcedureVersion,
    RequestedMaterial,
)
from models.complaint_indexes import TO_FILE_STATES
from models.enums import OPEN_STATES, FollowUpResult, MeasureStatus, PostName, State
from models.intake_enums import MaterialStatus
from models.liability import LiabilityStatus
from services.access.permissions import Permission
from services.actor import Actor
from services.listing.frequency import few


def is_open() -> ColumnElement[bool]:
    """Somebody still has to do something about it: few of all that there ever were.

    The states stand in the statement itself, word for word as in the condition of ix_complaints_open.
    """
    return few(_in_states(OPEN_STATES))


def to_file() -> ColumnElement[bool]:
    """Over, and to be filed; as in the condition of ix_complaints_to_file."""
    return _in_states(TO_FILE_STATES)


def _in_states(states: Iterable[State]) -> ColumnElement[bool]:
    return Complaint.state.in_([sa.literal_column(f"'{state}'") for state in sorted(states)])


def in_charge(actor: Actor) -> ColumnElement[bool]:
    """The actor, or somebody they stand in for, handles it or answers for it."""
    people = sorted(actor.people)
    return sa.or_(Complaint.handler_id.in_(people), Complaint.responsible_id.in_(people))


def not_handled_by(actor: Actor) -> ColumnElement[bool]:
    return sa.or_(Complaint.handler_id.is_(None), Complaint.handler_id.not_in(sorted(actor.people)))


def due_today(now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    """Open complaints that fall due before local midnight and are not overdue yet."""
    midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    return sa.and_(is_open(), Complaint.due_at > now, Complaint.due_at <= midnight)


def in_hand(actor: Actor) -> ColumnElement[bool]:
    return sa.and_(
        is_open(), Complaint.state == State.IN_WORK, Complaint.handler_id.in_(sorted(actor.people))
    )


def to_approve(actor: Actor) -> ColumnElement[bool]:
    """An opinion awaits approval by somebody other than the handler."""
    return sa.and_(_opinion(approved=False), not_handled_by(actor), _approves(actor))


def _approves(actor: Actor) -> ColumnElement[bool]:
    """The actor holds the approver's post: bound to it, or by a role where nobody is bound (R01-14, R08-04)."""
    in_force = sa.and_(PostBinding.post == PostName.APPROVER, PostBinding.ended_at.is_(None))
    departments = [actor.department_id] if actor.department_id is not None else []
    mine = sa.or_(PostBinding.user_id.in_(sorted(actor.people)), PostBinding.department_id.in_(departments))
    roles = sorted({grant.role.value for grant in actor.grants})
    by_role = sa.select(ProcedureVersion.id).where(
        ProcedureVersion.document["approval"]["approver"].as_string().in_(roles)
    )
    return sa.or_(
        sa.exists().where(in_force, mine),
        sa.and_(~sa.exists().where(in_force), Complaint.procedure_version_id.in_(by_role)),
    )


def is_major() -> ColumnElement[bool]:
    """Open complaints of a grade that their procedure calls major (R06-13)."""
    return sa.and_(is_open(), Complaint.is_major.is_(True))


def to_reply() -> ColumnElement[bool]:
    """The opinion is approved, the reply has not gone out."""
    return _opinion(approved=True)


def to_follow_up(actor: Actor) -> ColumnElement[bool]:
    """Replied, and the complainant has not been asked since; not by the handler."""
    return sa.and_(
        is_open(),
        Complaint.state.in_([State.REPLIED, State.FOLLOWING_UP]),
        not_handled_by(actor),
        sa.or_(Complaint.satisfaction.is_(None), Complaint.satisfaction == FollowUpResult.DISSATISFIED),
    )


def to_close(actor: Actor) -> ColumnElement[bool]:
    """Followed up; not by the handler."""
    return sa.and_(
        is_open(),
        Complaint.state == State.FOLLOWING_UP,
        not_handled_by(actor),
        Complaint.satisfaction.in_([FollowUpResult.SATISFIED, FollowUpResult.UNREACHABLE]),
    )


def to_instruct(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Came in out of hours and waits for the instruction of the actor: asked of them, or of any leader."""
    waiting = sa.select(LeaderInstruction.complaint_id).where(
        LeaderInstruction.given_at.is_(None),
        LeaderInstruction.appears_at <= now,
        sa.or_(
            LeaderInstruction.asked_of_id.is_(None), LeaderInstruction.asked_of_id.in_(sorted(actor.people))
        ),
    )
    return sa.and_(is_open(), Complaint.id.in_(waiting))


SOON = timedelta(days=3)
"""Measures due within so many days wait on the worklist."""


def measures_due(actor: Actor, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    """A measure that the actor has to carry out is due soon or overdue."""
    mine = sa.select(Measure.complaint_id).where(
        Measure.owner_id.in_(sorted(actor.people)),
        Measure.status == MeasureStatus.PLANNED,
        Measure.due_on <= now.astimezone(zone).date() + SOON,
        Measure.complaint_id.is_not(None),
    )
    return Complaint.id.in_(mine)


def effects_to_check(actor: Actor, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    """The effect of a measure is to be checked by now, by somebody other than its owner (R10-11)."""
    due = sa.select(Measure.complaint_id).where(
        Measure.check_on <= now.astimezone(zone).date(),
        Measure.checked_at.is_(None),
        Measure.status.in_([MeasureStatus.DONE, MeasureStatus.VERIFIED]),
        sa.or_(Measure.owner_id.is_(None), Measure.owner_id.not_in(sorted(actor.people))),
        Measure.complaint_id.is_not(None),
    )
    return Complaint.id.in_(due)


def material_outstanding(actor: Actor) -> ColumnElement[bool]:
    """An oral complaint that the actor received, handles or answers for still lacks its written material (R15-16)."""
    waiting = sa.select(RequestedMaterial.complaint_id).where(
        RequestedMaterial.status.in_([MaterialStatus.TO_REQUEST, MaterialStatus.REQUESTED])
    )
    mine = sa.or_(in_charge(actor), Complaint.first_receiver_id.in_(sorted(actor.people)))
    return sa.and_(is_open(), Complaint.id.in_(waiting), mine)


def appeals_to_decide() -> ColumnElement[bool]:
    """A penalised person appealed and nobody decided yet (R16-14)."""
    open_ones = sa.select(Measure.complaint_id).where(
        Measure.appealed_on.is_not(None),
        Measure.appeal_decided_at.is_(None),
        Measure.complaint_id.is_not(None),
    )
    return Complaint.id.in_(open_ones)


def liability_waits(actor: Actor) -> ColumnElement[bool]:
    """A missed date of a customer waits for the actor: for their own reason, or for their decision (R16-10)."""
    people = sorted(actor.people)
    waiting = sa.and_(Liability.person_id.in_(people), Liability.stated_at.is_(None))
    if actor.may(Permission.LIABILITY_DECIDE):
        waiting = sa.or_(waiting, Liability.person_id.not_in(people))
    return Complaint.id.in_(
        sa.select(Liability.complaint_id).where(Liability.status == LiabilityStatus.OPEN, waiting)
    )


def _opinion(*, approved: bool) -> ColumnElement[bool]:
    last = sa.select(Opinion.id).where(
        Opinion.complaint_id == Complaint.id,
        Opinion.round == Complaint.round,
        Opinion.returned_at.is_(None),
        Opinion.approved_at.is_not(None) if approved else Opinion.approved_at.is_(None),
    )
    waits = Complaint.state == State.AWAITING_APPROVAL
    return sa.and_(is_open(), waits, last.correlate(Complaint).exists())
