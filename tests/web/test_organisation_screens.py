"""The screens of the organisation over HTTP: who gets where, and whole errands from dialog to dialog."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Department, Exemption, LeaveCover, Organisation, RoleGrant, User
from models.enums import RoleName
from services.identity import passwords
from tests.factories import House, create_complaint, create_house
from tests.support.client import DeskClient

R = RoleName
GOOD = "herbst-laub-42"
_HASH = passwords.hash_password(GOOD)
FETCH = {"X-Desk-Fragment": "1"}
As = Callable[[User], DeskClient]


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    for user in session.scalars(sa.select(User)):
        user.password_hash = _HASH
    session.commit()
    return made


@pytest.fixture
def signed_in(app: Flask) -> As:
    def sign_in(user: User) -> DeskClient:
        client = app.test_client()
        assert isinstance(client, DeskClient)
        assert client.post("/login", data={"username": user.login, "password": GOOD}).status_code == 302
        return client

    return sign_in


@pytest.mark.parametrize("role", list(RoleName))
def test_everybody_reads_the_organisation_and_the_administrator_alone_finds_the_forms(
    house: House, signed_in: As, role: RoleName
) -> None:
    user = house[role]
    ward, person = house.ward.public_id, house[R.HANDLER].public_id
    client = signed_in(user)
    for path in ("/departments/", "/departments/tree", "/users/", "/grants/", "/covers/", "/exemptions/"):
        assert client.get(path).status_code == 200, path
    assert client.get(f"/departments/{ward}/").status_code == 200
    assert client.get(f"/users/{person}/").status_code == 200
    administers = role is R.ADMINISTRATOR
    expected = 200 if administers else 403
    for path in (
        "/departments/new/", "/users/new/", "/grants/new/", "/organisation/",
        f"/departments/{ward}/edit/", f"/departments/{ward}/rename", f"/departments/{ward}/merge",
        f"/departments/{ward}/split", f"/users/{person}/edit/", f"/users/{person}/code",
        f"/users/{person}/grant", f"/users/{person}/hand-over", f"/users/{person}/disable",
    ):  # fmt: skip
        assert client.get(path).status_code == expected, path
    assert client.get("/exemptions/new/").status_code == (200 if role is R.LEADER else 403)
    assert client.get("/covers/new/").status_code == 200


def test_a_new_colleague_from_account_to_first_sign_in(
    house: House, signed_in: As, session: Session, app: Flask
) -> None:
    admin, leader = signed_in(house[R.ADMINISTRATOR]), signed_in(house[R.LEADER])
    ward, ward_id = house.ward.public_id, house.ward.id
    form = {"login": "LiNa", "name": "李娜", "department_id": ward, "post": "护士长"}
    answer = admin.post("/users/new/", data=form)
    assert answer.status_code == 303, answer.text
    page = answer.headers["Location"]
    assert admin.post("/users/new/", data=form).status_code == 422, "the login is taken"
    granted = admin.post(f"{page}grant", data={"role": "handler", "department_id": ward}, headers=FETCH)
    assert granted.status_code == 204, granted.text
    session.rollback()
    grant = session.scalars(sa.select(RoleGrant).where(RoleGrant.confirmed_at.is_(None))).one()
    assert (grant.role, grant.department_id) == (R.HANDLER, ward_id)
    assert "李娜" in leader.get("/grants/?f.waiting=1").text
    assert admin.post(f"/grants/{grant.id}/confirm", headers=FETCH).status_code == 422, "granted it herself"
    assert leader.post(f"/grants/{grant.id}/confirm", headers=FETCH).status_code == 204
    shown = admin.post(f"{page}code", headers=FETCH).text
    found = re.search(r"data-one-time-code>([A-Z0-9-]{14})<", shown)
    assert found is not None
    assert found[1] not in admin.get(page).text, "shown once"
    newcomer = app.test_client()
    new = {"username": "lina", "code": found[1], "new_password": GOOD, "repeated": GOOD}
    assert newcomer.post("/login/code", data=new).status_code == 302
    assert newcomer.get("/complaints/").status_code == 200


def test_disabling_leads_through_the_hand_over(house: House, signed_in: As, session: Session) -> None:
    create_complaint(session, house, "in_work")
    handler, successor = house[R.HANDLER], house[R.INVESTIGATOR]
    address, to = handler.public_id, successor.public_id
    session.rollback()
    admin = signed_in(house[R.ADMINISTRATOR])
    assert f"/users/{address}/hand-over" in admin.get(f"/users/{address}/disable").text
    version = str(handler.version)
    session.rollback()
    stopped = admin.post(
        f"/users/{address}/disable", data={"reason": "离职", "version": version}, headers=FETCH
    )
    assert stopped.status_code == 422
    assert (
        admin.post(f"/users/{address}/hand-over", data={"successor_id": to}, headers=FETCH).status_code == 204
    )
    done = admin.post(f"/users/{address}/disable", data={"reason": "离职", "version": version}, headers=FETCH)
    assert done.status_code == 204, done.text
    session.rollback()
    assert not handler.is_active


def test_departments_by_their_dialogs(house: House, signed_in: As, session: Session) -> None:
    admin = signed_in(house[R.ADMINISTRATOR])
    ward, laboratory, person = house.ward.public_id, house.laboratory.public_id, house[R.HANDLER].id
    version, version2 = house.ward.version, house.laboratory.version
    session.rollback()
    renamed = admin.post(f"/departments/{ward}/rename", headers=FETCH,
                         data={"name": "综合内科", "on": "2026-01-05", "version": version})  # fmt: skip
    assert renamed.status_code == 204, renamed.text
    page = admin.get(f"/departments/{ward}/").text
    assert "综合内科" in page and "内科" in page
    split = {"name1": "呼吸内科", "code1": "r", "name2": "心内科", "code2": "c", "on": "2026-02-01",
             f"person{person}": "2", "version": version + 1}  # fmt: skip
    answer = admin.post(f"/departments/{ward}/split", data=split, headers=FETCH)
    assert answer.status_code == 204, answer.text
    merged = admin.post(f"/departments/{laboratory}/merge", headers=FETCH,
                        data={"into_id": ward, "on": "2026-02-02", "version": version2})  # fmt: skip
    assert merged.status_code == 422, "the old department has ended"
    session.rollback()
    new = session.scalars(sa.select(Department).where(Department.code == "c")).one()
    assert session.get_one(User, person).department_id == new.id
    edited = admin.post(f"/departments/{new.public_id}/edit/", data={"code": "card", "version": new.version})
    assert edited.status_code == 303, edited.text
    stale = admin.post(f"/departments/{new.public_id}/edit/", data={"code": "x", "version": "1"})
    assert stale.status_code == 409


def test_a_person_arranges_and_ends_their_own_cover(house: House, signed_in: As, session: Session) -> None:
    handler = signed_in(house[R.HANDLER])
    me, other, deputy = house[R.HANDLER].public_id, house.outsider, house[R.INVESTIGATOR].public_id
    assert other is not None
    stranger = other.public_id
    times = {"deputy_id": deputy, "starts_at": "2027-01-04T08:00", "ends_at": "2027-01-08T18:00"}
    assert handler.post("/covers/new/", data={"principal_id": stranger, **times}).status_code == 403
    made = handler.post("/covers/new/", data={"principal_id": me, **times})
    assert made.status_code == 303, made.text
    session.rollback()
    cover = session.scalars(sa.select(LeaveCover)).one()
    assert cover.starts_at.isoformat() == "2027-01-04T00:00:00+00:00", "typed on the desk's clock"
    number, version = cover.id, cover.version
    session.rollback()
    assert (
        signed_in(other).post(f"/covers/{number}/end", data={"version": version}, headers=FETCH).status_code
        == 403
    )
    assert handler.post(f"/covers/{number}/end", data={"version": version}, headers=FETCH).status_code == 204


def test_an_exemption_is_the_leaders(house: House, signed_in: As, session: Session) -> None:
    leader = signed_in(house[R.LEADER])
    form = {"rule": "second_person_for_roles", "reason": "全院仅一名管理员"}
    assert signed_in(house[R.ADMINISTRATOR]).post("/exemptions/new/", data=form).status_code == 403
    made = leader.post("/exemptions/new/", data=form)
    assert made.status_code == 303, made.text
    assert leader.get(made.headers["Location"]).status_code == 200
    assert ">second_person_for_roles<" not in leader.get("/exemptions/").text
    session.rollback()
    number = session.scalars(sa.select(Exemption.id)).one()
    session.rollback()
    assert leader.post(f"/exemptions/{number}/end", headers=FETCH).status_code == 204


def test_the_organisations_own_form(house: House, signed_in: As, session: Session) -> None:
    admin = signed_in(house[R.ADMINISTRATOR])
    assert admin.post("/organisation/", data={"name": " "}).status_code == 422
    assert admin.post("/organisation/", data={"name": "新名医院", "phone": "12345"}).status_code == 303
    session.rollback()
    assert session.get_one(Organisation, 1).name == "新名医院"


def test_unknown_addresses_are_404(house: House, signed_in: As) -> None:
    admin = signed_in(house[R.ADMINISTRATOR])
    for path in (
        "/users/nobody/",
        "/users/nobody/code",
        "/departments/none/rename",
        "/grants/999999/",
        "/covers/x/end",
    ):
        assert admin.get(path).status_code == 404, path
    assert admin.post("/users/nobody/code").status_code == 404
