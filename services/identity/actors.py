"""From an account to the actor: grants held and stood in for, and the audiences they open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import DepartmentSuccession, LeaveCover, RoleGrant, User
from models.enums import RoleName
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS
from services.access.visibility import sees_few
from services.actor import Actor, Grant


def actor_for(session: Session, user: User, now: datetime, request_id: str | None = None) -> Actor:
    """Everything this user may act as at `now`, in four statements. Build it once a request and pass it on.

    A confidential complaint's audience ("c5") is never taken over through a leave cover, nor is the administrator role.
    """
    covered = _covered_people(session, user.id, now)
    grants = _grants(session, user.id, covered)
    departments = {grant.department_id for grant in grants if grant.department_id is not None}
    predecessors = _predecessors(session, departments) if departments else {}
    grants = [also for grant in grants for also in _with_predecessors(grant, predecessors)]
    audiences = frozenset(_audiences(user.id, covered, grants))
    return Actor(
        user_id=user.id,
        name=user.name,
        grants=tuple(grants),
        audiences=audiences,
        department_id=user.department_id,
        request_id=request_id,
        sees_few=sees_few(session, audiences),
    )


def counting_grants() -> sa.Select[RoleGrant]:
    """Grants in force: not ended, and confirmed.

    `confirmed_at` is written only when a second person confirms, or under a recorded exemption (services.organisation).
    """
    return sa.select(RoleGrant).where(RoleGrant.ended_at.is_(None), RoleGrant.confirmed_at.is_not(None))


def _covered_people(session: Session, deputy_id: int, now: datetime) -> dict[int, str]:
    query = (
        sa.select(User.id, User.name)
        .join(LeaveCover, LeaveCover.principal_id == User.id)
        .where(
            LeaveCover.deputy_id == deputy_id,
            LeaveCover.ended_at.is_(None),
            LeaveCover.starts_at <= now,
            LeaveCover.ends_at > now,
            User.is_active,
        )
    )
    return {row.id: row.name for row in session.execute(query)}


def _grants(session: Session, user_id: int, covered: dict[int, str]) -> list[Grant]:
    query = counting_grants().where(RoleGrant.user_id.in_([user_id, *covered])).order_by(RoleGrant.id)
    columns = query.with_only_columns(RoleGrant.user_id, RoleGrant.role, RoleGrant.department_id)
    found = []
    for row in session.execute(columns):
        if row.user_id == user_id:
            found.append(Grant(row.role, row.department_id))
        elif row.role is not RoleName.ADMINISTRATOR:
            found.append(Grant(row.role, row.department_id, row.user_id, covered[row.user_id]))
    return found


def _predecessors(session: Session, departments: Iterable[int]) -> dict[int, set[int]]:
    """For each department every one whose cases came to it by merger or split, directly or over several steps."""
    parents: dict[int, set[int]] = {}
    for row in session.execute(sa.select(DepartmentSuccession.from_id, DepartmentSuccession.to_id)):
        if row.from_id != row.to_id:
            parents.setdefault(row.to_id, set()).add(row.from_id)
    found: dict[int, set[int]] = {}
    for department in departments:
        known: set[int] = set()
        queue = [department]
        while queue:
            new = parents.get(queue.pop(), set()) - known - {department}
            known |= new
            queue += new
        found[department] = known
    return found


def _with_predecessors(grant: Grant, predecessors: dict[int, set[int]]) -> list[Grant]:
    if grant.department_id is None:
        return [grant]
    return [grant, *(replace(grant, department_id=old) for old in sorted(predecessors[grant.department_id]))]


def _audiences(user_id: int, covered: Iterable[int], grants: Iterable[Grant]) -> set[str]:
    found = {f"u{user_id}", f"c{user_id}"} | {f"u{principal}" for principal in covered}
    for grant in grants:
        if Permission.COMPLAINT_READ in ROLE_PERMISSIONS[grant.role]:
            found.add("*" if grant.department_id is None else f"d{grant.department_id}")
    return found
