"""The ledger in the browser: an old one comes in through the wizard, the list goes out with one click."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from models.enums import RoleName
from tests.factories.organisation import create_house
from tests.support.browser import People
from tests.support.server import DeskServer
from tests.support.workbooks import HEADINGS, by_calamine, old_ledger, write_sheet

SHOTS = os.environ.get("DESK_TEST_SCREENSHOTS", "")


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_in_through_the_wizard_and_out_with_one_click(
    people: People, desk_server: DeskServer, tmp_path: Path
) -> None:
    with desk_server.session() as session:
        house = create_house(session)
        session.commit()
        user_id = house[RoleName.FIRST_RECEIVER].id
    page = people.page_of(user_id)
    page.goto(f"{desk_server.url}/ledger/import")
    shoot(page, "import-1-upload")
    faulty = write_sheet(tmp_path / "有错.xlsx", [HEADINGS, (1, "王五", "噪音", "昨天", "太吵", "", "")])
    page.set_input_files("input[type=file]", str(faulty))
    page.get_by_role("button", name="读取文件").click()
    expect(page.get_by_text("有错.xlsx")).to_be_visible()
    page.get_by_role("button", name="试运行").click()
    expect(page.get_by_role("cell", name="留言时间")).to_be_visible()
    shoot(page, "import-2-faults")

    page.goto(f"{desk_server.url}/ledger/import")
    page.set_input_files("input[type=file]", str(old_ledger(tmp_path / "旧台账.xlsx", 40)))
    page.get_by_role("button", name="读取文件").click()
    expect(page.locator("select[name=map-3]")).to_have_value("received_at")
    shoot(page, "import-3-mapping")
    page.get_by_role("button", name="试运行").click()
    shoot(page, "import-4-dry-run")
    page.get_by_role("button", name="导入 40 行").click()
    expect(page.get_by_text("40").first).to_be_visible()
    shoot(page, "import-5-result")
    page.get_by_role("link", name="查看").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    shoot(page, "export-list")

    with page.expect_download() as waiting:
        page.locator("form[action='/ledger/export'] button").first.click()
    download = waiting.value
    assert download.suggested_filename.startswith("投诉台账-")
    assert download.suggested_filename.endswith(".xlsx")
    target = tmp_path / "out.xlsx"
    download.save_as(target)
    rows = by_calamine(target)
    heads = page.locator("thead th").all_inner_texts()
    # The last head stands over the buttons of each row.
    assert [*rows[0], "操作"] == [head.strip() for head in heads if head.strip()]
    assert len(rows) == 41
