"""The Makefile and its scripts, as far as they can be tried without a package index."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from settings import ROOT


def make(*arguments: str, folder: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    # Make tells the make below it of itself through these, and the one below then words its faults otherwise.
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")
    }
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=inherited | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_help_lists_every_command() -> None:
    shown = make("help").stdout
    for target in ("run", "test", "lint", "fmt", "db", "demo", "clean", "translations", "check-translations"):
        assert re.search(rf"^  make {target} ", shown, re.MULTILINE), target


def test_make_alone_prints_the_help() -> None:
    assert make().stdout == make("help").stdout


def test_an_old_python_is_told_in_one_line(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, clone / name)
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\ncase "$2" in *exit*) exit 1;; *) echo 3.9;; esac\n')
    old.chmod(0o755)
    ended = make("run", folder=clone, PYTHON=str(old))
    assert ended.returncode != 0
    lines = [line for line in ended.stderr.splitlines() if not line.startswith("make: ***")]
    assert lines == [
        "The desk needs Python 3.11 or newer; found: 3.9. "
        "Install it, or name one: make PYTHON=/path/to/python3.11 run"
    ]


def test_an_environment_that_is_up_to_date_is_left_alone() -> None:
    first, second = (make("environment"), make("environment"))
    assert (first.returncode, second.returncode) == (0, 0)
    assert second.stdout == ""
