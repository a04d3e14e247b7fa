"""What a page weighs: lists stay small, go out compressed, and their files are fetched once."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.enums import RoleName
from services.actor import SYSTEM
from tests.factories import House, create_complaint
from tests.web.screens.conftest import SignIn

TAKES_GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def twenty(session: Session, house: House) -> None:
    session.info["actor"] = SYSTEM
    for _ in range(20):
        create_complaint(session, house, "in_work")
    session.commit()


@pytest.mark.parametrize("role", [RoleName.LEADER, RoleName.HANDLER, RoleName.HEAD_OF_QUALITY])
def test_a_list_page_is_light(house: House, twenty: None, sign_in: SignIn, role: RoleName) -> None:
    page = sign_in(house[role]).get("/complaints/", headers=TAKES_GZIP)
    whole = gzip.decompress(page.data)
    assert whole.count(b"<tr data-row") == 20
    assert (len(whole), len(page.data)) < (60_000, 15_000)


def test_the_dialogs_of_a_list_come_when_they_are_opened(house: House, twenty: None, sign_in: SignIn) -> None:
    client = sign_in(house[RoleName.HANDLER])
    page = client.get("/complaints/?f.state=in_work&sort=-due_at").text
    assert 'id="filter-panel"' not in page and "data-open" in page
    [address] = re.findall(r'data-panels="([^"]+)"', page)
    dialogs = client.get(address.replace("&amp;", "&")).text
    for id in ("filter-panel", "column-chooser", "save-view"):
        assert f'id="{id}"' in dialogs
    assert "<html" not in dialogs and "<tr" not in dialogs
    assert re.search(r'name="f.state" value="in_work" checked', dialogs)
    assert '<input type="hidden" name="sort" value="-due_at">' in dialogs


def test_rows_share_a_menu_that_leads_to_each_of_them(house: House, twenty: None, sign_in: SignIn) -> None:
    page = sign_in(house[RoleName.HANDLER]).get("/complaints/").text
    menu = page[page.index('id="row-menu"') :]
    lines = re.findall(r'href="/complaints/-row-/([a-z_]+)"', menu)
    assert lines and len(lines) == len(set(lines))
    rows = re.findall(r'<tr data-row="(\w+)".*?data-row-menu="([\d ]+)"', page)
    assert len(rows) == 20
    for address, numbers in rows:
        assert f'<a href="/complaints/{address}/">' in page
        assert max(map(int, numbers.split())) < len(lines)


def test_whoever_takes_no_gzip_gets_the_page_as_it_is(house: House, sign_in: SignIn) -> None:
    client = sign_in(house[RoleName.HANDLER])
    plain = client.get("/complaints/", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in plain.headers and b"</html>" in plain.data
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_the_size_of_a_page_says_nothing_of_its_token(house: House, sign_in: SignIn) -> None:
    """BREACH: the same page has many sizes."""
    client = sign_in(house[RoleName.HANDLER])
    sizes = {len(client.get("/complaints/", headers=TAKES_GZIP).data) for _ in range(6)}
    assert len(sizes) > 1


def test_files_are_kept_for_good_under_the_hash_of_their_content(house: House, sign_in: SignIn) -> None:
    client: Any = sign_in(house[RoleName.HANDLER])
    page = client.get("/complaints/").text
    files = sorted(set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page)))
    assert len(files) > 10
    for address in files:
        answer = client.get(address, headers=TAKES_GZIP)
        assert re.search(r"\?h=[0-9a-f]{8}$", address) or "/vendor/" in address, address
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
        if answer.headers.get("Content-Encoding") == "gzip":
            assert gzip.decompress(answer.data) == client.get(address).data, address
            again = client.get(address, headers={**TAKES_GZIP, "If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304
    assert (
        sum("gzip" in client.get(a, headers=TAKES_GZIP).headers.get("Content-Encoding", "") for a in files)
        > 8
    )
