"""What is measured of running sites beside single pages: under load, beside exports, and the download itself."""

from __future__ import annotations

import statistics
import subprocess
from dataclasses import asdict
from html import unescape

from benchmarks import servers, web
from benchmarks.case import PAGES, Goal
from benchmarks.data import Desk
from benchmarks.places import DESK_PYTHON, PORTS, ROOT
from benchmarks.running import Figures, Result, Say, browsers_of, root_of

CONNECTIONS = 8
EXPORTS = 3


def run_load(seconds: float, repeats: int, say: Say) -> Result:
    """The first page asked for by eight connections at once."""
    say(f"first page, {CONNECTIONS} connections")
    browsers = browsers_of()
    figures = {subject: Figures() for subject in PAGES}
    for _ in range(repeats):
        for subject, one in figures.items():
            port, cookies = PORTS[subject.removesuffix("_uncounted")], browsers[subject].cookies
            load = web.under_load(port, cookies, root_of(subject), CONNECTIONS, seconds)
            one.times.append(1 / load.per_second)
            one.told = {
                "per_second": load.per_second,
                "p50": load.percentile(0.5),
                "p99": load.percentile(0.99),
            }
    goal = asdict(Goal(("flask_admin_uncounted",), at_least=2.0))
    title = f"first page under load ({servers.WORKERS} workers, {CONNECTIONS} connections)"
    return Result("load", title, figures, [goal])


def run_download(repeats: int, say: Say) -> Result:
    """The export button: how long until the first byte of the workbook comes."""
    say("first byte of an export")
    browsers = browsers_of()
    figures = {subject: Figures() for subject in ("desk", "flask_admin")}
    for _ in range(repeats):
        page = browsers["desk"].page(root_of("desk")).body
        form = {
            "csrf_token": web.hidden(page, "csrf_token"),
            "query": unescape(web.hidden(page, "query")),
        }
        _note(figures["desk"], browsers["desk"].post("/ledger/export", form))
        _note(figures["flask_admin"], browsers["flask_admin"].get("/admin/complaint/export/xlsx/"))
    return Result("first_byte", "first byte of an export", figures, [asdict(Goal(under=1.0))])


def _note(one: Figures, answer: web.Answer) -> None:
    if answer.status != 200 or not answer.body.startswith(b"PK"):
        one.missing = f"no workbook: status {answer.status}"
        return
    one.times.append(answer.first)
    one.told["bytes"] = len(answer.body)


def run_beside(desk: Desk, repeats: int, say: Say) -> Result:
    """The first page while three exports of everything go on beside it."""
    say(f"first page beside {EXPORTS} exports")
    browser = browsers_of()["desk"]
    idle = statistics.median([browser.page(root_of("desk")).seconds for _ in range(repeats + 1)][1:])
    exports = [_export(desk) for _ in range(EXPORTS)]
    try:
        for export in exports:
            _await_start(export)
        beside: list[float] = []
        while all(export.poll() is None for export in exports) and len(beside) < 10 * repeats:
            beside.append(browser.page(root_of("desk")).seconds)
    finally:
        for export in exports:
            export.terminate()
            export.wait(60)
    figures = {"desk": Figures(times=beside, told={"idle_page": idle})}
    if not beside:
        figures["desk"].missing = "the exports were done before a page came"
    return Result("beside", f"first page beside {EXPORTS} exports", figures, [asdict(Goal(under=2 * idle))])


def _export(desk: Desk) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(DESK_PYTHON), "-m", "benchmarks.drivers.export_desk"],
        cwd=ROOT,
        env=desk.environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def _await_start(export: subprocess.Popen[str]) -> None:
    """Until it has imported everything and begins: the driver says so."""
    assert export.stdout
    for line in export.stdout:
        if line.startswith("BEGINS"):
            return
