"""Chromium through Playwright; whatever a page reports as wrong fails the test that opened it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.support.client import session_cookie
from tests.support.server import DeskServer

CHROMIUM_SETTING = "DESK_TEST_CHROMIUM"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


def chromium() -> str | None:
    """Path of a Chromium on this machine, None when there is none."""
    named = os.environ.get(CHROMIUM_SETTING)
    return named or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


class People:
    """Opens one page a person, each with cookies of its own, and collects what goes wrong in any of them."""

    def __init__(self, browser: Browser, server: DeskServer, tolerated: tuple[str, ...] = ()) -> None:
        self._browser = browser
        self._app = server.app
        self._base_url = server.url
        self._tolerated = tolerated
        self._contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def new_page(self, locale: str = "zh-CN", width: int = 1280, height: int = 900, **options: Any) -> Page:
        """A page of a person who is not signed in; addresses may start with "/"."""
        context = self._browser.new_context(
            base_url=self._base_url, locale=locale, viewport={"width": width, "height": height}, **options
        )
        context.set_default_timeout(10_000)
        context.add_init_script(REPORT_VIOLATIONS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._note(f"page error: {error}"))
        return page

    def page_of(self, user_id: int, **options: Any) -> Page:
        """A page of somebody who has signed in already (without the cost of the password)."""
        page = self.new_page(**options)
        page.context.add_cookies(
            [{"name": "session", "value": session_cookie(self._app, user_id), "url": self._base_url}]
        )
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console: {message.text} ({message.location.get('url', '')})")

    def _note(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in self._tolerated):
            self.faults.append(text)
