"""Complaints of a kind that one department manages: it handles them, and nobody else does (R14-03)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Department, RoleGrant, User
from models.enums import RoleName
from models.hold_enums import DepartmentDuty
from models.labels import _l
from services.errors import Reason, Text
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.management import ManagedBy
from services.workflow.gates import Situation
from services.workflow.remedies import codes_of


def rule_for(session: Session, complaint: Complaint) -> ManagedBy | None:
    """What the complaint's procedure says of its kind; None where any department may handle it."""
    known = codes_of(complaint)
    return next(
        (rule for rule in procedure_of(session, complaint).managed_by if known & set(rule.categories)), None
    )


def departments_for(session: Session, duty: DepartmentDuty) -> list[Department]:
    """The departments that do this work.

    Where none is entered for quality management: those in which a head of quality works.
    """
    existing = sa.select(Department).where(Department.ended_on.is_(None)).order_by(Department.id)
    found = list(session.scalars(existing.where(Department.duty == duty)))
    if found or duty is not DepartmentDuty.QUALITY:
        return found
    heads = (
        sa.select(User.department_id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == RoleName.HEAD_OF_QUALITY, User.is_active)
        .where(RoleGrant.ended_at.is_(None), RoleGrant.confirmed_at.is_not(None))
    )
    return list(session.scalars(existing.where(Department.id.in_(heads))))


def not_its_department(session: Session, complaint: Complaint, department_id: int | None) -> Text | None:
    """Why this department may not handle the complaint; None when it may."""
    rule = rule_for(session, complaint)
    if rule is None:
        return None
    managing = departments_for(session, rule.duty)
    if department_id in {department.id for department in managing}:
        return None
    clause = ", ".join(rule.clause) or _l("own rule")
    if not managing:
        return _l(
            "Complaints of this kind are managed by the department for %(duty)s (%(clause)s), and none is entered "
            "yet: an administrator sets this task under Departments.",
            duty=rule.duty.label,
            clause=clause,
        )
    return _l(
        "Complaints of this kind are managed by %(departments)s alone (%(clause)s): transfer it there.",
        departments="、".join(department.name for department in managing),
        clause=clause,
    )


def managed_by_its_department(s: Situation) -> list[Reason]:
    """A gate before the opinion: a complaint that became one of this kind later is handed over first."""
    message = not_its_department(s.session, s.complaint, s.complaint.department_id)
    return [Reason("not_its_department", message, "people")] if message is not None else []
