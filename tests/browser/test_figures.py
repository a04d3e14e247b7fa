"""Figures that come after the page: nothing moves for them, and without a script there are none."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from models import User
from models.enums import RoleName
from tests.browser.conftest import Desk

PLACES = ".side-group a, .side-label, .top-bell, .view, .view > a, .list-bar > *, [data-row], .pager > *"


def places(page: Page) -> list[list[float]]:
    found: list[list[float]] = page.locator(PLACES).evaluate_all(
        "nodes => nodes.map(n => { const b = n.getBoundingClientRect(); return [b.x, b.y, b.width, b.height] })"
    )
    return found


@pytest.mark.parametrize("width", [1440, 375])
@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_nothing_moves_when_the_figures_come(desk: Desk, width: int, language: str) -> None:
    for _ in range(23):
        desk.case("dispatched")
    held: list[Route] = []
    with desk.server.session() as session:
        session.get_one(User, desk.users[RoleName.HANDLER]).locale = language
        session.commit()
    page = desk.page(RoleName.HANDLER)
    page.set_viewport_size({"width": width, "height": 900})
    for address in ("**/figures", "**/complaints/counts*"):
        page.route(address, lambda route: held.append(route))
    page.goto("/complaints/")
    expect(page.locator("[data-row]")).to_have_count(20)
    page.wait_for_load_state("load")
    assert not [text for text in page.locator("[data-figure], [data-tab-count]").all_inner_texts() if text]
    before = places(page)
    assert len(held) == 2 and len(before) > 40
    for route in held:
        route.continue_()
    expect(page.locator("[data-figure=to_sign]")).to_have_text("23")
    expect(page.locator("[data-tab-count]").first).to_have_text("23")
    expect(page.locator("[data-count=rows]")).to_contain_text("23")
    assert places(page) == before
    assert page.locator("[data-page]").get_attribute("max") == "2"


def test_all_that_match_are_said_once_they_are_counted(desk: Desk) -> None:
    for _ in range(22):
        desk.case("in_work")
    page = desk.page(RoleName.FIRST_RECEIVER)
    page.goto("/complaints/")
    page.locator("[data-select-all]").check()
    expect(page.locator(".bulk-all")).to_contain_text("22")
    expect(page.locator("[data-bulk-count]")).to_contain_text("20")
    page.locator("[data-all-matching]").check()
    expect(page.locator("[data-bulk-count]")).to_contain_text("22")


def test_rows_and_their_buttons_bear_their_names(desk: Desk) -> None:
    desk.case("in_work", summary="候诊太久")
    page = desk.page(RoleName.FIRST_RECEIVER)
    page.goto("/complaints/")
    number = page.locator("td.is-first").inner_text()
    assert page.locator("[name=rowid]").get_attribute("aria-label") == f"选择 {number}"
    assert page.locator("[data-row-menu]").get_attribute("aria-label") == f"{number} 的操作"


def test_a_page_without_a_script_has_no_figures(desk: Desk) -> None:
    desk.case("dispatched")
    page = desk.page(RoleName.HANDLER, java_script_enabled=False)
    page.goto("/complaints/")
    expect(page.locator("[data-row]")).to_have_count(1)
    assert not [text for text in page.locator(".side .count, .view .count").all_inner_texts() if text.strip()]
    assert page.locator(".side .count").count() > 3 and not page.locator(".side .count:visible").count()
    expect(page.locator(".pager-text")).to_contain_text("第 1–1 条，共 1 条")
