"""Handing on confidential complaints when a person named on them leaves: to those who are named already, and to nobody
else; whoever disables the account learns nothing of it."""

from __future__ import annotations

import sqlalchemy as sa

from models import Assignment, Complaint, Investigation, Measure, NamedPerson, User
from models.enums import AssignmentStatus, InvestigationStatus, MeasureStatus, RoleName
from services.access.scope import unscoped
from services.access.visibility import refresh_visibility
from services.organisation.duties import reassign
from services.unit_of_work import UnitOfWork
from services.workflow.people import holders

_OPEN = (AssignmentStatus.AWAITING, AssignmentStatus.SIGNED)
_DECIDES = (RoleName.LEADER, RoleName.HEAD_OF_QUALITY)


def hand_on(work: UnitOfWork, user: User) -> bool:
    """Give what the person holds on confidential complaints to somebody else named there: the deputy first.

    False when there is one that nobody else could decide on any more; nothing may be committed then.
    """
    session = work.session
    with unscoped(
        session, "confidential cases pass on without whoever disables the account learning of them"
    ):
        deciders = set(holders(session, _DECIDES)) - {user.id}
        theirs = session.scalars(
            sa.select(NamedPerson).where(NamedPerson.user_id == user.id, NamedPerson.ended_at.is_(None))
        ).all()
        for own in theirs:
            complaint = session.get_one(Complaint, own.complaint_id)
            heir = _heir(work, complaint, user.id, deciders)
            if heir is None:
                return False
            own.ended_at = work.now
            _move(work, complaint, user, heir)
        session.flush()
    return True


def _heir(work: UnitOfWork, complaint: Complaint, user_id: int, deciders: set[int]) -> User | None:
    others = work.session.execute(
        sa.select(NamedPerson.is_deputy, User)
        .join(User, User.id == NamedPerson.user_id)
        .where(
            NamedPerson.complaint_id == complaint.id,
            NamedPerson.ended_at.is_(None),
            NamedPerson.user_id != user_id,
            User.is_active,
        )
        .order_by(NamedPerson.id)
    ).all()
    if not any(user.id in deciders for _deputy, user in others):
        return None
    ranked = sorted(others, key=lambda row: (not row.is_deputy, row.User.id not in deciders))
    heir: User = ranked[0].User
    return heir


def _move(work: UnitOfWork, complaint: Complaint, user: User, heir: User) -> None:
    session = work.session
    for assignment in session.scalars(
        sa.select(Assignment).where(
            Assignment.complaint_id == complaint.id,
            Assignment.person_id == user.id,
            Assignment.status.in_(_OPEN),
        )
    ):
        assignment.person_id = heir.id
    for investigation in session.scalars(
        sa.select(Investigation).where(
            Investigation.complaint_id == complaint.id,
            Investigation.leader_id == user.id,
            Investigation.status == InvestigationStatus.OPEN,
        )
    ):
        investigation.leader_id = heir.id
    for measure in session.scalars(
        sa.select(Measure).where(
            Measure.complaint_id == complaint.id,
            Measure.owner_id == user.id,
            Measure.status == MeasureStatus.PLANNED,
        )
    ):
        measure.owner_id = heir.id
    reassign(work, complaint, user, heir)
    refresh_visibility(session, complaint)
