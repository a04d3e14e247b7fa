"""Departments and people, written straight into the tables: how they come about is tested elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from models import Department, LeaveCover, Organisation, ProcedureVersion, RoleGrant, User
from models.enums import RoleName
from services.procedures.published import publish_pack
from services.procedures.registry import PACKS_FOLDER, load_pack

PROCEDURE = "hospital-complaint-office"
ALL = None
"""As `for_department`: the role counts for every department."""

_numbers = count(1)


def publish_procedure(session: Session, code: str = PROCEDURE) -> ProcedureVersion:
    """The procedure file `code` as its first published version."""
    return publish_pack(session, load_pack(PACKS_FOLDER / f"{code}.yaml"), datetime(2026, 1, 1, tzinfo=UTC))


def create_organisation(session: Session, procedure: str = PROCEDURE) -> Organisation:
    """The organisation with its procedure published."""
    publish_procedure(session, procedure)
    organisation = Organisation(
        id=1, name="示范医院", procedure_code=procedure, timezone="Asia/Shanghai", is_demonstration=False
    )
    session.add(organisation)
    session.flush()
    return organisation


def create_department(
    session: Session, name: str, *, parent: Department | None = None, is_office: bool = False
) -> Department:
    department = Department(
        name=name, code=f"D{next(_numbers)}", parent_id=parent.id if parent else None, is_office=is_office
    )
    session.add(department)
    session.flush()
    return department


def create_user(
    session: Session,
    name: str,
    *roles: RoleName,
    department: Department | None = None,
    for_department: Department | None = ALL,
    password_hash: str | None = None,
) -> User:
    """An active account in `department` with `roles`, each for `for_department` or for all."""
    user = User(
        login=f"user{next(_numbers)}",
        name=name,
        department_id=department.id if department else None,
        password_hash=password_hash,
    )
    session.add(user)
    session.flush()
    for role in roles:
        grant_role(session, user, role, for_department)
    return user


def grant_role(
    session: Session, user: User, role: RoleName, department: Department | None = ALL
) -> RoleGrant:
    """A role as two other people would have granted and confirmed it."""
    grant = RoleGrant(
        user_id=user.id,
        role=role,
        department_id=department.id if department else None,
        granted_by_id=None,
        confirmed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    session.add(grant)
    session.flush()
    session.expire(user, ["grants"])
    return grant


def arrange_cover(session: Session, principal: User, deputy: User, *, days: int = 7) -> LeaveCover:
    """`deputy` stands in for `principal` from an hour ago for some days."""
    now = datetime.now(UTC)
    cover = LeaveCover(
        principal_id=principal.id,
        deputy_id=deputy.id,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=days),
    )
    session.add(cover)
    session.flush()
    return cover


@dataclass
class House:
    """A small organisation: the complaint office, two departments that know nothing of each other, a person a role."""

    organisation: Organisation
    office: Department
    ward: Department
    laboratory: Department
    people: dict[RoleName, User] = field(default_factory=dict)
    """One per role. Handler, investigator and department head work in the ward, the others in the office."""
    outsider: User | None = None
    """A handler of the laboratory."""

    def __getitem__(self, role: RoleName) -> User:
        return self.people[role]


WARD_ROLES = (RoleName.HANDLER, RoleName.INVESTIGATOR, RoleName.DEPARTMENT_HEAD)


def create_house(session: Session, procedure: str = PROCEDURE) -> House:
    """The organisation most tests need."""
    organisation = create_organisation(session, procedure)
    office = create_department(session, "投诉办公室", is_office=True)
    ward = create_department(session, "内科")
    laboratory = create_department(session, "检验科")
    house = House(organisation, office, ward, laboratory)
    for role in RoleName:
        in_ward = role in WARD_ROLES
        house.people[role] = create_user(
            session,
            f"测试{role.value}",
            role,
            department=ward if in_ward else office,
            for_department=ward if in_ward else ALL,
        )
    ward.leader_id = house[RoleName.DEPARTMENT_HEAD].id
    ward.leader_in_charge_id = house[RoleName.LEADER].id
    house.outsider = create_user(
        session, "检验科承办人", RoleName.HANDLER, department=laboratory, for_department=laboratory
    )
    laboratory.leader_id = create_user(
        session, "检验科主任", RoleName.DEPARTMENT_HEAD, department=laboratory, for_department=laboratory
    ).id
    session.flush()
    return house
