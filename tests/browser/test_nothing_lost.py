"""What was typed outlives a closed tab, an ended session and somebody else's saving first."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from models import (
    Complaint,
    Reply,
)
from models.enums import RoleName
from tests.browser.conftest import PASSWORD, Desk, open_step, wait_until

R = RoleName


def sign_in_again(page: Page) -> None:
    """Fill in the sign-in dialog that came up over the page."""
    asked = page.locator("dialog[open]:has(.login-form)")
    expect(asked).to_be_visible()
    asked.locator("[name=password]").fill(PASSWORD)
    asked.locator(".login-form .btn-main").click()


def wait_for_draft(page: Page, text: str) -> None:
    wait_until(page, f"() => Object.keys(localStorage).some((key) => localStorage[key].includes('{text}'))")


def test_a_registration_survives_the_closing_of_the_tab(desk: Desk) -> None:
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/new/")
    page.fill("[name=summary]", "护士态度生硬")
    page.select_option("[name=channel]", "hotline")
    page.fill("[name=phone]", "13812345678")
    wait_for_draft(page, "13812345678")
    page.close()
    again = page.context.new_page()
    again.goto("/complaints/new/")
    expect(again.locator("[name=summary]")).to_have_value("护士态度生硬")
    expect(again.locator("[name=channel]")).to_have_value("hotline")
    expect(again.locator("[name=phone]")).to_have_value("13812345678")
    expect(again.locator(".draft-note")).to_be_visible()
    again.fill("[name=content]", "换药时被呵斥。")
    again.fill("[name=name]", "王小明")
    with again.expect_navigation():
        again.locator(".form-bar .btn-main").click()
    again.goto("/complaints/new/")
    expect(again.locator("[name=summary]")).to_have_value("")


def test_the_next_person_at_this_computer_sees_nobody_elses_draft(desk: Desk) -> None:
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/new/")
    page.fill("[name=summary]", "护士态度生硬")
    wait_for_draft(page, "护士态度生硬")
    login = desk.can_sign_in(R.LEADER)
    page.context.clear_cookies()
    page.goto("/login")
    page.fill("[name=username]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator(".login-form .btn-main").click()
    page.wait_for_url("**/")
    page.goto("/complaints/new/")
    expect(page.locator("[name=summary]")).to_have_value("")


def stored(desk: Desk) -> Complaint:
    with desk.server.session() as session:
        return session.query(Complaint).one()


@pytest.mark.tolerates("status of 409")
def test_the_second_of_two_editors_chooses_field_by_field(desk: Desk) -> None:
    case = desk.case("registered")
    first, second = desk.page(R.FIRST_RECEIVER), desk.page(R.HANDLER)
    received = stored(desk).received_at
    for page in (first, second):
        page.goto(f"/complaints/{case}/edit/")
    first.fill("[name=place]", "门诊二楼")
    first.fill("[name=summary]", "候诊三小时")
    second.fill("[name=place]", "门诊三楼")
    second.fill("[name=summary]", "候诊四小时")
    with first.expect_navigation():
        first.locator(".form-bar .btn-main").click()
    with second.expect_navigation():
        second.locator(".form-bar .btn-main").click()
    sides = second.locator(".conflict-field")
    expect(sides).to_have_count(2)
    expect(second.locator(".conflict")).to_contain_text("门诊二楼")
    expect(second.locator(".conflict")).to_contain_text("候诊四小时")
    second.locator("[name=pick-place][value=theirs]").check()
    second.locator("[name=pick-summary][value=yours]").check()
    with second.expect_navigation():
        second.locator(".conflict .btn-main").click()
    saved = stored(desk)
    assert (saved.place, saved.summary) == ("门诊二楼", "候诊四小时")
    assert saved.received_at == received, "the seconds that the form does not show are kept"


@pytest.mark.tolerates("status of 401")
def test_a_step_is_sent_after_signing_in_again(desk: Desk) -> None:
    case = desk.case("approved")
    desk.can_sign_in(R.FIRST_RECEIVER)
    page = desk.page(R.FIRST_RECEIVER)
    open_step(page, case, "reply")
    dialog = page.locator("dialog[open]").first
    dialog.locator("[name=text]").fill("您反映的情况属实，我们深表歉意。")
    dialog.locator("[name=channel]").select_option("letter")
    desk.end_sessions(R.FIRST_RECEIVER)
    dialog.locator("[name=confirmed]").click()
    asked = page.locator("dialog[open]:has(.login-form)")
    expect(asked).to_be_visible()
    asked.locator("[name=username]").fill(desk.logins[R.FIRST_RECEIVER])
    with page.expect_navigation():
        sign_in_again(page)
    expect(page.locator(".case-id")).to_contain_text("已答复")
    with desk.server.session() as session:
        assert session.query(Reply).one().text == "您反映的情况属实，我们深表歉意。"


@pytest.mark.tolerates("status of 401")
def test_looking_for_repeats_asks_nobody_to_sign_in(desk: Desk) -> None:
    """While the form is filled in, the background answers for itself; the question comes when the form goes."""
    desk.can_sign_in(R.FIRST_RECEIVER)
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/new/")
    page.wait_for_load_state("networkidle")  # an answer that is under way would bring the cookie back
    page.context.clear_cookies()
    page.fill("[name=summary]", "候诊时间过长")
    with page.expect_response(lambda answer: answer.url.endswith("/likely")) as looked:
        page.fill("[name=phone]", "13800001234")
        page.locator("[name=phone]").blur()
    assert looked.value.status == 401
    page.wait_for_timeout(300)
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator(".form-bar .btn-main").click()
    expect(page.locator("dialog[open]:has(.login-form)")).to_be_visible()


@pytest.mark.tolerates("status of 401")
@pytest.mark.parametrize("ended", ["elsewhere", "by time"])
def test_a_page_is_sent_after_signing_in_again(desk: Desk, ended: str) -> None:
    desk.can_sign_in(R.FIRST_RECEIVER)
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/new/")
    page.fill("[name=summary]", "候诊时间过长")
    page.fill("[name=content]", "在内科门诊等候三小时。")
    page.select_option("[name=channel]", "visit")
    page.fill("[name=name]", "王小明")
    if ended == "elsewhere":
        desk.end_sessions(R.FIRST_RECEIVER)
    else:
        page.context.clear_cookies()
        page.evaluate("() => window.Desk.sessionEnds(new Date(Date.now() - 1000).toISOString())")
        expect(page.locator("[data-session-bar]")).to_be_visible()
    page.locator(".form-bar .btn-main").click()
    asked = page.locator("dialog[open]:has(.login-form)")
    expect(asked).to_be_visible()
    asked.locator("[name=username]").fill(desk.logins[R.FIRST_RECEIVER])
    with page.expect_navigation():
        sign_in_again(page)
    expect(page.locator(".case-number")).to_have_text(re.compile(r"TS-\d{4}-\d{6}"))
    with desk.server.session() as session:
        assert session.query(Complaint).one().content == "在内科门诊等候三小时。"
