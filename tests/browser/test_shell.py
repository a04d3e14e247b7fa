"""The list in the browser: selection, filters, columns, views, sort, export, keys; language and appearance."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from models import Complaint, ComplaintEvent, SavedView
from models.enums import EventKind, RoleName, State
from tests.browser.conftest import Desk

R = RoleName


def rows(page: Page) -> Locator:
    return page.locator("[data-row]")


def heads(page: Page) -> list[str]:
    return [
        text.strip()
        for text in page.locator("table.grid thead th:not(.col-check, .col-actions)").all_inner_texts()
    ]


def open_list(desk: Desk, role: RoleName = R.FIRST_RECEIVER, **options: object) -> Page:
    page = desk.page(role, **options)
    page.goto("/complaints/")
    return page


def confirm_in(dialog: Locator) -> None:
    dialog.locator(".confirm-count input").check()
    dialog.locator("[name=confirmed]").click()


def supervised(desk: Desk) -> int:
    with desk.server.session() as session:
        return session.query(ComplaintEvent).filter_by(event=EventKind.SUPERVISE).count()


@pytest.mark.tolerates("status of 422")
def test_an_action_over_a_selection_says_how_many_and_reports_each_row(desk: Desk) -> None:
    desk.case("in_work")
    desk.case("in_work")
    desk.case("archived")
    page = open_list(desk)
    page.locator("[data-select-all]").check()
    expect(page.locator("[data-bulk-count]")).to_contain_text("3")
    page.locator("[data-bulk] button[value=supervise]").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator(".confirm-count")).to_contain_text("3")
    dialog.locator("[name=demand]").fill("三日内报告进展。")
    dialog.locator("[name=confirmed]").click()
    expect(dialog.locator(".error-summary")).to_be_visible()
    assert supervised(desk) == 0, "nothing without the count confirmed"
    expect(dialog.locator("[name=demand]")).to_have_value("三日内报告进展。")
    confirm_in(dialog)
    report = dialog.locator(".report")
    expect(report.locator("tbody tr")).to_have_count(3)
    expect(report.locator(".report-sum")).to_contain_text(re.compile(r"2.*1", re.S))
    assert supervised(desk) == 2


def test_an_action_over_all_that_matches_reaches_the_rows_of_other_pages(desk: Desk) -> None:
    for _ in range(21):
        desk.case("registered")
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/?page_size=20")
    shown = rows(page).count()
    page.locator("[data-select-all]").check()
    box = page.locator("[data-all-matching]")
    expect(box).to_be_visible()
    box.check()
    page.locator("[data-bulk] button[value=accept]").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator(".confirm-count")).to_contain_text("21")
    confirm_in(dialog)
    expect(dialog.locator(".report")).to_be_visible()
    with desk.server.session() as session:
        every = session.query(Complaint).count()
        accepted = session.query(Complaint).filter_by(state=State.ACCEPTED).count()
    assert accepted == every > shown


def test_cancelling_a_bulk_action_does_nothing(desk: Desk) -> None:
    desk.case("in_work")
    page = open_list(desk)
    rows(page).first.locator("[name=rowid]").check()
    page.locator("[data-bulk] button[value=supervise]").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("[name=demand]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert supervised(desk) == 0


def test_filters_narrow_the_list_and_stand_above_it(desk: Desk) -> None:
    desk.case("in_work", summary="电梯噪音")
    desk.case("registered", summary="物业收费")
    page = open_list(desk)
    page.locator("[data-open=filter-panel]").click()
    panel = page.locator("#filter-panel")
    expect(panel).to_be_visible()
    box = panel.locator('input[name="f.state"][value="in_work"]')
    if not box.is_visible():
        panel.locator("details:has(input[name='f.state']) summary").click()
    box.check()
    with page.expect_navigation():
        panel.locator(".dialog-foot .btn-main").click()
    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_contain_text("电梯噪音")
    expect(page.locator(".chip").first).to_contain_text("办理中")
    with page.expect_navigation():
        page.locator(".chip a").first.click()
    expect(rows(page)).to_have_count(2)


def test_columns_are_chosen_and_ordered(desk: Desk) -> None:
    desk.case("in_work")
    page = open_list(desk)
    before = heads(page)
    page.locator("[data-open=column-chooser]").click()
    chooser = page.locator("#column-chooser")
    fresh = chooser.locator("li:has(input[type=checkbox]:not(:checked):not(:disabled))").first
    label = fresh.locator("label").inner_text().strip()
    fresh.locator("input[type=checkbox]").check()
    moved = chooser.locator("li", has_text=label).first
    place = moved.evaluate("li => [...li.parentNode.children].indexOf(li)")
    moved.locator("[data-move='-1']").click()
    assert moved.evaluate("li => [...li.parentNode.children].indexOf(li)") == place - 1
    with page.expect_navigation():
        chooser.locator(".dialog-foot .btn-main").click()
    assert label in heads(page)
    assert len(heads(page)) == len(before) + 1
    page.locator("[data-open=column-chooser]").click()
    with page.expect_navigation():
        page.locator("#column-chooser [name=reset]").click()
    assert heads(page) == before


def test_a_view_is_saved_and_deleting_it_asks_first(desk: Desk) -> None:
    desk.case("in_work")
    desk.case("registered")
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/?f.state=in_work")
    page.locator("[data-open=save-view]").click()
    page.fill("#view-name", "在办的")
    with page.expect_navigation():
        page.locator("#save-view .btn-main").click()
    page.goto("/complaints/")
    with page.expect_navigation():
        page.locator(".view a", has_text="在办的").click()
    expect(rows(page)).to_have_count(1)
    page.locator(".view.is-active summary").click()
    page.locator(".view.is-active .is-bad").click()
    asked = page.locator("dialog[data-confirm-dialog]")
    expect(asked).to_be_visible()
    asked.locator("button[value=no]").click()
    expect(asked).to_have_count(0)
    assert saved_views(desk) == 1, "nothing on cancel"
    if not page.locator(".view.is-active .is-bad").is_visible():
        page.locator(".view.is-active summary").click()
    page.locator(".view.is-active .is-bad").click()
    with page.expect_navigation():
        page.locator("dialog[data-confirm-dialog] button[value=yes]").click()
    expect(page.locator(".view", has_text="在办的")).to_have_count(0)
    assert saved_views(desk) == 0


def saved_views(desk: Desk) -> int:
    with desk.server.session() as session:
        return session.query(SavedView).count()


def test_a_column_head_sorts_both_ways(desk: Desk) -> None:
    for _ in range(3):
        desk.case("registered")
    page = open_list(desk)
    numbers = page.locator("td.is-first")
    head = page.locator("th.col-number a")
    with page.expect_navigation():
        head.click()
    once = numbers.all_inner_texts()
    assert page.locator("th.col-number").get_attribute("aria-sort") in ("ascending", "descending")
    with page.expect_navigation():
        page.locator("th.col-number a").click()
    assert numbers.all_inner_texts() == once[::-1]
    assert sorted(once) in (once, once[::-1])


def test_one_click_exports_what_the_screen_shows(desk: Desk) -> None:
    desk.case("in_work", summary="电梯噪音")
    desk.case("registered", summary="物业收费")
    page = desk.page(R.FIRST_RECEIVER)
    page.goto("/complaints/?f.state=in_work")
    with page.expect_download() as caught:
        page.locator("form[data-export] button").first.click()
    assert re.search(r"[\u4e00-\u9fff].*\.xlsx$", caught.value.suggested_filename)
    sheet = openpyxl.load_workbook(BytesIO(Path(caught.value.path()).read_bytes())).worksheets[0]
    found = [row for row in sheet.iter_rows(min_row=2, values_only=True) if any(row)]
    assert len(found) == 1
    assert "电梯噪音" in found[0]


def test_keys_work_and_stay_out_of_the_way(desk: Desk) -> None:
    case = desk.case("in_work")
    page = open_list(desk, R.HANDLER)
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("/")
    expect(page.locator("[data-search]")).to_have_value("/")
    page.locator("main h1").click()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(rows(page).first.locator("[name=rowid]")).to_be_checked()
    page.goto(f"/complaints/{case}/")
    page.locator(".case-actions a[data-dialog]:visible").first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator(".dialog-foot")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("dialog[open] kbd").first).to_be_visible()


def test_language_and_appearance_are_kept(desk: Desk) -> None:
    page = open_list(desk)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.locator(".user-menu summary").click()
    with page.expect_navigation():
        page.locator("button[name=language][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/complaints/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator(".user-menu summary").click()
    page.locator("[data-set-theme=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_menu_opens_on_a_phone(desk: Desk) -> None:
    page = open_list(desk, width=375)
    menu = page.locator("#desk-menu")
    expect(menu).not_to_be_in_viewport()
    page.locator(".top-toggle").click()
    expect(menu).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(menu).not_to_be_in_viewport()
