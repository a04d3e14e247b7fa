"""Signing in: faults in words, the lock, and where one lands; the warning before a session ends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from models import User
from models.enums import RoleName
from tests.browser.conftest import PASSWORD, Desk
from tests.support.browser import People

R = RoleName


def sign_in(page: Page, login: str, password: str) -> None:
    page.fill("[name=username]", login)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.locator(".login-form .btn-main").click()


def test_one_lands_on_the_page_that_was_asked_for(desk: Desk, people: People) -> None:
    login = desk.can_sign_in(R.HANDLER)
    page = people.new_page()
    page.goto("/investigations/")
    expect(page.locator(".login-form")).to_be_visible()
    sign_in(page, login, PASSWORD)
    assert page.url.endswith("/investigations/")
    page.locator(".user-menu summary").click()
    with page.expect_navigation():
        page.locator("form[action='/logout'] button").click()
    expect(page.locator(".login-form")).to_be_visible()
    page.goto("/complaints/")
    expect(page.locator(".login-form")).to_be_visible()


@pytest.mark.tolerates("status of 422")
def test_a_wrong_password_is_said_without_saying_which_of_the_two_is_wrong(
    desk: Desk, people: People
) -> None:
    login = desk.can_sign_in(R.HANDLER)
    page = people.new_page()
    page.goto("/login")
    said = []
    for name in (login, "niemand"):
        sign_in(page, name, "falsch-falsch-1")
        said.append(page.locator(".error-summary").inner_text())
        expect(page.locator("[name=username]")).to_have_value(name)
        expect(page.locator("[name=password]")).to_have_value("")
    assert said[0] == said[1]
    assert "登录名" in said[0]


@pytest.mark.tolerates("status of 422")
def test_guessing_locks_the_account_also_for_the_right_password(desk: Desk, people: People) -> None:
    login = desk.can_sign_in(R.HANDLER)
    page = people.new_page()
    page.goto("/login")
    for _ in range(12):
        sign_in(page, login, "falsch-falsch-1")
        with desk.server.session() as session:
            if session.get_one(User, desk.users[R.HANDLER]).locked_until:
                break
    else:
        pytest.fail("the account is not locked after twelve guesses")
    sign_in(page, login, PASSWORD)
    expect(page.locator(".error-summary")).to_contain_text("锁定")
    expect(page.locator(".user-menu")).to_have_count(0)


def test_the_desk_warns_before_the_session_ends_and_keeps_it(desk: Desk) -> None:
    page = desk.page(R.HANDLER)
    page.goto("/")
    bar = page.locator("[data-session-bar]")
    expect(bar).to_be_hidden()
    page.evaluate("() => window.Desk.sessionEnds(new Date(Date.now() + 120000).toISOString())")
    expect(bar).to_be_visible()
    bar.locator("[data-stay]").click()
    expect(bar).to_be_hidden()


def test_the_demonstration_fills_in_nothing_outside_a_demonstration(desk: Desk, people: People) -> None:
    page = people.new_page()
    page.goto("/login")
    expect(page.locator(".login-accounts")).to_have_count(0)
