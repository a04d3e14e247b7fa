"""The organisation that the complaints belong to: read once, and made larger by its own operations."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Department, OutboxMessage, RoleGrant, User
from models.enums import RoleName
from models.job_enums import OutboxStatus
from services.actor import Actor
from services.demonstration.playing import entered
from services.identity import actor_for
from services.identity.bookkeeping import note
from services.identity.passwords import DEMONSTRATION_PASSWORD, hash_password
from services.organisation.departments import create_department, edit_department
from services.organisation.people import create_user
from services.organisation.roles import confirm_role, grant_role
from services.seeding import words as w
from services.seeding.texts import Texts
from services.unit_of_work import UnitOfWork

RAREST = 10_000
"""The smallest department gets one complaint in so many: 0.01 %."""
LARGEST = 60
_OF_A_PLACE = {RoleName.HANDLER: 8, RoleName.INVESTIGATOR: 1}


@dataclass(frozen=True)
class Person:
    """Somebody in a role, as history names them."""

    id: int
    name: str
    role: str
    place: str | None


@dataclass
class Place:
    """A department that handles complaints."""

    id: int
    name: str
    handlers: list[Person]
    head_id: int | None
    leader_id: int | None


@dataclass
class House:
    """Who does what."""

    office_id: int
    receivers: list[Person]
    leaders: list[Person]
    quality: list[Person]
    investigators: list[Person]
    archivists: list[Person]
    places: list[Place]
    secret_place: Place
    """Where confidential complaints are looked into: by an investigator of the quality department."""
    _until: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Unequal as departments are: the first handles a fifth, the last but one a thousandth.
        self._until = list(accumulate(1 / (rank + 1) ** 1.15 for rank in range(max(1, len(self.places) - 1))))

    def place(self, number: int, chance: random.Random) -> Place:
        """The department that complaint `number` concerns."""
        if number % RAREST == RAREST // 3 or len(self.places) == 1:
            return self.places[-1]
        return chance.choices(self.places[:-1], cum_weights=self._until)[0]

    def leader_of(self, place: Place) -> Person:
        return next((one for one in self.leaders if one.id == place.leader_id), self.leaders[0])

    def other_leader(self, one: Person) -> Person:
        return next((each for each in self.leaders if each.id != one.id), self.quality[0])


def read_house(session: Session) -> House:
    """The organisation as it stands: open departments, active people, roles that count."""
    departments = session.scalars(
        sa.select(Department).where(Department.ended_on.is_(None)).order_by(Department.id)
    ).all()
    names = {each.id: each.name for each in departments}
    held = session.execute(
        sa.select(User.id, User.name, User.department_id, RoleGrant.role, RoleGrant.department_id.label("at"))
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.is_active, RoleGrant.confirmed_at.is_not(None), RoleGrant.ended_at.is_(None))
        .order_by(User.id)
    ).all()

    def people(role: RoleName, at: int | None = None) -> list[Person]:
        return [
            Person(row.id, row.name, role.value, names.get(row.department_id or 0))
            for row in held
            if row.role is role and (at is None or row.at == at)
        ]

    places = [
        Place(each.id, each.name, handlers, each.leader_id, each.leader_in_charge_id)
        for each in departments
        if (handlers := people(RoleName.HANDLER, each.id))
    ]
    quality = people(RoleName.HEAD_OF_QUALITY)
    home = session.scalar(sa.select(User.department_id).where(User.id == quality[0].id)) or 0
    investigators = people(RoleName.INVESTIGATOR, home) or people(RoleName.INVESTIGATOR)
    return House(
        office_id=next(each.id for each in departments if each.is_office),
        receivers=people(RoleName.FIRST_RECEIVER),
        leaders=people(RoleName.LEADER),
        quality=quality,
        investigators=investigators,
        archivists=people(RoleName.ARCHIVIST),
        places=places,
        secret_place=Place(home, names[home], investigators[:1], None, None),
    )


def departments_for(count: int) -> int:
    """How many departments an organisation with so many complaints has."""
    return min(LARGEST, 8 + count // 2_000)


def enlarge(session: Session, count: int, seed: int, at: datetime) -> None:
    """Add departments and people until the organisation is one that has `count` complaints, as its administrator would.

    Their password is that of the demonstration.
    """
    missing = departments_for(count) - len(read_house(session).places)
    if missing > 0:
        with entered(session, lambda: at):
            _Enlarging(session, seed, at).add(missing, receivers=count // 100_000)


class _Enlarging:
    def __init__(self, session: Session, seed: int, at: datetime) -> None:
        self.session, self.at = session, at
        self.chance = random.Random(f"{seed}:house")  # noqa: S311
        self.texts = Texts(seed, 100)
        self.password = hash_password(DEMONSTRATION_PASSWORD)
        self.house = read_house(session)
        self.administrator = self._first(RoleName.ADMINISTRATOR)
        self.confirmer = self._first(RoleName.LEADER)

    def _first(self, role: RoleName) -> Actor:
        query = (
            sa.select(User)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(RoleGrant.role == role, RoleGrant.confirmed_at.is_not(None), RoleGrant.ended_at.is_(None))
            .order_by(User.id)
        )
        user = self.session.scalars(query).first()
        assert user is not None  # every organisation was set up with one
        return actor_for(self.session, user, self.at)

    def add(self, missing: int, receivers: int) -> None:
        taken = set(self.session.scalars(sa.select(Department.name)))
        for name in _names(taken, missing, medical="内科" in taken):
            self._place(name)
        with self._work() as work:
            grants = [
                self._person(work, self.house.office_id, "投诉接待员", RoleName.FIRST_RECEIVER, None)[1]
                for _ in range(receivers)
            ]
        self._confirm(grants)

    def _work(self) -> UnitOfWork:
        return UnitOfWork(self.session, self.administrator, self.at)

    def _place(self, name: str) -> None:
        """A department with its head, its handlers and an investigator."""
        with self._work() as work:
            number = len(list(self.session.scalars(sa.select(Department.id)))) + 1
            department = create_department(work, {"name": name, "code": f"dept{number:03d}"})
            self.session.flush()
            head, grant = self._person(
                work, department.id, "部门负责人", RoleName.DEPARTMENT_HEAD, department.id
            )
            grants = [grant]
            for role, count in _OF_A_PLACE.items():
                grants += [
                    self._person(work, department.id, "经办人", role, department.id)[1] for _ in range(count)
                ]
            leader = self.chance.choice(self.house.leaders).id
            values = {"leader_id": head, "leader_in_charge_id": leader}
            edit_department(work, department.id, department.version, values)
        self._confirm(grants)

    def _person(
        self, work: UnitOfWork, home: int, post: str, role: RoleName, at: int | None
    ) -> tuple[int, int]:
        number = int(self.session.scalar(sa.select(sa.func.max(User.id))) or 0) + 1
        values = {
            "login": f"u{number:04d}",
            "name": self.texts.name(self.chance),
            "department_id": home,
            "post": post,
            "phone": f"8{number + 1000:05d}",
        }
        user = create_user(work, values)
        note(
            self.session, user, password_hash=self.password, reset_code_hash=None, reset_code_expires_at=None
        )
        return user.id, grant_role(work, user.id, role, at).id

    def _confirm(self, grants: Iterable[int]) -> None:
        with UnitOfWork(self.session, self.confirmer, self.at) as work:
            for grant in grants:
                confirm_role(work, grant)
            # Nobody needs to be asked any more for what has just been confirmed.
            asked = sa.update(OutboxMessage).where(
                OutboxMessage.topic == "role.confirm", OutboxMessage.status == OutboxStatus.WAITING
            )
            self.session.execute(
                asked.values(status=OutboxStatus.SENT, sent_at=self.at).execution_options(
                    synchronize_session=False
                )
            )


def _names(taken: set[str], count: int, medical: bool) -> list[str]:
    known = w.WARDS if medical else tuple(f"{region}{kind}" for kind in w.FUNCTIONS for region in w.REGIONS)
    free = [name for name in known if name not in taken]
    return free[:count]
