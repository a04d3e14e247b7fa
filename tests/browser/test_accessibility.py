"""axe-core finds nothing serious on the main pages, in light and in dark, on the desk and on a phone.

axe puts a style of its own on the page, which the policy forbids: it is off here, and tested everywhere else.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from models.enums import RoleName
from tests.browser.conftest import Desk
from tests.factories.full_house import create_full_house
from tests.support.browser import People
from tests.support.server import DeskServer

R = RoleName
GRAVE = {"serious", "critical"}
OPTIONS = {"resultTypes": ["violations"], "preload": False}
"""Preloading fetches the style sheets once more, from where they are not."""
ADDRESSES = {
    "worklist": "/",
    "list": "/complaints/",
    "case": "/complaints/{evidence}/",
    "registration": "/complaints/new/",
    "import": "/ledger/import",
    "record": "/investigations/",
    "notices": "/notices/",
    "calendar": "/calendar/",
    "departments": "/departments/",
    "lifecycle": "/lifecycle",
    "users": "/users/",
    "procedures": "/procedures/",
    "jobs": "/jobs/",
    "correction": "/complaints/{registered}/edit/",
    "merged case": "/complaints/{merged}/",
    "archived case": "/complaints/{archived}/",
}


def violations(page: Page, where: str) -> list[str]:
    """What axe calls serious or critical, each with the first elements it is about."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{where}: {one['id']} ({one['help']}): "
        + "; ".join(" ".join(map(str, node["target"])) for node in one["nodes"][:3])
        for one in found
        if one["impact"] in GRAVE
    ]


def wear(page: Page, theme: str) -> None:
    page.context.add_cookies([{"name": "desk_theme", "value": theme, "url": page.url}])


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_main_pages(people: People, desk_server: DeskServer, theme: str) -> None:
    with desk_server.session() as session:
        full = create_full_house(session, desk_server.app.extensions["settings"])
        receiver = full.users[R.FIRST_RECEIVER.value]
    stranger = people.new_page(bypass_csp=True)
    stranger.goto("/login")
    wear(stranger, theme)
    stranger.reload()
    found = violations(stranger, "login")
    page = people.page_of(receiver, bypass_csp=True)
    page.goto("/")
    wear(page, theme)
    for name, address in ADDRESSES.items():
        page.goto(address.format(**full.cases))
        assert page.locator("html").get_attribute("data-theme") == theme
        found += violations(page, name)
    page.goto("/investigations/")
    with page.expect_navigation():
        page.locator("td.is-first a").first.click()
    found += violations(page, "details")
    page.goto("/complaints/")
    page.locator("[data-open=filter-panel]").click()
    found += violations(page, "filter panel")
    page.keyboard.press("Escape")
    page.locator("[data-open=column-chooser]").click()
    found += violations(page, "column chooser")
    page.goto(f"/complaints/{full.cases['registered']}/")
    page.locator(".case-actions a[data-dialog]:visible").first.click()
    expect(page.locator("dialog[open] .dialog-foot")).to_be_visible()
    found += violations(page, "dialog")
    assert not found, "\n".join(found)


@pytest.mark.tolerates("status of 422")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_with_faults_shown(desk: Desk, theme: str) -> None:
    page = desk.page(R.FIRST_RECEIVER, width=375, bypass_csp=True)
    desk.case("in_work")
    page.goto("/complaints/")
    wear(page, theme)
    page.reload()
    found = violations(page, "list")
    page.locator(".top-toggle").click()
    found += violations(page, "menu")
    page.goto("/complaints/new/")
    with page.expect_navigation():
        page.locator(".form-bar .btn-main").click()
    expect(page.locator(".error-summary")).to_be_visible()
    found += violations(page, "registration with faults")
    assert not found, "\n".join(found)
