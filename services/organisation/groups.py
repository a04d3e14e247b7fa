"""Standing handling groups: put together, changed, ended. Investigations they were put on keep their teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from models import HandlingGroup, HandlingGroupMember, User
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid
from services.organisation.checks import active_user, load, refuse, require
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.sections.investigation import GroupFunction
from services.records import put_values, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.teams import gap_of

Rows = Sequence[Mapping[str, Any]]


def functions_now(session: Any) -> tuple[GroupFunction, ...]:
    """The functions that the organisation's own procedure wants in a group."""
    version = current_version(session)
    return parsed(version).investigation.functions if version is not None else ()


def gap_now(session: Any, group: HandlingGroup) -> Any:
    """What the group lacks under the organisation's own procedure; None when it is complete."""
    version = current_version(session)
    return gap_of(session, group, parsed(version).investigation) if version is not None else None


def create_group(work: UnitOfWork, values: Mapping[str, Any], members: Rows) -> HandlingGroup:
    """The group. Invalid when its name is taken or a person is in it twice."""
    require(work, Permission.GROUP_WRITE)
    active_user(work, values.get("leader_id"), "leader_id")
    group = HandlingGroup()
    put_values(group, values)
    work.session.add(group)
    save(work, group)
    record_change(work, "create", group, further=_put_members(work, group, members))
    return group


def edit_group(
    work: UnitOfWork, group_id: int, version: int | None, values: Mapping[str, Any], members: Rows
) -> HandlingGroup:
    """The changed group. Refused once it has ended."""
    require(work, Permission.GROUP_WRITE)
    group = load(work, HandlingGroup, group_id, version)
    if group.ended_at is not None:
        refuse("ended", _l("This group has ended."))
    if values.get("leader_id") != group.leader_id:
        active_user(work, values.get("leader_id"), "leader_id")
    earlier = audit.values_of(group)
    put_values(group, values)
    further = _put_members(work, group, members)
    if further and audit.differences(group, earlier) == ({}, {}):
        group.version += 1  # somebody with the old rows open must notice
    save(work, group)
    record_change(work, "edit", group, earlier, further=further)
    return group


def end_group(work: UnitOfWork, group_id: int, version: int | None = None) -> HandlingGroup:
    """It can no longer be put on an investigation."""
    require(work, Permission.GROUP_WRITE)
    group = load(work, HandlingGroup, group_id, version)
    if group.ended_at is not None:
        refuse("ended", _l("This group has ended."))
    earlier = audit.values_of(group)
    group.ended_at = work.now
    save(work, group)
    record_change(work, "end", group, earlier)
    return group


def _put_members(work: UnitOfWork, group: HandlingGroup, rows: Rows) -> dict[str, Any]:
    """Make the members what the rows say. Returns what changed, for the audit."""
    wanted = {row["user_id"]: row.get("function") or None for row in rows if row.get("user_id") is not None}
    if len(wanted) != len([row for row in rows if row.get("user_id") is not None]):
        raise Invalid({"members": _l("A person can be in the group only once.")})
    for user_id in wanted:
        active_user(work, user_id, "members")
    before = _names(work, group)
    query = sa.select(HandlingGroupMember).where(HandlingGroupMember.handling_group_id == group.id)
    known = {row.user_id: row for row in work.session.scalars(query)}
    for user_id, row in known.items():
        if user_id not in wanted:
            work.session.delete(row)
        elif row.function != wanted[user_id]:
            row.function = wanted[user_id]
    for user_id, function in wanted.items():
        if user_id not in known:
            work.session.add(
                HandlingGroupMember(handling_group_id=group.id, user_id=user_id, function=function)
            )
    work.session.flush()
    after = _names(work, group)
    return {} if before == after else {"members": {"from": before, "to": after}}


def _names(work: UnitOfWork, group: HandlingGroup) -> list[str]:
    query = (
        sa.select(User.name, HandlingGroupMember.function)
        .join(HandlingGroupMember, HandlingGroupMember.user_id == User.id)
        .where(HandlingGroupMember.handling_group_id == group.id)
        .order_by(User.name)
    )
    return [
        f"{row.name} ({row.function})" if row.function else row.name for row in work.session.execute(query)
    ]
