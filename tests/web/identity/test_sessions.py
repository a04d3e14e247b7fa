"""Sessions in the browser: who gets in, how long it lasts, how it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from extensions import db
from models import Organisation, User
from models.enums import RoleName
from services.actor import Actor
from services.identity import passwords
from services.unit_of_work import UnitOfWork
from tests.factories.organisation import House, create_house
from tests.support.client import DeskClient

GOOD = "herbst-laub-42"
_HASH = passwords.hash_password(GOOD)
FETCH = {"X-Desk-Fragment": "1"}


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    for user in made.people.values():
        user.password_hash = _HASH
    session.commit()
    return made


@pytest.fixture
def handler(house: House) -> User:
    return house[RoleName.HANDLER]


def _sign_in(client: DeskClient, user: User, **form: str) -> str:
    answer = client.post("/login", data={"username": user.login, "password": GOOD, **form})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def _keep_alive(client: DeskClient) -> int:
    return client.post("/session/keep-alive", headers=FETCH).status_code


def test_nobody_is_sent_to_the_sign_in_page_and_back(client: DeskClient, handler: User) -> None:
    answer = client.get("/account/password?x=1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/account/password?x%3D1"
    assert client.get("/no/such/page").status_code == 302, "what exists is told to nobody"
    assert _sign_in(client, handler, next="/account/password?x=1") == "/account/password?x=1"
    assert client.get("/account/password").status_code == 200


def test_a_script_gets_401_instead_of_a_redirect(client: DeskClient, house: House) -> None:
    assert client.get("/account/password", headers=FETCH).status_code == 401
    assert _keep_alive(client) == 401


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "evil",
        "/\tevil",
        "/login?next=/",
        "javascript:x",
    ],
)
def test_only_paths_of_the_desk_are_gone_back_to(client: DeskClient, handler: User, target: str) -> None:
    assert _sign_in(client, handler, next=target) == "/"


def test_wrong_password_and_unknown_login_look_the_same(client: DeskClient, handler: User) -> None:
    wrong = client.post("/login", data={"username": handler.login, "password": "wrong-password"})
    unknown = client.post("/login", data={"username": "nobody", "password": "wrong-password"})
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace(handler.login, "nobody").split("csrf")[1] is not None
    assert "error-summary" in wrong.text and "error-summary" in unknown.text


def test_a_session_ends_after_the_time_without_a_request_and_slides_with_each(
    client: DeskClient, handler: User, app: Flask
) -> None:
    _sign_in(client, handler)
    minutes = app.extensions["settings"].session_minutes
    _age(client, timedelta(minutes=minutes - 1))
    answer = client.post("/session/keep-alive", headers=FETCH)
    assert answer.status_code == 204
    ends = datetime.fromisoformat(answer.headers["X-Desk-Session-Ends"])
    assert timedelta(minutes=minutes - 1) < ends - datetime.now(UTC) <= timedelta(minutes=minutes)
    _age(client, timedelta(minutes=minutes - 1))
    assert _keep_alive(client) == 204, "each request moved the end"
    _age(client, timedelta(minutes=minutes + 1))
    assert _keep_alive(client) == 401


def _age(client: DeskClient, by: timedelta) -> None:
    with client.session_transaction() as kept:
        kept["seen_at"] = (datetime.now(UTC) - by).timestamp()


def test_a_form_open_when_the_session_ended_can_be_sent_after_signing_in_again(
    client: DeskClient, handler: User
) -> None:
    _sign_in(client, handler)
    token = client.csrf_token()
    _age(client, timedelta(days=30))
    old = {"X-CSRFToken": token, **FETCH}
    assert client.post("/session/keep-alive", headers=old).status_code == 401
    answer = client.post("/login", data={"username": handler.login, "password": GOOD}, headers=FETCH)
    assert answer.status_code == 204 and answer.headers["X-Desk-Csrf"]
    assert client.post("/session/keep-alive", headers=old).status_code == 204


def test_a_post_without_token_is_refused(client: DeskClient, handler: User) -> None:
    _sign_in(client, handler)
    assert client.post("/session/keep-alive", headers=FETCH, csrf=False).status_code == 400
    assert client.post("/logout", csrf=False).status_code == 302
    assert _keep_alive(client) == 204, "still signed in"


def test_signing_out_ends_this_session_only(app: Flask, client: DeskClient, handler: User) -> None:
    other = app.test_client()
    for one in (client, other):
        _sign_in(one, handler)  # type: ignore[arg-type]
    assert client.post("/logout").headers["Location"] == "/login"
    assert _keep_alive(client) == 401
    assert _keep_alive(other) == 204  # type: ignore[arg-type]


def test_signing_out_everywhere_ends_all(app: Flask, client: DeskClient, handler: User) -> None:
    other = app.test_client()
    for one in (client, other):
        _sign_in(one, handler)  # type: ignore[arg-type]
    assert client.post("/account/sessions/end").status_code == 302
    assert _keep_alive(client) == 401
    assert _keep_alive(other) == 401  # type: ignore[arg-type]


def test_a_disabled_account_is_out_at_once(client: DeskClient, handler: User, session: Session) -> None:
    _sign_in(client, handler)
    session.rollback()
    handler.is_active = False
    session.commit()
    assert _keep_alive(client) == 401


def test_changing_the_password_keeps_this_session_and_ends_the_others(
    app: Flask, client: DeskClient, handler: User
) -> None:
    other = app.test_client()
    for one in (client, other):
        _sign_in(one, handler)  # type: ignore[arg-type]
    form = {"current_password": GOOD, "new_password": "neues-laub-43", "repeated": "something else"}
    assert client.post("/account/password", data=form).status_code == 422
    form["repeated"] = "neues-laub-43"
    assert client.post("/account/password", data=form).status_code == 302
    assert _keep_alive(client) == 204
    assert _keep_alive(other) == 401  # type: ignore[arg-type]


def test_whoever_must_choose_a_password_gets_nowhere_else(
    client: DeskClient, handler: User, session: Session
) -> None:
    handler.must_change_password = True
    session.commit()
    _sign_in(client, handler)
    assert client.get("/").headers["Location"] == "/account/password"
    assert client.get("/account/password").status_code == 200


def test_language_and_appearance_are_kept_with_the_account(
    client: DeskClient, handler: User, session: Session
) -> None:
    answer = client.post("/preferences", data={"language": "en", "next": "/login?"})
    assert answer.headers["Location"] == "/login"
    assert "Sign in" in client.get("/login").text
    _sign_in(client, handler)
    client.post("/preferences", data={"language": "zh_Hans_CN", "theme": "dark", "next": "/"})
    client.post("/preferences", data={"language": "xx", "theme": "pink"})
    session.rollback()
    assert (handler.locale, handler.theme) == ("zh_Hans_CN", "dark")


def test_every_request_works_for_its_own_actor(app: Flask, client: DeskClient, handler: User) -> None:
    seen: list[Actor] = []

    def look() -> None:
        seen.append(db.session().info["actor"])

    app.before_request_funcs.setdefault(None, []).append(look)
    try:
        _sign_in(client, handler)
        _keep_alive(client)
        client.post("/logout")
        client.get("/login")
    finally:
        app.before_request_funcs[None].remove(look)
    assert [actor.user_id for actor in seen] == [None, handler.id, handler.id, None]
    assert seen[1].request_id


def test_a_reset_code_works_from_the_sign_in_page(
    client: DeskClient, handler: User, session: Session
) -> None:
    from services.actor import SYSTEM
    from services.identity import accounts

    with UnitOfWork(session, SYSTEM) as work:
        _, code = accounts.create_reset_code(work, handler.public_id)
    form = {
        "username": handler.login,
        "code": "AAAA",
        "new_password": "neues-laub-43",
        "repeated": "neues-laub-43",
    }
    assert client.post("/login/code", data=form).status_code == 422
    answer = client.post("/login/code", data={**form, "code": code})
    assert answer.status_code == 302
    assert _keep_alive(client) == 204


def test_an_empty_desk_is_set_up_with_the_token_of_the_server_only(
    app: Flask, client: DeskClient, session: Session
) -> None:
    from services.organisation.setting_up import setup_token

    assert client.get("/").headers["Location"] == "/setup"
    form = {
        "organisation": "市立医院",
        "procedure_code": "hospital-complaint-office",
        "name": "周琳",
        "login": "ZhouLin",
        "password": GOOD,
        "repeated": GOOD,
        "token": "guessed",
    }
    assert client.post("/setup", data=form).status_code == 422, "there is no token yet"
    form["token"] = "guessed"
    token = setup_token(app.extensions["settings"].data_dir)
    assert client.post("/setup", data=form).status_code == 422
    assert session.get(Organisation, 1) is None
    answer = client.post("/setup", data={**form, "token": token})
    assert answer.status_code == 302, answer.text
    assert _keep_alive(client) == 204, "the first administrator is signed in"
    assert client.get("/setup").status_code == 404
    assert client.post("/setup", data={**form, "token": token}).status_code == 404
