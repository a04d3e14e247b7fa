"""A small HTTP client that keeps its connection and cookies; signing in; a page asked for from several connections."""

from __future__ import annotations

import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.places import PASSWORD

IDLE = 2.0
"""Seconds after which a connection is made anew: the servers end one that says nothing for five."""


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took: to the first byte of the body, and to the last."""

    status: int
    body: bytes
    location: str
    first: float
    seconds: float


@dataclass
class Browser:
    """One connection to one server."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=900)
        self._used = 0.0

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, form: dict[str, str]) -> Answer:
        return self._ask("POST", path, urlencode(form).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers["Referer"] = f"http://127.0.0.1:{self.port}{path}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if time.monotonic() - self._used > IDLE:
            self._connection.close()
            self._connection.connect()
        began = time.perf_counter()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        start = answer.read(1)
        first = time.perf_counter() - began
        whole = start + answer.read()
        seconds = time.perf_counter() - began
        self._used = time.monotonic()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, kept = value.split(";")[0].partition("=")
                self.cookies[key] = kept
        return Answer(answer.status, whole, answer.getheader("Location") or "", first, seconds)

    def page(self, path: str) -> Answer:
        """A page that must come: an error would be measured as speed."""
        answer = self.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path} on port {self.port}: status {answer.status}")
        return answer


def hidden(page: bytes, name: str) -> str:
    """The value of a hidden field."""
    text = page.decode()
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', text) or re.search(
        rf'value="([^"]+)"[^>]*name="{name}"', text
    )
    if found is None:
        raise RuntimeError(f"the page has no field {name}")
    return found[1]


def desk_browser(port: int, login: str) -> Browser:
    """Signed in on the desk."""
    browser = Browser(port)
    token = hidden(browser.page("/login").body, "csrf_token")
    answer = browser.post("/login", {"csrf_token": token, "username": login, "password": PASSWORD})
    if answer.status != 302:
        raise RuntimeError(f"{login} could not sign in: {answer.status}")
    return browser


def django_browser(port: int) -> Browser:
    """Signed in on the Django peer."""
    from benchmarks.peers.django_site.account import ACCOUNT

    browser = Browser(port)
    token = hidden(browser.page("/admin/login/").body, "csrfmiddlewaretoken")
    form = {"csrfmiddlewaretoken": token, "username": ACCOUNT[0], "password": ACCOUNT[1], "next": "/admin/"}
    if browser.post("/admin/login/", form).status != 302:
        raise RuntimeError("the account of the Django peer could not sign in")
    return browser


@dataclass(frozen=True)
class Load:
    """What a server managed under several connections."""

    requests: int
    seconds: float
    times: list[float]

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def under_load(port: int, cookies: dict[str, str], path: str, connections: int, seconds: float) -> Load:
    """The same page from so many connections, each asking again as soon as it has its answer."""
    until = time.perf_counter() + seconds
    times: list[float] = []
    faults: list[BaseException] = []

    def ask() -> None:
        browser = Browser(port, dict(cookies))
        try:
            while time.perf_counter() < until:
                times.append(browser.page(path).seconds)
        except BaseException as fault:
            faults.append(fault)

    began = time.perf_counter()
    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return Load(len(times), time.perf_counter() - began, times)
