"""Files of a case in the browser: dropped in, looked at, downloaded, withdrawn, without a policy violation."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page, expect

from models.enums import RoleName
from tests.factories.complaints import create_complaint
from tests.factories.organisation import create_house
from tests.support.browser import People
from tests.support.client import session_cookie
from tests.support.server import DeskServer
from tests.unit.attachments import samples

PICTURE, NOTE = "现场照片 01.png", "电话记录.txt"
TEXT = "来电记录:护士站"


def open_case(people: People, desk_server: DeskServer) -> Page:
    """The handler's page of a case of theirs."""
    with desk_server.session() as session:
        house = create_house(session)
        case = create_complaint(session, house)
        handler, address = house[RoleName.HANDLER].id, case.public_id
        session.commit()
    page = people.new_page()
    cookie = session_cookie(desk_server.app, handler)
    page.context.add_cookies([{"name": "session", "value": cookie, "url": desk_server.url}])
    page.goto(f"/complaints/{address}/")
    return page


def test_a_file_from_the_drop_zone_to_its_withdrawal(people: People, desk_server: DeskServer) -> None:
    page = open_case(people, desk_server)
    faults: list[str] = []  # of the opened pages, too
    page.context.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    files = [
        FilePayload(name=PICTURE, mimeType="image/png", buffer=samples.png(40, 30)),
        FilePayload(name=NOTE, mimeType="text/plain", buffer=TEXT.encode("gb18030")),
    ]
    page.set_input_files("#upload-files", files=files)
    page.fill("form.upload [name=note]", "护士站拍摄")
    page.locator("form.upload button.btn").last.click()
    shown = page.locator("#evidence li.file")
    expect(shown).to_have_count(2)
    expect(shown.first).to_contain_text("护士站拍摄")
    expect(page.locator("#timeline")).to_contain_text(PICTURE)

    with page.context.expect_page() as opened:
        shown.first.locator(".file-preview").click()
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("document.images[0].naturalWidth") == 40
    opened.value.close()

    text = page.context.new_page()
    text.goto(f"{shown.nth(1).locator('.file-text > a').get_attribute('href')}/preview")
    expect(text.locator("body")).to_have_text(TEXT)
    text.close()

    with page.expect_download() as download:
        shown.first.locator(".file-text > a").click()
    assert download.value.suggested_filename == PICTURE
    assert download.value.path().read_bytes() == samples.png(40, 30)

    shown.first.locator("details > summary").click()
    shown.first.locator("a[data-dialog]").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=reason]").fill("传错了")
    dialog.locator("button[name=confirmed]").click()
    expect(shown.first.locator(".tag-warn")).to_be_visible()
    assert faults == []


def test_what_is_refused_is_said_and_leaves_nothing(people: People, desk_server: DeskServer) -> None:
    page = open_case(people, desk_server)
    page.set_input_files(
        "#upload-files", files=[FilePayload(name="页面.html", mimeType="text/html", buffer=samples.HTML)]
    )
    page.locator("form.upload button.btn").last.click()
    expect(page.locator(".notice-bad, .notice-error").first).to_contain_text("页面.html")
    expect(page.locator("#evidence li.file")).to_have_count(0)
