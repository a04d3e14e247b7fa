"""Who has to be on the team of an investigation, and standing groups put on it as a whole (R02-09, R05-02, R18-01)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Department, HandlingGroup, HandlingGroupMember, RoleGrant, User
from models.enums import RoleName
from models.labels import _l
from services.errors import Invalid, Reason, Refused, Text
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.investigation import InvestigationRules
from services.unit_of_work import UnitOfWork
from services.workflow.levels import graded
from services.workflow.people import only_named

Rows = Sequence[Mapping[str, Any]]


def with_group(
    work: UnitOfWork, complaint: Complaint, group_id: int | None, leader_id: int | None, rows: Rows
) -> list[Mapping[str, Any]]:
    """The rows of the team with everybody of the standing group in it; a row that is there already stays as it is.

    Invalid at `group_id` when the group has ended or has nobody for a function that the procedure names.
    """
    if group_id is None:
        return list(rows)
    group = work.session.get(HandlingGroup, group_id)
    if group is None or group.ended_at is not None:
        raise Invalid({"group_id": _l("Choose a group that exists.")})
    fault = gap_of(work.session, group, procedure_of(work.session, complaint).investigation)
    if fault is not None:
        raise Invalid({"group_id": fault})
    known = {row.get("user_id") for row in rows} | {leader_id}
    members = work.session.scalars(
        sa.select(HandlingGroupMember)
        .where(HandlingGroupMember.handling_group_id == group.id)
        .order_by(HandlingGroupMember.id)
    )
    people = [(group.leader_id, None), *((each.user_id, each.function) for each in members)]
    added: list[dict[str, Any]] = [
        {"user_id": user_id, "part": function and _function(work.session, complaint, function)}
        for user_id, function in dict(people).items()
        if user_id not in known
    ]
    if len(only_named(work.session, complaint, [row["user_id"] for row in added])) != len(added):
        raise Invalid(
            {"group_id": _l("Not everybody of this group is named on the complaint. Name them first.")}
        )
    return [*rows, *added]


def _function(session: Session, complaint: Complaint, code: str) -> str:
    functions = procedure_of(session, complaint).investigation.functions
    return next((each.names.zh for each in functions if each.code == code), code)


def gap_of(session: Session, group: HandlingGroup, rules: InvestigationRules) -> Any:
    """What the group lacks for this procedure; None when it is complete."""
    standing = rules.standing_group
    if standing is None:
        return None
    members = session.execute(
        sa.select(HandlingGroupMember.user_id, HandlingGroupMember.function).where(
            HandlingGroupMember.handling_group_id == group.id
        )
    ).all()
    held = {row.function for row in members}
    lacking = [each.names for each in standing.functions if each.code not in held]
    if lacking:
        names = "、".join(names.zh for names in lacking)
        return _l("The group has nobody for: %(names)s.", names=names)
    if standing.heads_and_staff is None or not standing.heads_and_staff.required:
        return None
    people = {row.user_id for row in members} | {group.leader_id}
    heads = _heads(session, people)
    if not heads:
        return _l("The group needs a department head among its members.")
    if heads == people:
        return _l("The group needs staff beside the department heads.")
    return None


def _heads(session: Session, people: set[int]) -> set[int]:
    leading = sa.select(Department.leader_id).where(
        Department.leader_id.in_(people), Department.ended_on.is_(None)
    )
    holding = sa.select(RoleGrant.user_id).where(
        RoleGrant.user_id.in_(people),
        RoleGrant.role == RoleName.DEPARTMENT_HEAD,
        RoleGrant.confirmed_at.is_not(None),
        RoleGrant.ended_at.is_(None),
    )
    return {user_id for query in (leading, holding) for user_id in session.scalars(query) if user_id}


def check_team(work: UnitOfWork, complaint: Complaint, leader_id: int | None, rows: Rows) -> None:
    """Invalid at `members` when the team is smaller, or of fewer departments, than the procedure or the level wants."""
    members = {row["user_id"] for row in rows if row.get("user_id") is not None}
    gap = gap_of_team(work.session, complaint, leader_id, members)
    if gap is not None:
        raise Invalid({"members": gap})


def gap_of_team(
    session: Session, complaint: Complaint, leader_id: int | None, people: Collection[int]
) -> Text | None:
    """What the procedure, or the level of the case, wants more of a team with these people; None: it is complete."""
    level, rules = graded(session, complaint), procedure_of(session, complaint).investigation
    if level is not None and level.team in ("simplified", "optional"):
        return None
    members = set(people) - {leader_id}
    wanted = max(rules.team.members if rules.team else 0, 1 if level and level.team == "required" else 0)
    if len(members) < wanted:
        return _l("The procedure wants at least %(count)s members beside the leader.", count=wanted)
    departments = rules.team.departments if rules.team else 1
    if departments > 1 and len(_departments(session, members | {leader_id or 0})) < departments:
        return _l("The team must come from at least %(count)s departments.", count=departments)
    return None


def _departments(session: Session, people: set[int]) -> set[int]:
    query = sa.select(User.department_id).where(User.id.in_(people), User.department_id.is_not(None))
    return {department for department in session.scalars(query) if department is not None}


def may_appoint(work: UnitOfWork, complaint: Complaint) -> None:
    """Refused when the procedure leaves the appointment of the team to somebody else (R11-10)."""
    team = procedure_of(work.session, complaint).investigation.team
    if team is None or team.appointed_by is None or work.actor.is_system:
        return
    if not work.actor.has_role(team.appointed_by):
        message = _l("The team is appointed by: %(role)s.", role=team.appointed_by.label)
        raise Refused([Reason("not_appointer", message)])
