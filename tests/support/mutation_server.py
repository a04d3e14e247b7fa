"""Runs tests of the tree it was started in, each run in a fork that has the imports behind it.

    python -m tests.support.mutation_server libraries|product

With `product` its source is imported once, which is right only while no source file changes. A line of JSON on the
standard input asks for a run: `clause`, `tests` (node ids) and `seconds`. A line of JSON answers: `exit` (pytest's own
code; null when the time ran out) and `output`.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, TextIO

import pytest

LIBRARIES = (
    "alembic.command",
    "docxtpl",
    "flask_admin.contrib.sqla",
    "flask_login",
    "flask_sqlalchemy",
    "flask_wtf",
    "hypothesis",
    "mako.template",
    "openpyxl",
    "playwright.sync_api",
    "psycopg",
    "pygments.lexers.javascript",
    "sqlalchemy.orm",
    "xlsxwriter",
)
"""What neither a changed procedure nor a changed source file has a part in."""


def import_libraries() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)


def import_product() -> None:
    """Importing reads no procedure: a run begun after this still meets the changed file."""
    importlib.import_module("app")
    from services.procedures import of_complaint

    importlib.import_module("tests.support.client")
    importlib.import_module("tests.factories")
    kept = of_complaint._parsed.cache_info()
    assert kept.currsize == 0, "a procedure was read while importing"


def migrated_template(folder: Path) -> Path:
    """A migrated SQLite file, made in a process of its own."""
    template = folder / "migrated.sqlite3"
    child = os.fork()
    if child == 0:
        from tests.support.databases import SqliteDatabase

        SqliteDatabase(folder / "desk.sqlite3", None).template.rename(template)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise RuntimeError("the migrations failed")
    return template


def run(asked: dict[str, Any], template: Path | None) -> dict[str, Any]:
    """What pytest says of the tests asked for, run in a fork of this process."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", suffix=".txt") as said:
        child = os.fork()
        if child == 0:
            _as_pytest(asked, said.name, template)
        status = _ended(child, asked["seconds"])
        return {"exit": status, "output": said.read()}


def _as_pytest(asked: dict[str, Any], said: str, template: Path | None) -> None:
    code = 3
    try:
        os.setsid()
        with open(said, "w", encoding="utf-8") as out:
            for stream in (1, 2):
                os.dup2(out.fileno(), stream)
        if template is not None:
            from tests.support.databases import TEMPLATE_SETTING

            os.environ[TEMPLATE_SETTING] = str(template)
        code = int(
            pytest.main(["-q", "-x", "-k", "not postgresql", "--clause", asked["clause"], *asked["tests"]])
        )
        sys.stdout.flush()
    finally:
        os._exit(code)


def _ended(child: int, seconds: float) -> int | None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def serve(questions: TextIO, answers: TextIO, with_product: bool) -> None:
    """Answer until the input ends."""
    import_libraries()
    with tempfile.TemporaryDirectory(prefix="migrated_") as folder:
        template = None
        if with_product:
            import_product()
            template = migrated_template(Path(folder))
        for line in questions:
            print(json.dumps(run(json.loads(line), template)), file=answers, flush=True)


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout, sys.argv[1] == "product")
