"""Whoever belongs to a department complained about: shut out of what is kept in confidence (R15-19)."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AccusedDepartment, Department, DepartmentSuccession, RoleGrant, User


def accused_people(session: Session, complaint_id: int | None, among: Collection[int]) -> set[int]:
    """Those of `among` in a department complained about, below it or in its successor, or with a role for it."""
    if complaint_id is None or not among:
        return set()
    departments = _with_those_that_belong(
        session,
        set(
            session.scalars(
                sa.select(AccusedDepartment.department_id).where(
                    AccusedDepartment.complaint_id == complaint_id
                )
            )
        ),
    )
    if not departments:
        return set()
    belong = sa.select(User.id).where(User.id.in_(among), User.department_id.in_(departments))
    hold = sa.select(RoleGrant.user_id).where(
        RoleGrant.user_id.in_(among),
        RoleGrant.department_id.in_(departments),
        RoleGrant.ended_at.is_(None),
    )
    return {*session.scalars(belong), *session.scalars(hold)}


def _with_those_that_belong(session: Session, departments: set[int]) -> set[int]:
    """Those below them, and those that they were merged into or split up into."""
    found, edge = set(departments), set(departments)
    while edge:
        below = sa.select(Department.id).where(Department.parent_id.in_(edge))
        after = sa.select(DepartmentSuccession.to_id).where(DepartmentSuccession.from_id.in_(edge))
        edge = {*session.scalars(below), *session.scalars(after)} - found
        found |= edge
    return found
