"""Who is told, and who may be named: heads, leaders, the office; on confidential cases only people named there."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Department, NamedPerson, RoleGrant, User
from models.enums import RoleName
from models.labels import _l
from services.errors import Text
from services.procedures.vocabulary import Level

SIGNING_ROLES = (RoleName.HANDLER, RoleName.INVESTIGATOR, RoleName.DEPARTMENT_HEAD)
"""Roles that can sign for a complaint; nobody without one may be named as its receiver."""

_OF_THE_HOUSE = (RoleName.FIRST_RECEIVER, RoleName.LEADER, RoleName.HEAD_OF_QUALITY, RoleName.ARCHIVIST)
"""Roles whose people are told of complaints that no department holds yet."""


def holders(session: Session, roles: Iterable[RoleName], department_id: int | None = None) -> list[int]:
    """Active users with one of the roles, for this department or for all; without a department: for any."""
    query = (
        sa.select(User.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.is_active, RoleGrant.ended_at.is_(None), RoleGrant.confirmed_at.is_not(None))
        .where(RoleGrant.role.in_(list(roles)))
        .order_by(User.id)
        .distinct()
    )
    if department_id is not None:
        query = query.where(
            sa.or_(RoleGrant.department_id == department_id, RoleGrant.department_id.is_(None))
        )
    return list(session.scalars(query))


def cannot_receive(session: Session, complaint: Complaint, user_id: int, department_id: int) -> Text | None:
    """Why this complaint can't be sent to this person in this department; None when it can."""
    if user_id not in holders(session, SIGNING_ROLES, department_id):
        return _l("This person holds no role that signs for complaints of that department.")
    if not only_named(session, complaint, [user_id]):
        return _l("This person is not named on the complaint. Name them first.")
    return None


def _active(session: Session, user_id: int | None) -> list[int]:
    """The person, unless there is none or the account is disabled."""
    query = sa.select(User.id).where(User.id == user_id, User.is_active)
    return list(session.scalars(query)) if user_id is not None else []


def only_named(session: Session, complaint: Complaint, people: Iterable[int | None]) -> list[int]:
    """These people; of a confidential complaint only those named on it: nobody else may learn that it exists."""
    known = [person for person in people if person is not None]
    if not complaint.is_confidential:
        return known
    query = sa.select(NamedPerson.user_id).where(
        NamedPerson.complaint_id == complaint.id, NamedPerson.ended_at.is_(None)
    )
    named = set(session.scalars(query))
    return [person for person in known if person in named]


def of_level(session: Session, complaint: Complaint, level: Level) -> list[int]:
    """The people of an escalation level for this complaint, also when nobody is assigned to it."""
    department_id = complaint.department_id or complaint.receiving_department_id
    department = session.get(Department, department_id) if department_id else None
    found: list[int] = []
    if level is Level.DEPARTMENT_HEAD:
        # Without a department there is no head to tell: every head of the house is not an answer.
        found = _active(session, department.leader_id) if department else []
        found = found or (holders(session, [RoleName.DEPARTMENT_HEAD], department_id) if department else [])
    elif level is Level.LEADER:
        found = _active(session, department.leader_in_charge_id) if department else []
        found = found or holders(session, [RoleName.LEADER], department_id)
    elif level is Level.HEAD_OF_QUALITY:
        found = holders(session, [RoleName.HEAD_OF_QUALITY])
    elif level is Level.GENERAL_MANAGER:
        # No role of its own: the leaders who hold their role for the whole organisation.
        found = holders(session, [RoleName.LEADER])
    return only_named(session, complaint, found)


def managers_at(session: Session, level: Level) -> list[int]:
    """Everybody who manages at this level somewhere in the house, whichever department a complaint is with."""
    if level is Level.DEPARTMENT_HEAD:
        leading = sa.select(Department.leader_id).where(
            Department.leader_id.is_not(None), Department.ended_on.is_(None)
        )
        heads = [person for person in session.scalars(leading) if person is not None]
        return [*heads, *holders(session, [RoleName.DEPARTMENT_HEAD])]
    role = RoleName.HEAD_OF_QUALITY if level is Level.HEAD_OF_QUALITY else RoleName.LEADER
    return holders(session, [role])


def of_roles(session: Session, complaint: Complaint, roles: Iterable[RoleName]) -> list[int]:
    """The people to tell about this complaint who hold one of the roles; handler and first receiver by name."""
    people: list[int] = []
    department_id = complaint.department_id or complaint.receiving_department_id
    for role in roles:
        if role is RoleName.HANDLER:
            people += [complaint.handler_id] if complaint.handler_id else []
        elif role is RoleName.FIRST_RECEIVER and complaint.first_receiver_id:
            people.append(complaint.first_receiver_id)
        elif department_id is not None or role in _OF_THE_HOUSE:
            people += holders(session, [role], department_id)
    return only_named(session, complaint, list(dict.fromkeys(people)))
