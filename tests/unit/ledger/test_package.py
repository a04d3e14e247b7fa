"""The zip package: what Python's own reader makes of it, small and beyond what a plain zip can say."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from pathlib import Path
from shutil import which

import pytest

from services.ledger import package
from services.ledger.deflate import deflated
from services.ledger.package import Package, Stream


def written(folder: Path) -> Path:
    path = folder / "package.zip"
    with path.open("wb") as file:
        made = Package(file)
        made.add("first.xml", b"<first/>" * 100)
        whole = Stream()
        pieces = [deflated(f"<row>{number}</row>".encode() * 50) for number in range(30)]
        for piece in pieces:
            whole.add(piece)
        made.add_stream("folder/rows.xml", whole, (piece.data for piece in pieces))
        made.add("empty.xml", b"")
        made.close()
    assert made.size == path.stat().st_size
    assert made.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    return path


@pytest.mark.parametrize("largest", [package.LARGEST, 900, 100, 0])
def test_it_reads_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int) -> None:
    """With a small limit every longer number takes the way that files of more than 4 GiB take."""
    monkeypatch.setattr(package, "LARGEST", largest)
    path = written(tmp_path)
    with zipfile.ZipFile(path) as read:
        assert read.testzip() is None
        assert read.namelist() == ["first.xml", "folder/rows.xml", "empty.xml"]
        rows = "".join(f"<row>{number}</row>" * 50 for number in range(30))
        assert read.read("folder/rows.xml") == rows.encode()
        assert read.read("empty.xml") == b""


@pytest.mark.skipif(which("unzip") is None, reason="no unzip on this machine")
def test_another_reader_agrees(tmp_path: Path) -> None:
    done = subprocess.run(["unzip", "-tq", str(written(tmp_path))], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_in_it() -> None:
    file = io.BytesIO()
    Package(file).close()
    assert zipfile.ZipFile(file).namelist() == []
