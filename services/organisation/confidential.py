"""Handing on confidential complaints when a person named on them leaves, or comes to belong to the department they are
about: to those who are named already, and to nobody else; whoever changes the account learns nothing of it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from models import AccusedDepartment, Assignment, Complaint, Investigation, Measure, NamedPerson, User
from models.enums import AssignmentStatus, InvestigationStatus, MeasureStatus, RoleName
from models.labels import _l
from services.access.accused import accused_people
from services.access.scope import unscoped
from services.access.visibility import refresh_visibility
from services.organisation.checks import refuse
from services.organisation.duties import reassign
from services.unit_of_work import UnitOfWork
from services.workflow.people import holders

_OPEN = (AssignmentStatus.AWAITING, AssignmentStatus.SIGNED)
_DECIDES = (RoleName.LEADER, RoleName.HEAD_OF_QUALITY)
PERSONALLY = _l("This person first has to hand over work personally. A leader in charge can help.")


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


def keep_out_accused(work: UnitOfWork, people: Collection[int] | None = None) -> None:
    """Shut out at once whoever has come to belong to a department that a case they are named on is about (R15-19).

    `people`: whose department or roles changed; none: the departments themselves moved. Refused when nobody who can
    decide would remain on such a case.
    """
    session = work.session
    session.flush()
    with unscoped(session, "who is shut out, without whoever moves people learning of the case"):
        query = (
            sa.select(NamedPerson)
            .where(NamedPerson.ended_at.is_(None))
            .where(NamedPerson.complaint_id.in_(sa.select(AccusedDepartment.complaint_id)))
            .order_by(NamedPerson.id)
        )
        if people is not None:
            query = query.where(NamedPerson.user_id.in_(people))
        deciders = set(holders(session, _DECIDES))
        for named in session.scalars(query).all():
            if not accused_people(session, named.complaint_id, {named.user_id}):
                continue
            complaint = session.get_one(Complaint, named.complaint_id)
            heir = _heir(work, complaint, named.user_id, deciders - {named.user_id})
            if heir is None:
                # The same words as for leaving: what there is to hand over is not said.
                refuse("personal", PERSONALLY)
                return
            named.ended_at = work.now
            _move(work, complaint, session.get_one(User, named.user_id), heir)


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
    barred = accused_people(work.session, complaint.id, {user.id for _deputy, user in others})
    able = [row for row in others if row.User.id not in barred]
    if not any(user.id in deciders for _deputy, user in able):
        return None
    ranked = sorted(able, key=lambda row: (not row.is_deputy, row.User.id not in deciders))
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
