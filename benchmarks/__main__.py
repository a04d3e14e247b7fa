"""`python -m benchmarks`: seeds, serves, measures, and writes the results. See benchmarks/README.md."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from benchmarks import cases, reporting
from benchmarks.data import Desk, seeded, server
from benchmarks.facts import facts_of
from benchmarks.running import Result, run_pages, run_program
from benchmarks.served import run_beside, run_download, run_load
from benchmarks.servers import serving

FIRST_BYTE_OF = 10_000
"""Complaints in the export whose first byte is waited for."""
_PACKAGES = (
    "Django",
    "django-import-export",
    "Flask-Admin",
    "openpyxl",
    "rustpy-xlsxwriter",
    "SQLAlchemy",
    "tablib",
    "XlsxWriter",
)


def main() -> None:
    asked = _arguments()
    if asked.document:
        reporting.write_document()
        return
    for engine in ("sqlite", "postgresql") if asked.engine == "both" else (asked.engine,):
        with server(engine) as url:
            run = _run(engine, url, asked)
        print(reporting.printed(run))
        if asked.keep:
            print(f"\nwritten to {reporting.save(run)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--complaints", type=int, default=1_000_000, help="how many the lists have")
    parser.add_argument("--repeats", type=int, default=7, help="of each page")
    parser.add_argument("--program-repeats", type=int, default=3, help="of each export and import")
    parser.add_argument("--load-seconds", type=float, default=10, help="of the first page under load")
    parser.add_argument("--largest", type=int, default=1_000_000, help="no export or import of more rows")
    parser.add_argument("--only", default="", help="cases whose name begins so, with commas")
    parser.add_argument("--keep", action="store_true", help="write results and plot into benchmarks/results")
    parser.add_argument(
        "--document", action="store_true", help="only put kept results into docs/performance.md"
    )
    return parser.parse_args()


def _run(engine: str, url: str, asked: argparse.Namespace) -> dict[str, Any]:
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"[{time.monotonic() - began:6.0f} s] {what}", file=sys.stderr, flush=True)

    def wanted(name: str) -> bool:
        return not asked.only or name.startswith(tuple(asked.only.split(",")))

    desk = seeded(engine, asked.complaints, url)
    found = _programs(engine, url, asked, wanted, say)
    pages = [case for case in cases.pages() if wanted(case.name)]
    served: dict[str, Callable[[], Result]] = {
        "load": lambda: run_load(asked.load_seconds, 3, say),
        "beside": lambda: run_beside(desk, asked.repeats, say),
    }
    if desk.count == FIRST_BYTE_OF:
        served["first_byte"] = lambda: run_download(asked.program_repeats, say)
    chosen = [work for name, work in served.items() if wanted(name)]
    if pages or chosen:
        with serving(desk):
            found = run_pages(pages, facts_of(desk), asked.repeats, say) + found
            found += [work() for work in chosen]
    if wanted("first_byte") and "first_byte" not in served:
        with serving(seeded(engine, FIRST_BYTE_OF, url)):
            found.append(run_download(asked.program_repeats, say))
    return _described(desk, found)


def _programs(engine: str, url: str, asked: argparse.Namespace, wanted: Any, say: Any) -> list[Result]:
    found = []
    for case in cases.programs():
        if not wanted(case.name) or case.rows > asked.largest:
            continue
        size = asked.complaints if case.imports else case.rows
        if case.imports and size < case.rows:
            size = case.rows
        desk = seeded(engine, size, url)
        found.append(run_program(case, desk, url, asked.program_repeats, say))
    return found


def _described(desk: Desk, found: list[Result]) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "engine": desk.engine,
        "complaints": desk.count,
        "seeding": desk.seeding,
        "versions": {name: version(name) for name in _PACKAGES},
        "cases": [one.as_json() for one in found],
    }


main()
