"""Forms in the browser: nothing typed is lost, nothing is sent twice, two people meet, files, the session's end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models import Attachment, Complaint, ComplaintEvent, Finding, Investigation, InvestigationMember, Reply
from models.enums import EventKind, RoleName
from tests.browser.conftest import PASSWORD, Desk
from tests.factories.full_house import png

R = RoleName


def open_step(page: Page, case: str, event: str) -> None:
    page.goto(f"/complaints/{case}/")
    link = page.locator(f'main a[data-dialog][href$="/{event}"]').first
    if not link.is_visible():
        page.locator(".case-actions summary").first.click()
    link.click()
    expect(page.locator("dialog[open] .dialog-foot")).to_be_visible()


def sign_in_again(page: Page) -> None:
    """Fill in the sign-in dialog that came up over the page."""
    asked = page.locator("dialog[open]:has(.login-form)")
    expect(asked).to_be_visible()
    asked.locator("[name=password]").fill(PASSWORD)
    asked.locator(".login-form .btn-main").click()


def wait_until(page: Page, question: str) -> None:
    """As `page.wait_for_function`, which needs eval in the page: the policy forbids it."""
    for _ in range(100):
        if page.evaluate(question):
            return
        page.wait_for_timeout(50)
    raise AssertionError(question)


def wait_for_draft(page: Page, text: str) -> None:
    wait_until(page, f"() => Object.keys(localStorage).some((key) => localStorage[key].includes('{text}'))")


def events(desk: Desk, kind: EventKind) -> int:
    with desk.server.session() as session:
        return session.query(ComplaintEvent).filter_by(event=kind).count()


@pytest.mark.tolerates("status of 422")
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(desk: Desk) -> None:
    case = desk.case("in_work")
    page = desk.page(R.HANDLER)
    open_step(page, case, "submit_opinion")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=no_measures_reason]").fill("已当场改正。")
    dialog.locator("[name=confirmed]").click()
    fault = dialog.locator("[data-field=result] .field-errors")
    expect(fault).not_to_be_empty()
    expect(dialog.locator("[name=result]")).to_have_attribute("aria-invalid", "true")
    expect(dialog.locator("[name=no_measures_reason]")).to_have_value("已当场改正。")
    dialog.locator("[name=result]").fill("情况属实。")
    dialog.locator("[name=responsibility]").select_option(index=1)
    with page.expect_navigation():
        dialog.locator("[name=confirmed]").click()
    assert events(desk, EventKind.SUBMIT_OPINION) == 1


@pytest.mark.tolerates("status of 422")
def test_a_fault_of_the_registration_stands_at_its_field(desk: Desk) -> None:
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/new/")
    page.fill("[name=content]", "在内科门诊等候三小时。")
    page.select_option("[name=channel]", "visit")
    with page.expect_navigation():
        page.locator(".form-bar .btn-main").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("[data-field=summary] .field-errors")).not_to_be_empty()
    expect(page.locator("[name=content]")).to_have_value("在内科门诊等候三小时。")
    expect(page.locator("[name=channel]")).to_have_value("visit")


def test_a_double_click_registers_once(desk: Desk) -> None:
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/new/")
    page.fill("[name=summary]", "候诊时间过长")
    page.fill("[name=content]", "在内科门诊等候三小时。")
    page.select_option("[name=channel]", "visit")
    page.fill("[name=name]", "王小明")
    page.locator(".form-bar .btn-main").dblclick()
    expect(page.locator(".case-number")).to_be_visible()
    with desk.server.session() as session:
        assert session.query(Complaint).count() == 1


def test_a_double_click_takes_a_step_once(desk: Desk) -> None:
    case = desk.case("in_work")
    page = desk.page(R.LEADER)
    open_step(page, case, "supervise")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=demand]").fill("三日内报告。")
    with page.expect_navigation():
        dialog.locator("[name=confirmed]").dblclick()
    assert events(desk, EventKind.SUPERVISE) == 1


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


def test_rows_of_an_investigation_are_added_and_removed(desk: Desk) -> None:
    case = desk.case("in_work")
    page = desk.page(R.INVESTIGATOR)
    page.goto(f"/investigations/new/?complaint={case}")
    page.fill("[name=title]", "关于候诊时间的调查")
    findings = page.locator("[data-field=findings] [data-inline]")
    for text in ("等候三小时", "无人解释", "态度生硬"):
        findings.locator("[data-inline-add]").click()
        row = findings.locator("[data-inline-row]").last
        row.locator("[name$=allegation]").fill(text)
        row.locator("select[name$=verdict]").select_option(index=1)
    findings.locator("[data-inline-row]").nth(1).locator("[data-inline-remove]").click()
    with page.expect_navigation():
        page.locator(".form-bar .btn-main").click()
    expect(page.locator("main")).to_contain_text("态度生硬")
    with desk.server.session() as session:
        assert [one.allegation for one in session.query(Finding).order_by(Finding.id)] == [
            "等候三小时",
            "态度生硬",
        ]
    with page.expect_navigation():
        page.locator('main a[href$="/edit/"]').first.click()
    members = page.locator("[data-field=members] [data-inline]")
    members.locator("[data-inline-add]").click()
    members.locator("[data-inline-row] select").first.select_option(index=1)
    page.locator("[data-field=findings] [data-inline-remove]").first.click()
    with page.expect_navigation():
        page.locator(".form-bar .btn-main").click()
    with desk.server.session() as session:
        assert [one.allegation for one in session.query(Finding)] == ["态度生硬"]
        assert session.query(InvestigationMember).count() == 1


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


def test_a_chosen_file_is_uploaded_shown_and_withdrawn(desk: Desk, tmp_path: Path) -> None:
    case = desk.case("in_work")
    photo = tmp_path / "现场照片.png"
    photo.write_bytes(png())
    page = desk.page(R.HANDLER)
    page.goto(f"/complaints/{case}/")
    with page.expect_file_chooser() as chooser:
        page.locator("#evidence .drop-pick").click()
    chooser.value.set_files(photo)
    expect(page.locator("#evidence [data-drop-list]")).to_contain_text("现场照片.png")
    with page.expect_navigation():
        page.locator("#evidence .upload button").click()
    line = page.locator("#evidence .file")
    expect(line).to_contain_text("现场照片.png")
    line.scroll_into_view_if_needed()
    wait_until(page, "() => document.querySelector('#evidence img').naturalWidth === 24")
    with page.expect_download() as caught:
        line.locator(".file-text a").click()
    assert caught.value.suggested_filename == "现场照片.png"
    assert Path(caught.value.path()).read_bytes() == png()

    withdraw(page)
    page.locator("dialog[open] [data-close]").last.click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert not withdrawn(desk), "nothing on cancel"
    withdraw(page)
    page.locator("dialog[open] [name=reason]").fill("传错了。")
    with page.expect_navigation():
        page.locator("dialog[open] [name=confirmed]").click()
    assert withdrawn(desk)


def withdraw(page: Page) -> None:
    link = page.locator('#evidence a[href$="/withdraw"]')
    if not link.is_visible():
        page.locator("#evidence .file summary").click()
    link.click()
    expect(page.locator("dialog[open] [name=reason]")).to_be_visible()


def withdrawn(desk: Desk) -> bool:
    with desk.server.session() as session:
        return session.query(Attachment).one().withdrawn_at is not None


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
def test_a_page_is_sent_after_signing_in_again(desk: Desk) -> None:
    desk.can_sign_in(R.FIRST_RECEIVER)
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/new/")
    page.fill("[name=summary]", "候诊时间过长")
    page.fill("[name=content]", "在内科门诊等候三小时。")
    page.select_option("[name=channel]", "visit")
    page.fill("[name=name]", "王小明")
    desk.end_sessions(R.FIRST_RECEIVER)
    page.locator(".form-bar .btn-main").click()
    asked = page.locator("dialog[open]:has(.login-form)")
    expect(asked).to_be_visible()
    asked.locator("[name=username]").fill(desk.logins[R.FIRST_RECEIVER])
    with page.expect_navigation():
        sign_in_again(page)
    expect(page.locator(".case-number")).to_have_text(re.compile(r"TS-\d{4}-\d{6}"))
    with desk.server.session() as session:
        assert session.query(Complaint).one().content == "在内科门诊等候三小时。"


def test_an_investigation_is_made_for_its_case(desk: Desk) -> None:
    """The button of the case page carries the case into the form."""
    case = desk.case("in_work")
    page = desk.page(R.INVESTIGATOR)
    page.goto(f"/complaints/{case}/")
    page.locator(".case-actions summary").first.click()
    with page.expect_navigation():
        page.locator('.case-actions a[href*="/investigations/new/"]').click()
    page.fill("[name=title]", "关于候诊时间的调查")
    with page.expect_navigation():
        page.locator(".form-bar .btn-main").click()
    with desk.server.session() as session:
        made = session.query(Investigation).one()
        assert made.complaint_id == session.query(Complaint.id).filter_by(public_id=case).scalar()
