"""Setting up the made-up organisation, as an administrator and a leader would."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Department, Exemption, User
from models.enums import PostName, RoleName
from services.actor import SYSTEM, Actor
from services.demonstration.organisations.hospital import HOSPITAL
from services.demonstration.playing import entered
from services.demonstration.setting import OFFICE, Person, Setting
from services.identity import actor_for
from services.identity.bookkeeping import note
from services.identity.passwords import DEMONSTRATION_PASSWORD, hash_password
from services.organisation.departments import create_department, edit_department
from services.organisation.exemptions import end_exemption
from services.organisation.groups import create_group
from services.organisation.people import create_user, edit_user
from services.organisation.posts import bind_post
from services.organisation.roles import confirm_role, grant_role
from services.organisation.setting_up import FirstAnswers, set_up
from services.unit_of_work import UnitOfWork


def create_organisation(session: Session, at: datetime, timezone: str, setting: Setting = HOSPITAL) -> None:
    """Organisation, departments, people and confirmed roles, all of them at `at`. On an empty database only."""
    administrator = next(person for person in setting.people if person.role is RoleName.ADMINISTRATOR)
    answers = FirstAnswers(
        organisation=setting.organisation,
        procedure_code=setting.procedure,
        timezone=timezone,
        login=administrator.login,
        name=administrator.name,
        is_demonstration=True,
    )
    with entered(session, lambda: at):
        with UnitOfWork(session, SYSTEM, at) as work:
            first, _code = set_up(work, answers)
        _Builder(session, at, first.id, setting).build()


def accounts(setting: Setting = HOSPITAL) -> list[dict[str, str]]:
    """The accounts to show: login, password, role with post, and name."""
    return [
        {
            "role": f"{person.role.label} · {person.post}",
            "name": person.name,
            "login": person.login,
            "password": DEMONSTRATION_PASSWORD,
        }
        for person in setting.people
        if person.shown
    ]


class _Builder:
    def __init__(self, session: Session, at: datetime, administrator_id: int, setting: Setting) -> None:
        self.setting = setting
        self.session = session
        self.at = at
        self.administrator_id = administrator_id

    def build(self) -> None:
        places = self._departments()
        people = self._people(places)
        # The first leader's role counts under the exemption of the set-up; from then on the leader confirms.
        leader = next(person for person in self.setting.people if person.role is RoleName.LEADER)
        self._grant(leader, people, places)
        with UnitOfWork(self.session, self._actor(people[leader.login]), self.at) as work:
            for exemption_id in self.session.scalars(sa.select(Exemption.id)).all():
                end_exemption(work, exemption_id)
        for person in self.setting.people:
            if person not in (leader,) and person.role is not RoleName.ADMINISTRATOR:
                grant_id = self._grant(person, people, places)
                with UnitOfWork(self.session, self._actor(people[leader.login]), self.at) as work:
                    confirm_role(work, grant_id)
        self._heads(places, people)
        self._posts(places, people)
        self._group(people)

    def _actor(self, user_id: int) -> Actor:
        return actor_for(self.session, self.session.get_one(User, user_id), self.at)

    def _administrator(self) -> UnitOfWork:
        return UnitOfWork(self.session, self._actor(self.administrator_id), self.at)

    def _departments(self) -> dict[str, int]:
        found: dict[str, int] = {}
        with self._administrator() as work:
            for place in self.setting.places:
                if place.key == OFFICE:
                    office = self.session.scalars(sa.select(Department).where(Department.is_office)).one()
                    office.name = place.name
                    found[place.key] = office.id
                    continue
                values: dict[str, Any] = {"name": place.name, "code": place.key, "duty": place.duty}
                if place.above:
                    values["parent_id"] = found[place.above]
                found[place.key] = create_department(work, values).id
        return found

    def _people(self, places: dict[str, int]) -> dict[str, int]:
        password = hash_password(DEMONSTRATION_PASSWORD)
        found: dict[str, int] = {}
        with self._administrator() as work:
            for number, person in enumerate(self.setting.people):
                values = {
                    "name": person.name,
                    "department_id": places[person.place],
                    "post": person.post,
                    "phone": f"8{number + 101:03d}",
                }
                if person.role is RoleName.ADMINISTRATOR:
                    user = self.session.get_one(User, self.administrator_id)
                    edit_user(work, user.id, user.version, values)
                else:
                    user = create_user(work, {"login": person.login, **values})
                note(
                    self.session,
                    user,
                    password_hash=password,
                    reset_code_hash=None,
                    reset_code_expires_at=None,
                )
                found[person.login] = user.id
        return found

    def _grant(self, person: Person, people: dict[str, int], places: dict[str, int]) -> int:
        with self._administrator() as work:
            department_id = None if person.everywhere else places[person.place]
            return grant_role(work, people[person.login], person.role, department_id).id

    def _heads(self, places: dict[str, int], people: dict[str, int]) -> None:
        with self._administrator() as work:
            for place in self.setting.places:
                department = self.session.get_one(Department, places[place.key])
                values = {
                    "leader_id": people[place.head] if place.head else None,
                    "leader_in_charge_id": people[place.in_charge] if place.in_charge else None,
                }
                edit_department(work, department.id, department.version, values)

    def _posts(self, places: dict[str, int], people: dict[str, int]) -> None:
        """The two posts that a regulation speaks of most are held by name."""
        with self._administrator() as work:
            bind_post(work, PostName.OFFICE, department_id=places[OFFICE])
            bind_post(work, PostName.HEAD_OF_QUALITY, user_id=people["quality"])

    def _group(self, people: dict[str, int]) -> None:
        if not self.setting.group:
            return
        members = [{"user_id": people[login], "function": code} for login, code in self.setting.group]
        with self._administrator() as work:
            create_group(work, {"name": "质量投诉处理小组", "leader_id": people["quality"]}, members)
