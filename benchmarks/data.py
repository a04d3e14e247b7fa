"""The databases that everybody is measured on: seeded once, kept in var/bench, the same for desk and peers."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.places import DATA, DESK_PYTHON, ROOT

SEED = 2026


@dataclass
class Desk:
    """A seeded desk: its folder, its database, and the environment that its commands need."""

    engine: str
    count: int
    folder: Path
    url: str
    seeding: float = 0.0
    """Seconds that the seeding took."""
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environment = {
            **os.environ,
            "DESK_MODE": "demonstration",
            "DESK_DATA_DIR": str(self.folder),
            "DESK_DATABASE_URL": self.url,
            "BENCH_DATABASE_URL": self.url.replace("postgresql://", "postgresql+psycopg://"),
            "BENCH_FOLDER": str(self.folder),
            "PYTHONPATH": str(ROOT),
        }

    def flask(self, *arguments: str) -> str:
        """A command of the desk; its output."""
        command = [str(DESK_PYTHON), "-m", "flask", "--app", "app", "desk", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout


@contextmanager
def server(engine: str) -> Iterator[str]:
    """The address of the database server for this engine ("" on SQLite), running meanwhile."""
    if engine == "sqlite":
        yield ""
        return
    DATA.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [str(DESK_PYTHON), "-m", "benchmarks.postgres", str(DATA / "postgresql")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    try:
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError("the PostgreSQL of the benchmark did not start")
        yield url
    finally:
        process.stdin.close()
        process.wait(60)


def seeded(engine: str, count: int, server_url: str) -> Desk:
    """The desk with this many complaints; made when it is not there or was made by another version."""
    folder = DATA / f"{engine}-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"bench_{count}"
    url = f"sqlite:///{folder / 'desk.sqlite3'}" if engine == "sqlite" else _at(server_url, name)
    desk = Desk(engine, count, folder, url)
    mark = folder / "seeded.json"
    if mark.exists():
        desk.seeding = json.loads(mark.read_text())["seconds"]
        desk.flask("db", "upgrade")
        return desk
    _empty(desk, server_url, name)
    began = time.monotonic()
    print(f"seeding {count:,} complaints on {engine} …", flush=True)
    desk.flask("seed", "--complaints", str(count), "--seed", str(SEED))
    desk.seeding = time.monotonic() - began
    mark.write_text(json.dumps({"seconds": desk.seeding, "complaints": count, "seed": SEED}))
    return desk


def _at(server_url: str, name: str) -> str:
    head, mark, query = server_url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}{mark}{query}"


def _empty(desk: Desk, server_url: str, name: str) -> None:
    if desk.engine == "sqlite":
        for file in desk.folder.glob("desk.sqlite3*"):
            file.unlink()
        return
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())


@contextmanager
def fresh(desk: Desk, server_url: str) -> Iterator[Desk]:
    """A desk without complaints, set up as this one: what imports are written into. Gone afterwards."""
    folder = DATA / f"{desk.engine}-import"
    folder.mkdir(parents=True, exist_ok=True)
    name = "bench_import"
    url = f"sqlite:///{folder / 'desk.sqlite3'}" if desk.engine == "sqlite" else _at(server_url, name)
    one = Desk(desk.engine, 0, folder, url)
    _empty(one, server_url, name)
    one.flask("demo", "--complaints", "0")
    try:
        yield one
    finally:
        _empty(one, server_url, name)
