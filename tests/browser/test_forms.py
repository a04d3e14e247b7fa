"""Forms in the browser: faults in place, nothing sent twice, rows within a form, files, confirmations."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models import (
    Attachment,
    Complaint,
    ComplaintEvent,
    Finding,
    Investigation,
    InvestigationMember,
    LeaveCover,
    User,
)
from models.enums import EventKind, RoleName
from tests.browser.conftest import Desk, open_step, wait_until
from tests.factories import arrange_cover, create_user
from tests.factories.full_house import png

R = RoleName


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


def test_the_form_follows_the_channel_until_it_is_chosen(desk: Desk) -> None:
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/new/")
    form = page.locator("[name=form]")
    for channel, usual in (("hotline", "oral"), ("online", "electronic"), ("letter", "written")):
        page.select_option("[name=channel]", channel)
        expect(form).to_have_value(usual)
    form.select_option("electronic")
    page.select_option("[name=channel]", "hotline")
    expect(form).to_have_value("electronic")


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


def test_ending_a_leave_cover_asks_and_does_nothing_on_cancel(desk: Desk) -> None:
    with desk.server.session() as session:
        principal, deputy = (session.get_one(User, desk.users[role]) for role in (R.HANDLER, R.INVESTIGATOR))
        arrange_cover(session, principal, deputy)
        session.commit()
    page = desk.page(R.ADMINISTRATOR)
    page.goto("/covers/")
    for chosen in ("cancel", "end"):
        page.locator("[data-row-menu]").first.click()
        page.locator('.row-menu:not([hidden]) a[href$="/end"]').click()
        dialog = page.locator("dialog[open]")
        expect(dialog.locator(".dialog-foot")).to_be_visible()
        if chosen == "cancel":
            dialog.locator(".dialog-foot [data-close]").click()
            expect(dialog).to_have_count(0)
            assert not ended(desk), "nothing on cancel"
        else:
            with page.expect_navigation():
                dialog.locator("[name=confirmed]").click()
    assert ended(desk)


def ended(desk: Desk) -> bool:
    with desk.server.session() as session:
        return session.query(LeaveCover).one().ended_at is not None


def test_many_candidates_are_searched_as_one_types(desk: Desk) -> None:
    with desk.server.session() as session:
        for number in range(40):
            create_user(session, f"外院专家{number:02d}")
        session.commit()
    case = desk.case("in_work")
    page = desk.page(R.INVESTIGATOR)
    page.goto(f"/investigations/new/?complaint={case}")
    page.fill("[name=title]", "关于候诊时间的调查")
    box = page.locator("[data-field=leader_id] [role=combobox]")
    box.click()
    box.fill("专家07")
    choice = page.locator("[data-field=leader_id] [role=option]")
    expect(choice).to_have_count(1)
    page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile("专家07"))
    with page.expect_navigation():
        page.locator(".form-bar .btn-main").click()
    with desk.server.session() as session:
        leader = session.get_one(User, session.query(Investigation).one().leader_id)
        assert leader.name == "外院专家07"
