"""Every role follows every link of a desk in full use: nothing refused, nothing blocked, nothing wider than a phone."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from models import User
from models.enums import RoleName
from tests.factories.full_house import FullHouse, create_full_house
from tests.factories.ledger_files import keep_ledger_files
from tests.factories.organisation import create_house, create_organisation
from tests.factories.other_houses import ELSEWHERE
from tests.support.browser import People
from tests.support.server import DeskServer

PHONE = 375
ENGLISH = {"first_receiver", "investigator", "leader", "auditor"}
FILES = {
    "attachments.download",
    "attachments.preview",
    "document_forms.preview_on_accident",
    "document_forms.preview_on_complaint",
    "document_forms.procedure_description",
    "document_templates.download",
    "documents.pdf",
    "documents.word",
    "ledger.fetch",
    "ledger.marked",
    "reports.excel",
    "reports.word",
}
"""What the browser downloads instead of showing."""
SHOWN_TO_EVERYBODY = {"evidence", "in_work", "archived"}
"""Cases that every role opens in the browser; the others each in both languages, and everybody asks for their links."""
WITHOUT_LINK = {
    "static": "style sheets, scripts and pictures: loaded by every page, followed by none",
    "admin.static": "as static",
    "favicon": "asked for by browsers",
    "first_run.page": "404 as soon as the organisation exists; walked by the tests of the first run",
    "auth.login": "sends a signed-in person home; walked signed out below",
    "auth.reset": "shown to people without a session; walked signed out below",
    "complaint_steps.one_note": "the form stands on the page of the case",
    "figures.of_menu": "asked for by every page's script",
    "admin.index": "Flask-Admin's own start page: leads on to one's work",
}
"""Endpoints that no page links, with the reason. Look-ups answer the comboboxes, counts the scripts of their pages."""

LOOK = """(number) => ({
  lang: document.documentElement.lang,
  heads: document.querySelectorAll("main h1").length,
  width: document.scrollingElement.scrollWidth,
  secret: document.documentElement.outerHTML.includes(number),
  links: [...document.querySelectorAll("a[href]")].filter((a) => !a.href.includes("/-row-/"))
    .map((a) => [a.href, "dialog" in a.dataset])
    .concat([...document.querySelectorAll("[data-row-menu]:not([data-own-menu])")].flatMap((button) => {
      const row = button.closest("[data-row]").dataset.row;
      const menu = document.getElementById("row-menu");
      return button.dataset.rowMenu.split(" ").flatMap((at) => [...menu.children[at].querySelectorAll("a[href]")]
        .map((a) => [a.href.replace("/-row-/", `/${row}/`), "dialog" in a.dataset]));
    })),
})"""
WIDEST = """() => [...document.querySelectorAll("body *")]
  .filter((n) => n.getBoundingClientRect().right > innerWidth + 1 && !n.closest(".table-scroll, .side, [hidden]"))
  .map((n) => n.tagName + "." + n.className).slice(0, 4)"""
IN_DIALOG = """async (url) => {
  const opened = window.Desk.openDialog(url);
  const dialog = [...document.querySelectorAll("dialog[open]")].pop();
  for (let i = 0; i < 400 && dialog.querySelector(".dialog-wait"); i++) await new Promise((r) => setTimeout(r, 10));
  const seen = { title: Boolean(dialog.querySelector("h1, h2")), width: document.scrollingElement.scrollWidth,
    inner: dialog.scrollWidth - dialog.clientWidth, text: dialog.textContent.trim().length,
    links: [...dialog.querySelectorAll("a[href]")].map((a) => [a.href, "dialog" in a.dataset]) };
  dialog.close();
  return seen;
}"""


@dataclass
class Crawl:
    """What one person can reach, one address a rule (of complaints: one a state)."""

    app: Flask
    page: Page
    full: FullHouse
    role: str
    rules: set[str] = field(default_factory=set)
    seen: set[Any] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    shown: set[tuple[str, str]] = field(default_factory=set)
    """Cases that the browser has opened in a language, by whoever came first."""
    only: frozenset[str] | None = None
    """Endpoints to follow; all of them when none are named."""
    waiting: deque[tuple[str, bool, str]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.lang = "en" if self.role in ENGLISH else "zh-CN"

    def walk(self) -> None:
        self.offer([["/", False]], "start")
        while self.waiting:
            url, in_dialog, source = self.waiting.popleft()
            self.visit(url, in_dialog, source)

    def offer(self, links: list[Any], source: str) -> None:
        """Queue what has not been seen."""
        for href, in_dialog in links:
            url = urldefrag(href).url
            parts = urlsplit(url)
            if parts.netloc and f"{parts.scheme}://{parts.netloc}" != self.origin:
                self.faults.append(f"{source}: leads away to {url}")
                continue
            key, endpoint = self.key(parts.path, parts.query)
            if key is None:
                self.faults.append(f"{source}: no such route {parts.path}")
            elif key not in self.seen and (self.only is None or endpoint in self.only):
                self.seen.add(key)
                self.rules.add(endpoint)
                self.waiting.append((url, in_dialog, source))

    @property
    def origin(self) -> str:
        return "{0.scheme}://{0.netloc}".format(urlsplit(self.page.url))

    def is_shown(self, key: Any) -> bool:
        """Whether the browser opens it; a case in the states that somebody else has shown is only asked for."""
        _rule, case = key
        if not case or case in SHOWN_TO_EVERYBODY or (self.lang, case) not in self.shown:
            self.shown.add((self.lang, case))
            return True
        return False

    def key(self, path: str, query: str) -> tuple[Any, str]:
        try:
            rule, values = self.app.url_map.bind("localhost").match(path, "GET", return_rule=True)
        except HTTPException:
            return None, ""
        screen, _, view = rule.endpoint.partition(".")
        variant = self.full.variants.get((screen, values["address"]), "") if view == "details_view" else ""
        if rule.endpoint == "ledger.import_page" and "batch=" in query:
            variant = "batch"
        return (rule.rule, variant), rule.endpoint

    def visit(self, url: str, in_dialog: bool, source: str) -> None:
        if in_dialog:
            self.open_dialog(url, source)
            return
        path, query = urlsplit(url).path, urlsplit(url).query
        key, endpoint = self.key(path, query)
        if endpoint in FILES or not self.is_shown(key):
            asked = self.page.request.get(url)
            status = asked.status
            if status < 400 and "text/html" in asked.headers["content-type"]:
                self.read(path, asked.text())
        else:
            answer = self.page.goto(url)
            assert answer is not None
            status = answer.status
            if status < 400:
                self.judge(path, self.page.evaluate(LOOK, self.full.confidential_number))
        if status >= 400:
            self.faults.append(f"{source} links {path}: {status}")

    def read(self, path: str, html: str) -> None:
        """What a page links, without the browser."""
        self.check_secret(path, self.full.confidential_number in html)
        tags = re.findall(r"<a\b[^>]*>", html)
        found = [(re.search(r'href="([^"]*)"', tag), " data-dialog" in tag) for tag in tags]
        links = [(unescape(m[1]), flag) for m, flag in found if m]
        # What a menu shared by rows leads to is followed where the browser opens the list.
        self.offer([[urljoin(self.origin + path, a), flag] for a, flag in links if "/-row-/" not in a], path)

    def check_secret(self, path: str, is_shown: bool) -> None:
        if is_shown and self.role not in self.full.knows:
            self.faults.append(f"{path}: shows the confidential case")

    def judge(self, path: str, seen: dict[str, Any]) -> None:
        if seen["lang"] != self.lang:
            self.faults.append(f"{path}: lang is {seen['lang']}")
        if seen["heads"] != 1:
            self.faults.append(f"{path}: {seen['heads']} main headings")
        if seen["width"] > PHONE + 1:
            self.faults.append(f"{path}: {seen['width']} px wide: {self.page.evaluate(WIDEST)}")
        self.check_secret(path, seen["secret"])
        self.offer(seen["links"], path)

    def open_dialog(self, url: str, source: str) -> None:
        path = urlsplit(url).path
        with self.page.expect_response(lambda answer: urlsplit(answer.url).path == path) as caught:
            seen = self.page.evaluate(IN_DIALOG, url)
        if caught.value.status >= 400:
            self.faults.append(f"{source} opens {path}: {caught.value.status}")
            return
        if not seen["title"] or not seen["text"]:
            self.faults.append(f"{path}: the dialog has no title")
        if seen["width"] > PHONE + 1 or seen["inner"] > 1:
            self.faults.append(f"{path}: dialog too wide ({seen['width']}, {seen['inner']} over)")
        self.offer(seen["links"], path)


@pytest.mark.slow
def test_every_role_follows_every_link(people: People, desk_server: DeskServer) -> None:
    app = desk_server.app
    with desk_server.session() as session:
        settings = app.extensions["settings"]
        full = create_full_house(session, settings)
        with app.app_context():
            keep_ledger_files(session, settings, full.house)
        for role in RoleName:
            session.get_one(User, full.users[role.value]).locale = "en" if role in ENGLISH else "zh_Hans_CN"
        session.commit()
    faults: list[str] = []
    reached: set[str] = set()
    shown: set[tuple[str, str]] = set()
    for role in RoleName:
        page = people.page_of(full.users[role.value], width=PHONE, height=800)
        page.goto("/")
        before = len(people.faults)
        crawl = Crawl(app, page, full, role.value, shown=shown)
        crawl.walk()
        reached |= crawl.rules
        faults += [f"{role.value}: {one}" for one in (*crawl.faults, *people.faults[before:])]
        page.context.close()
    people.faults.clear()
    elsewhere = {endpoint for house in ELSEWHERE.values() for endpoint in house.endpoints}
    never = _pages(app) - reached - set(WITHOUT_LINK) - elsewhere
    assert not faults, "\n".join(sorted(set(faults)))
    assert not never, f"no page links: {sorted(never)}"


@pytest.mark.slow
@pytest.mark.parametrize("procedure", ELSEWHERE)
def test_pages_that_only_some_procedures_have(
    people: People, desk_server: DeskServer, procedure: str
) -> None:
    """What a hospital's desk does not link, looked at under a procedure that has it, by whoever finds the link."""
    app, there = desk_server.app, ELSEWHERE[procedure]
    now = datetime.now(UTC) - timedelta(days=2)
    with desk_server.session() as session:
        house = create_house(session, procedure)
        session.commit()
        pages = there.build(session, house, now)
        full = FullHouse(house, {role.value: user.id for role, user in house.people.items()})
        full.confidential_number, full.knows = "TSM-0000", frozenset()
        for role in RoleName:
            session.get_one(User, full.users[role.value]).locale = "en" if role in ENGLISH else "zh_Hans_CN"
        session.commit()
    faults: list[str] = []
    reached: set[str] = set()
    for role in RoleName:
        page = people.page_of(full.users[role.value], width=PHONE, height=800)
        page.goto("/")
        crawl = Crawl(app, page, full, role.value, only=there.endpoints)
        for path in pages:
            answer = page.goto(path)
            assert answer is not None
            if answer.status < 400:
                crawl.judge(path, page.evaluate(LOOK, full.confidential_number))
        while crawl.waiting:
            crawl.visit(*crawl.waiting.popleft())
        reached |= crawl.rules
        faults += [f"{role.value}: {one}" for one in crawl.faults]
        page.context.close()
    people.faults[:] = [
        one for one in people.faults if "status of 403" not in one and "status of 404" not in one
    ]
    assert not faults, "\n".join(sorted(set(faults)))
    assert there.endpoints <= reached, f"no page links: {sorted(there.endpoints - reached)}"


def test_the_reasons_are_about_routes_that_exist(desk_server: DeskServer) -> None:
    assert set(WITHOUT_LINK) <= {rule.endpoint for rule in desk_server.app.url_map.iter_rules()}


@pytest.mark.parametrize("path", ["/login", "/login/code"])
def test_pages_of_people_without_a_session(people: People, desk_server: DeskServer, path: str) -> None:
    with desk_server.session() as session:
        create_organisation(session)
        session.commit()
    page = people.new_page(width=PHONE)
    page.goto(path)
    seen = page.evaluate(LOOK, "-")
    assert (seen["lang"], seen["heads"]) == ("zh-CN", 1)
    assert seen["width"] <= PHONE + 1


def _pages(app: Flask) -> set[str]:
    """Endpoints that a link could lead to."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not re.search(r"\.(lookup|counts)$", rule.endpoint)
    }
