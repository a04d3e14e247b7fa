"""Figures that a page does not wait for: what they say is what the lists behind them hold."""

from __future__ import annotations

import re
from html import unescape

import pytest

from models.enums import RoleName
from tests.support.client import DeskClient
from tests.web.complaints.desk import Desk

R = RoleName
READERS = [role for role in R if role is not R.ADMINISTRATOR]
LISTS = {
    "mine": "/complaints/?f.mine=1&f.open=1",
    "overdue": "/complaints/?f.overdue=1",
    "to_sign": "/complaints/?f.to_sign=1",
    "major": "/complaints/?f.major=1",
}


def lines(client: DeskClient, url: str) -> int:
    page = client.get(f"{url}&page_size=200").text
    return len(re.findall(r"<tr data-row", page))


def counts_of(client: DeskClient, url: str) -> dict[str, object]:
    """What the page behind `url` is told when it asks for its counts."""
    page = client.get(url).text
    [address] = re.findall(r'data-counts="([^"]+)"', page)
    answer = client.get(unescape(address), headers={"X-Desk-Fragment": "1"})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    return dict(answer.get_json())


@pytest.mark.parametrize("role", READERS)
def test_the_menu_is_told_what_its_lists_hold(desk: Desk, role: RoleName) -> None:
    desk.fresh("in_work")
    desk.fresh("dispatched")
    client = desk.client(role)
    told = client.get("/figures").get_json()
    assert {key: told[key] or "0" for key in LISTS} == {
        key: str(lines(client, url)) for key, url in LISTS.items()
    }


def test_the_figures_are_those_of_several_people(desk: Desk) -> None:
    told = {role: desk.client(role).get("/figures").get_json() for role in READERS}
    assert told[R.HANDLER]["mine"] and told[R.HANDLER]["mine"] != told[R.LEADER]["mine"]
    assert any(one["to_sign"] for one in told.values()) and any(one["overdue"] for one in told.values())
    assert set(desk.client(R.ADMINISTRATOR).get("/figures").get_json()) == {"notices"}


@pytest.mark.parametrize("role", READERS)
def test_tabs_are_told_what_their_lists_hold(desk: Desk, role: RoleName) -> None:
    client = desk.client(role)
    page = client.get("/complaints/").text
    views = re.search(r'<nav class="views".*?</nav>', page, re.S)
    assert views is not None
    links = re.findall(r'href="(/complaints/[^"]*)"', views[0])
    told = counts_of(client, "/complaints/")["tabs"]
    assert len(links) == 5 and all("?" in link for link in links[1:])
    held = [lines(client, unescape(link) if "?" in link else f"{link}?") for link in links]
    assert told == [str(min(number, 99)) + ("+" if number > 99 else "") for number in held]


def test_a_page_has_no_figure_of_its_own(desk: Desk) -> None:
    client = desk.client(R.LEADER)
    with desk.statements() as sent:
        page = client.get("/complaints/").text
    assert not [one for one in sent if "count(" in one.lower() and "complaints" in one.lower()]
    assert not re.findall(r'<span class="count[^>]*>\d', page)
    assert len(re.findall(r'data-figure="\w+" hidden', page)) > 4


def test_the_length_of_a_list_is_said_for_each_of_its_pages(desk: Desk) -> None:
    client = desk.client(R.LEADER)
    whole = lines(client, "/complaints/?")
    assert 20 < whole < 200
    last = -(-whole // 20)
    first = counts_of(client, "/complaints/")
    assert first["rows"] == f"第 1–20 条，共 {whole} 条" and first["pages"] == f"共 {last} 页"
    assert (first["page"], first["last_page"], first["matching"]) == (1, last, str(whole))
    page = client.get("/complaints/").text
    links = dict(re.findall(r'href="([^"]+)"[^>]*aria-label="(下一页|末页)"', page))
    by_name = {name: unescape(url) for url, name in links.items()}
    second = counts_of(client, by_name["下一页"])
    assert str(second["rows"]).startswith("第 21–") and second["page"] == 2
    end = counts_of(client, by_name["末页"])
    assert end["rows"] == f"第 {whole - 19}–{whole} 条，共 {whole} 条"
    assert "最后 20 条" in client.get(by_name["末页"]).text


def test_what_is_known_is_said_at_once(desk: Desk) -> None:
    client = desk.client(R.LEADER)
    [number] = re.findall(r"TS-\d{4}-\d+", client.get("/complaints/?f.overdue=1").text)[:1]
    page = client.get(f"/complaints/?q={number}").text
    assert "第 1–1 条，共 1 条" in page
    assert list(counts_of(client, f"/complaints/?q={number}")) == ["tabs"]
    assert "pager-jump" not in page


def test_counts_are_for_whoever_may_read_the_list(desk: Desk) -> None:
    assert desk.app.test_client().get("/figures", headers={"X-Desk-Fragment": "1"}).status_code == 401
    assert desk.client(R.ADMINISTRATOR).get("/complaints/counts").status_code == 403
    outsider = desk.client(desk.house.outsider)
    with_rows = outsider.get("/complaints/counts?rows=1&before=0").get_json()
    assert with_rows["matching"] == str(lines(outsider, "/complaints/?"))
    odd = outsider.get("/complaints/counts?rows=x&before=-1&is_last=2&cursor=zzz").get_json()
    assert list(odd) == ["tabs"]


def menu(client: DeskClient, url: str) -> str:
    found = re.search(r'<nav class="side".*?</nav>', client.get(url).text, re.S)
    assert found is not None
    return found[0]


def test_a_menu_kept_as_drawn_is_that_of_its_reader(desk: Desk) -> None:
    urls = ("/", "/complaints/", "/complaints/?f.overdue=1", "/notices/", "/complaints/new/?x=1")
    asked = [
        (role, url) for role in R for url in urls if role is not R.ADMINISTRATOR or "complaints" not in url
    ]
    asked = [one for one in asked if one[0] is not R.AUDITOR or "new" not in one[1]]
    kept = {one: menu(desk.client(one[0]), one[1]) for one in asked}
    drawn = desk.app.extensions["drawn_menus"]
    for role, url in asked:
        drawn.clear()
        assert menu(desk.client(role), url) == kept[role, url], (role, url)
        assert len(drawn) == 1
    assert len(set(kept.values())) > 20
    english = desk.client(R.LEADER)
    with english.session_transaction() as session:
        session["locale"] = "en"
    assert "Complaints" in menu(english, "/") and "投诉" not in menu(english, "/")
    unfolding = desk.client(R.LEADER)
    unfolding.set_cookie("desk_menu", "papers")
    assert menu(unfolding, "/").count(" open>") == kept[R.LEADER, "/"].count(" open>") + 1
