"""Departments: made, edited, renamed, merged and split with a date. None is ever removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from models import Department, DepartmentSuccession, RoleGrant, User
from models.enums import SuccessionKind
from models.labels import _l
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid
from services.organisation.checks import active_user, load, record_change, refuse, require, required
from services.organisation.confidential import keep_out_accused
from services.unit_of_work import UnitOfWork

EDITABLE = ("name", "code", "parent_id", "leader_id", "leader_in_charge_id", "is_office", "duty")


def create_department(work: UnitOfWork, values: Mapping[str, Any]) -> Department:
    """A new department. Invalid without name and code, for a code that is taken, or an ended parent."""
    require(work, Permission.DEPARTMENT_WRITE)
    required(values, "name", "code")
    department = Department(**{key: _clean(values.get(key)) for key in EDITABLE if key != "is_office"})
    department.is_office = bool(values.get("is_office"))
    _check(work, department, values)
    work.session.add(department)
    record_change(work, "department.created", department)
    return department


def edit_department(work: UnitOfWork, key: int | str, version: int, values: Mapping[str, Any]) -> Department:
    """Change what is not its name: that is `rename_department`, which keeps the old one in history."""
    require(work, Permission.DEPARTMENT_WRITE)
    department = _open(work, key, version)
    new = {name: _clean(value) for name, value in values.items() if name in EDITABLE}
    if "name" in new and new["name"] != department.name:
        raise Invalid({"name": _l("A department gets a new name by renaming, with its date.")})
    with work.session.no_autoflush:
        for name, value in new.items():
            if getattr(department, name) != value:
                setattr(department, name, bool(value) if name == "is_office" else value)
        _check(work, department, new)
        if "leader_id" in new or "leader_in_charge_id" in new:
            _keep_predecessors_led(work, department)
    record_change(work, "department.edited", department)
    if "parent_id" in new:
        keep_out_accused(work)
    return department


def rename_department(work: UnitOfWork, key: int | str, version: int, name: str, on: date) -> Department:
    """Give it another name from a date on; what happened before keeps the old name."""
    require(work, Permission.DEPARTMENT_WRITE)
    department = _open(work, key, version)
    required({"name": name}, "name")
    _check_date(work, on)
    old, department.name = department.name, name.strip()
    if old == department.name:
        raise Invalid({"name": _l("That is its name already.")})
    _succeed(work, SuccessionKind.RENAME, department, department, on, old)
    record_change(work, "department.renamed", department)
    return department


def merge_departments(work: UnitOfWork, key: int | str, version: int, into_id: int, on: date) -> Department:
    """Let one department go into another: its people, roles and cases follow; it ends on the date."""
    require(work, Permission.DEPARTMENT_WRITE)
    source = _open(work, key, version)
    target = work.session.get(Department, into_id)
    if target is None or target.ended_on is not None or target.id == source.id:
        raise Invalid({"into_id": _l("Choose another department that still exists.")})
    _check_date(work, on)
    _succeed(work, SuccessionKind.MERGE, source, target, on, source.name)
    _move_people(work, source, {}, target)
    _move_children(work, source, target)
    source.ended_on = on
    source.leader_id, source.leader_in_charge_id = target.leader_id, target.leader_in_charge_id
    record_change(work, "department.merged", source)
    keep_out_accused(work)
    return target


@dataclass(frozen=True)
class Part:
    """A department that comes out of a split."""

    name: str
    code: str
    leader_id: int | None = None


def split_department(
    work: UnitOfWork,
    key: int | str,
    version: int,
    parts: Sequence[Part],
    on: date,
    people: Mapping[int, int] | None = None,
    *,
    goes_on: bool = False,
) -> list[Department]:
    """Let parts come out of a department; each sees its earlier cases.

    `people` says by user id into which part (its place in `parts`) somebody goes. Without `goes_on` the department ends
    and everybody else goes into the first part.
    """
    require(work, Permission.DEPARTMENT_WRITE)
    source = _open(work, key, version)
    if not parts:
        raise Invalid({"parts": _l("Name at least one new department.")})
    _check_date(work, on)
    made = []
    for part in parts:
        required({"name": part.name, "code": part.code}, "name", "code")
        new = Department(
            name=part.name.strip(),
            code=part.code.strip(),
            parent_id=source.parent_id,
            leader_id=part.leader_id,
            leader_in_charge_id=source.leader_in_charge_id,
            is_office=source.is_office,
        )
        _check(work, new, {"code": new.code})
        work.session.add(new)
        record_change(work, "department.created", new)
        _succeed(work, SuccessionKind.SPLIT, source, new, on, source.name)
        made.append(new)
    places = {user_id: made[place] for user_id, place in (people or {}).items()}
    _move_people(work, source, places, None if goes_on else made[0])
    if not goes_on:
        _move_children(work, source, made[0])
        source.ended_on = on
        source.leader_id = made[0].leader_id
    record_change(work, "department.split", source)
    keep_out_accused(work)
    return made


def _clean(value: Any) -> Any:
    return value.strip() or None if isinstance(value, str) else value


def _open(work: UnitOfWork, key: int | str, version: int) -> Department:
    department = load(work, Department, key, version)
    if department.ended_on is not None:
        refuse("ended", _l("This department has ended; its successor can be changed."))
    return department


def _check_date(work: UnitOfWork, on: date | None) -> None:
    if on is None:
        raise Invalid({"on": _l("Please fill this in.")})
    if on > work.now.astimezone(desk_zone(work.session)).date():
        raise Invalid({"on": _l("The date may not lie in the future; record the change when it happens.")})


def _check(work: UnitOfWork, department: Department, values: Mapping[str, Any]) -> None:
    with work.session.no_autoflush:
        twin = work.session.scalar(
            sa.select(Department.id).where(
                Department.code == department.code, Department.id != (department.id or 0)
            )
        )
        if twin is not None:
            raise Invalid({"code": _l("This code is taken.")})
        _check_parent(work, department)
        for field in ("leader_id", "leader_in_charge_id"):
            if values.get(field) is not None:
                active_user(work, values[field], field)


def _check_parent(work: UnitOfWork, department: Department) -> None:
    parent_id, seen = department.parent_id, {department.id}
    while parent_id is not None:
        parent = work.session.get(Department, parent_id)
        if parent_id in seen or parent is None:
            raise Invalid({"parent_id": _l("A department can't stand below itself.")})
        if parent.ended_on is not None and parent_id == department.parent_id:
            raise Invalid({"parent_id": _l("Choose another department that still exists.")})
        seen.add(parent_id)
        parent_id = parent.parent_id


def _succeed(
    work: UnitOfWork, kind: SuccessionKind, source: Department, target: Department, on: date, old_name: str
) -> None:
    work.session.add(
        DepartmentSuccession(
            kind=kind,
            from_id=source.id,
            to_id=target.id,
            old_name=old_name,
            new_name=target.name,
            effective_on=on,
        )
    )


def _keep_predecessors_led(work: UnitOfWork, department: Department) -> None:
    """Cases that still carry an ended department's name ask for its head: that is the successor's."""
    ended = (
        sa.select(Department)
        .join(DepartmentSuccession, DepartmentSuccession.from_id == Department.id)
        .where(DepartmentSuccession.to_id == department.id, Department.ended_on.is_not(None))
    )
    for predecessor in work.session.scalars(ended):
        predecessor.leader_id = department.leader_id
        predecessor.leader_in_charge_id = department.leader_in_charge_id


def _move_children(work: UnitOfWork, source: Department, target: Department) -> None:
    for child in work.session.scalars(sa.select(Department).where(Department.parent_id == source.id)):
        child.parent_id = target.id if child.id != target.id else source.parent_id


def _move_people(
    work: UnitOfWork, source: Department, places: Mapping[int, Department], others: Department | None
) -> None:
    """People go to their place, with the roles they hold for this department; the rest to `others`, if anywhere."""
    for user in work.session.scalars(sa.select(User).where(User.department_id == source.id)):
        target = places.get(user.id, others)
        if target is not None:
            user.department_id = target.id
    held = sa.select(RoleGrant).where(RoleGrant.department_id == source.id, RoleGrant.ended_at.is_(None))
    for grant in work.session.scalars(held).all():
        target = places.get(grant.user_id, others)
        if target is not None:
            _move_grant(work, grant, target)


def _move_grant(work: UnitOfWork, grant: RoleGrant, target: Department) -> None:
    grant.ended_at = work.now
    same = sa.select(RoleGrant.id).where(
        RoleGrant.user_id == grant.user_id,
        RoleGrant.role == grant.role,
        RoleGrant.department_id == target.id,
        RoleGrant.ended_at.is_(None),
    )
    if work.session.scalar(same) is None:
        work.session.add(
            RoleGrant(
                user_id=grant.user_id,
                role=grant.role,
                department_id=target.id,
                granted_by_id=grant.granted_by_id,
                confirmed_by_id=grant.confirmed_by_id,
                confirmed_at=grant.confirmed_at,
                exemption_id=grant.exemption_id,
            )
        )
    record_change(work, "role.moved", grant)
