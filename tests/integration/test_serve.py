"""`flask desk serve` as a person starts it: real processes, real signals."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

import database
from services import schema
from settings import ROOT
from tests.support.databases import Databases

SERVE = [sys.executable, "-m", "flask", "--app", "app", "desk", "serve"]
READY = re.compile(r"ready: (http://\S+)/")


def environment(folder: Path, **changed: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DESK_")}
    own = {
        "DESK_DATA_DIR": str(folder),
        "DESK_PORT": "0",
        "DESK_MODE": "production",
        "DESK_SECRET_KEY": "k2J8-qm4Xw91-ZrT7-uPc3-Lv6H-yb0N",
    }
    return kept | own | changed


class Desk:
    """A desk started by the command; `lines` is what it has printed."""

    def __init__(self, folder: Path, **changed: str) -> None:
        self.process = subprocess.Popen(
            SERVE,
            cwd=ROOT,
            env=environment(folder, **changed),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.url = self._wait_until_ready()
        self.children = psutil.Process(self.process.pid).children(recursive=True)

    def _wait_until_ready(self, seconds: float = 60) -> str:
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([self.process.stdout], [], [], 0.5)[0]:
                line = self.process.stdout.readline()
                self.lines.append(line)
                if found := READY.search(line):
                    return found.group(1)
                if not line:
                    break
        raise AssertionError("the desk did not start:\n" + "".join(self.lines))

    def names(self) -> set[str]:
        commands = [" ".join(child.cmdline()) for child in self.children]
        return {name for name in ("gunicorn", "worker") for command in commands if f"-m {name}" in command}

    def wait_for_children_to_end(self, seconds: float) -> list[psutil.Process]:
        return psutil.wait_procs(self.children, timeout=seconds)[1]

    def close(self) -> None:
        for child in (
            [*self.children, psutil.Process(self.process.pid)] if self.process.poll() is None else []
        ):
            child.kill()
        self.process.communicate()


@pytest.fixture
def desk(shared_folder: Path) -> Iterator[Desk]:
    started = Desk(shared_folder)
    yield started
    started.close()


def answers(url: str) -> bool:
    """Whether something speaks HTTP there, whatever it says."""
    try:
        urllib.request.urlopen(url, timeout=10).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_web_server_and_worker(desk: Desk, number: signal.Signals) -> None:
    assert desk.names() == {"gunicorn", "worker"}
    assert answers(desk.url)
    desk.process.send_signal(number)
    output, _ = desk.process.communicate(timeout=30)
    assert desk.process.returncode == 0, output
    assert output.endswith("The desk has stopped.\n")
    assert "Traceback" not in output
    assert desk.wait_for_children_to_end(1) == []
    assert not answers(desk.url)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_no_child_outlives_a_supervisor_that_was_killed(desk: Desk) -> None:
    desk.process.kill()
    assert desk.wait_for_children_to_end(30) == []


def test_a_child_that_dies_at_once_ends_the_desk(desk: Desk) -> None:
    next(child for child in desk.children if "-m worker" in " ".join(child.cmdline())).kill()
    output, _ = desk.process.communicate(timeout=30)
    assert desk.process.returncode == 1
    assert "worker stopped unexpectedly" in output
    assert desk.wait_for_children_to_end(1) == []


def test_it_serves_from_postgresql(databases: Databases, shared_folder: Path) -> None:
    url = databases.empty_url("postgresql")
    desk = Desk(shared_folder, DESK_DATABASE_URL=url)
    assert answers(desk.url)
    assert schema.state_of(url) is schema.SchemaState.CURRENT
    desk.process.send_signal(signal.SIGINT)
    output, _ = desk.process.communicate(timeout=30)
    assert desk.process.returncode == 0, output
    assert not (shared_folder / "desk.sqlite3").exists()


def test_a_second_start_keeps_the_data(shared_folder: Path) -> None:
    keys = []
    for expected in (0, 1):
        desk = Desk(shared_folder)
        desk.process.send_signal(signal.SIGINT)
        desk.process.communicate(timeout=30)
        engine = database.make_engine(f"sqlite:///{shared_folder / 'desk.sqlite3'}")
        with engine.begin() as connection:
            assert (
                connection.scalar(sa.text("SELECT count(*) FROM number_series WHERE prefix = 'kept'"))
                == expected
            )
            connection.execute(
                sa.text(
                    "INSERT INTO number_series (prefix, year, is_confidential, last)"
                    " SELECT 'kept', 2026, false, 7 WHERE NOT EXISTS"
                    " (SELECT 1 FROM number_series WHERE prefix = 'kept')"
                )
            )
        engine.dispose()
        keys.append((shared_folder / "field_key").read_text())
    assert keys[0] == keys[1]


def refused(folder: Path, **changed: str) -> str:
    """The one line with which a start ends that must not succeed."""
    ended = subprocess.run(
        SERVE, cwd=ROOT, env=environment(folder, **changed), capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1, ended
    assert ended.stdout == ""
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    return lines[0]


def test_a_taken_port_is_told(shared_folder: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} on 127.0.0.1 is taken" in refused(shared_folder, DESK_PORT=str(port))
    assert not (shared_folder / "desk.sqlite3").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "data folder" in refused(tmp_path / "file" / "var")


def test_an_unknown_host_is_told(shared_folder: Path) -> None:
    assert "no-such-host.invalid" in refused(shared_folder, DESK_HOST="no-such-host.invalid")


def test_production_without_a_secret_is_refused(shared_folder: Path) -> None:
    assert "DESK_SECRET_KEY is not set" in refused(shared_folder, DESK_SECRET_KEY="")


def test_a_well_known_secret_is_refused(shared_folder: Path) -> None:
    line = refused(shared_folder, DESK_SECRET_KEY="changeme" * 8)
    assert "DESK_SECRET_KEY is too short or well known" in line


def test_demonstration_data_is_not_served_in_production(shared_folder: Path) -> None:
    url = f"sqlite:///{shared_folder / 'desk.sqlite3'}"
    schema.upgrade(url)
    engine = database.make_engine(url)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO organisation (id, name, procedure_code, timezone, is_demonstration)"
                " VALUES (1, 'x', 'x', 'Asia/Shanghai', true)"
            )
        )
    engine.dispose()
    assert "holds the demonstration" in refused(shared_folder)


def test_a_newer_database_is_refused(shared_folder: Path) -> None:
    url = f"sqlite:///{shared_folder / 'desk.sqlite3'}"
    schema.upgrade(url)
    engine = database.make_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert "9999" in refused(shared_folder)


def test_a_file_that_is_no_database_is_told(shared_folder: Path) -> None:
    (shared_folder / "desk.sqlite3").write_bytes(b"no database" * 500)
    assert "not a database of the desk" in refused(shared_folder)
