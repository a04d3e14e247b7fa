"""Who is told, and who may be named: heads, leaders, the office; on confidential cases only people named there."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Department, NamedPerson, RoleGrant, User
from models.enums import RoleName
from services.procedures.vocabulary import Level

SIGNING_ROLES = (RoleName.HANDLER, RoleName.INVESTIGATOR, RoleName.DEPARTMENT_HEAD)
"""Roles that can sign for a complaint; nobody without one may be named as its receiver."""


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


def may_sign(session: Session, user_id: int, department_id: int) -> bool:
    """Whether this person could sign for a complaint sent to this department."""
    return user_id in holders(session, SIGNING_ROLES, department_id)


def _only_named(session: Session, complaint: Complaint, people: list[int]) -> list[int]:
    if not complaint.is_confidential:
        return people
    query = sa.select(NamedPerson.user_id).where(
        NamedPerson.complaint_id == complaint.id, NamedPerson.ended_at.is_(None)
    )
    named = set(session.scalars(query))
    return [person for person in people if person in named]


def of_level(session: Session, complaint: Complaint, level: Level) -> list[int]:
    """The people of an escalation level for this complaint, also when nobody is assigned to it."""
    department_id = complaint.department_id or complaint.receiving_department_id
    department = session.get(Department, department_id) if department_id else None
    found: list[int] = []
    if level is Level.DEPARTMENT_HEAD:
        found = [department.leader_id] if department and department.leader_id else []
        found = found or holders(session, [RoleName.DEPARTMENT_HEAD], department_id)
    elif level is Level.LEADER:
        found = [department.leader_in_charge_id] if department and department.leader_in_charge_id else []
        found = found or holders(session, [RoleName.LEADER], department_id)
    elif level is Level.HEAD_OF_QUALITY:
        found = holders(session, [RoleName.HEAD_OF_QUALITY])
    elif level is Level.GENERAL_MANAGER:
        # No role of its own: the leaders who hold their role for the whole organisation.
        found = holders(session, [RoleName.LEADER])
    return _only_named(session, complaint, found)


def of_roles(session: Session, complaint: Complaint, roles: Iterable[RoleName]) -> list[int]:
    """The people to tell about this complaint who hold one of the roles; handler and first receiver by name."""
    people: list[int] = []
    department_id = complaint.department_id or complaint.receiving_department_id
    for role in roles:
        if role is RoleName.HANDLER:
            people += [complaint.handler_id] if complaint.handler_id else []
        elif role is RoleName.FIRST_RECEIVER and complaint.first_receiver_id:
            people.append(complaint.first_receiver_id)
        else:
            people += holders(session, [role], department_id)
    return _only_named(session, complaint, list(dict.fromkeys(people)))
