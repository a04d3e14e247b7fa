"""Takes the measurements: everybody in turn, several times, so that a slow minute of the machine hits all alike."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin

from benchmarks import web
from benchmarks.case import LAST, OURS, PageCase, ProgramCase
from benchmarks.data import Desk, fresh
from benchmarks.facts import Facts
from benchmarks.peers.columns import PAGE
from benchmarks.places import DESK_PYTHON, PEER_PYTHON, PORTS, ROOT

ROOTS = {
    "desk": "/complaints/",
    "flask_admin": "/admin/complaint/",
    "flask_admin_uncounted": "/admin/uncounted/",
    "django": "/admin/ledger/complaint/",
    "django_uncounted": "/admin/ledger/uncounted/",
}


@dataclass
class Figures:
    """What one subject took for one case: every time, and what else was told."""

    times: list[float] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    missing: str = ""
    """Why there is no time."""

    @property
    def median(self) -> float:
        return statistics.median(self.times)


@dataclass
class Result:
    """One case with everybody's figures."""

    name: str
    title: str
    figures: dict[str, Figures]
    goals: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        figures = {
            name: asdict(one) | {"median": one.median if one.times else None}
            for name, one in self.figures.items()
        }
        return {"name": self.name, "title": self.title, "figures": figures, "goals": self.goals}


Say = Callable[[str], None]


def run_pages(cases: list[PageCase], facts: Facts, repeats: int, say: Say) -> list[Result]:
    """The pages, with all three sites served at once; one request at a time."""
    browsers = browsers_of()
    found = []
    for case in cases:
        say(case.title.format(**asdict(facts)))
        figures = {subject: Figures() for subject in browsers}
        for turn in range(repeats + 1):
            for subject, browser in browsers.items():
                _one_page(case, subject, browser, facts, figures[subject], warm=turn > 0)
        title = case.title.format(**asdict(facts))
        found.append(Result(case.name, title, figures, [asdict(goal) for goal in case.goals]))
    return found


def _one_page(
    case: PageCase, subject: str, browser: web.Browser, facts: Facts, one: Figures, *, warm: bool
) -> None:
    """One request; the first of each site warms its caches up and shows whether it has such a page."""
    if one.missing:
        return
    try:
        path = _path(case, subject, browser, facts)
        if path is None:
            one.missing = "no such page"
            return
        answer = browser.page(path)
        if not warm and case.elsewhere and _numbers(answer) == _numbers(browser.page(root_of(subject))):
            one.missing = "shows its first page"
            return
    except RuntimeError as refused:
        one.missing = str(refused)
        return
    if warm:
        one.times.append(answer.seconds)
        one.told["bytes"] = len(answer.body)


def _numbers(answer: web.Answer) -> set[str]:
    """The complaints that a page shows."""
    return set(re.findall(r"\b[A-Z]{2}-\d{4}-\d{6}\b", answer.body.decode()))


def browsers_of() -> dict[str, web.Browser]:
    django = web.django_browser(PORTS["django"])
    return {
        "desk": web.desk_browser(PORTS["desk"], "leader"),
        "desk_handler": web.desk_browser(PORTS["desk"], "handler"),
        "flask_admin": web.Browser(PORTS["flask_admin"]),
        "flask_admin_uncounted": web.Browser(PORTS["flask_admin"]),
        "django": django,
        "django_uncounted": web.Browser(PORTS["django"], dict(django.cookies)),
    }


def root_of(subject: str) -> str:
    """The first page of the list, of the same length everywhere."""
    if subject in ("desk", "desk_handler"):
        return f"{ROOTS['desk']}?page_size={PAGE}"
    return f"{ROOTS[subject]}?"


def _path(case: PageCase, subject: str, browser: web.Browser, facts: Facts) -> str | None:
    query: str | None = getattr(
        case, "desk" if subject == "desk_handler" else subject.removesuffix("_uncounted")
    )
    if query is None or query.startswith("/"):
        return query
    if query == LAST:
        links = re.findall(r'href="([^"]*cursor=[^"]*)"', browser.page(root_of(subject)).body.decode())
        return urljoin(root_of(subject), unescape(links[-1])) if links else None
    return f"{root_of(subject)}&{facts.fill(query)}"


def run_program(case: ProgramCase, desk: Desk, server_url: str, repeats: int, say: Say) -> Result:
    """Exports or imports, each measurement in a process of its own."""
    figures = {subject: Figures() for subject in case.drivers}
    file = desk.folder / f"old-{case.rows}.xlsx"
    if case.imports and not file.exists():
        say(f"an old ledger of {case.rows:,} rows")
        _driver(desk, PEER_PYTHON, "benchmarks.drivers.old_ledger", str(file), str(case.rows))
    for turn in range(repeats):
        for subject, module in case.drivers.items():
            if turn >= case.repeats.get(subject, repeats):
                continue
            say(f"{case.title}: {subject}, {turn + 1} of {case.repeats.get(subject, repeats)}")
            one = figures[subject]
            try:
                told = _once(case, desk, server_url, subject, module, str(file))
            except RuntimeError as failed:
                one.missing = str(failed)[-500:]
                continue
            one.times.append(told.pop("seconds"))
            one.told = told
    return Result(case.name, case.title, figures, [asdict(goal) for goal in case.goals])


def _once(
    case: ProgramCase, desk: Desk, server_url: str, subject: str, module: str, file: str
) -> dict[str, Any]:
    ours = subject.startswith(OURS)
    python = DESK_PYTHON if ours else PEER_PYTHON
    if not case.imports:
        return _driver(desk, python, *module.split())
    if not ours:
        return _driver(desk, python, module, file)
    with fresh(desk, server_url) as empty:
        return _driver(empty, python, module, file)


def _driver(desk: Desk, python: Any, module: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(python), "-m", module, *arguments],
        cwd=ROOT,
        env=desk.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr}")
    line = next((each for each in done.stdout.splitlines() if each.startswith("RESULT ")), "RESULT {}")
    found: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
    return found
