"""A small house on the served desk, and pages of its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models import User
from models.enums import RoleName
from services.identity.passwords import hash_password
from tests.factories import House, create_complaint, create_house
from tests.support.browser import People
from tests.support.server import DeskServer

PASSWORD = "langes-passwort-41"


@dataclass
class Desk:
    """The served desk with its house; `case` makes complaints, `page` opens it for the person of a role."""

    server: DeskServer
    people: People
    users: dict[RoleName, int]
    logins: dict[RoleName, str]

    def page(self, role: RoleName, **options: Any) -> Page:
        return self.people.page_of(self.users[role], **options)

    def case(self, state: str = "in_work", **typed: Any) -> str:
        """The public id of a new complaint in `state`."""
        with self.server.session() as session:
            house = self._house(session)
            now = datetime.now(UTC) - timedelta(days=1)
            return create_complaint(session, house, state, now=now, **typed).public_id

    def can_sign_in(self, role: RoleName) -> str:
        """Give the person of a role the password PASSWORD; returns their login."""
        with self.server.session() as session:
            session.get_one(User, self.users[role]).password_hash = hash_password(PASSWORD)
            session.commit()
        return self.logins[role]

    def end_sessions(self, role: RoleName) -> None:
        """The server no longer takes any session of this person."""
        with self.server.session() as session:
            session.get_one(User, self.users[role]).session_stamp += 1
            session.commit()

    def _house(self, session: Any) -> House:
        from models import Department, Organisation

        rows = {one.name: one for one in session.query(Department)}
        people = {role: session.get_one(User, number) for role, number in self.users.items()}
        organisation = session.query(Organisation).one()
        house = House(organisation, rows["投诉办公室"], rows["内科"], rows["检验科"], people)
        house.outsider = session.query(User).filter_by(name="检验科承办人").one()
        return house


def open_step(page: Page, case: str, event: str) -> None:
    page.goto(f"/complaints/{case}/")
    link = page.locator(f'main a[data-dialog][href$="/{event}"]').first
    if not link.is_visible():
        page.locator(".case-actions summary").first.click()
    link.click()
    expect(page.locator("dialog[open] .dialog-foot")).to_be_visible()


def wait_until(page: Page, question: str) -> None:
    """As `page.wait_for_function`, which needs eval in the page: the policy forbids it."""
    for _ in range(100):
        if page.evaluate(question):
            return
        page.wait_for_timeout(50)
    raise AssertionError(question)


@pytest.fixture
def desk(people: People, desk_server: DeskServer) -> Desk:
    with desk_server.session() as session:
        house = create_house(session)
        for user in house.people.values():
            user.locale = "zh_Hans_CN"
        session.commit()
        users = {role: user.id for role, user in house.people.items()}
        logins = {role: user.login for role, user in house.people.items()}
    return Desk(desk_server, people, users, logins)
