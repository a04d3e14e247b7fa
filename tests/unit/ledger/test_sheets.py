"""Sheets of workbooks: their first lines alone, and all of them as another process reads them."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import psutil
import pytest

from services.ledger import sheets, source
from services.ledger.source import UnusableFile, open_sheets
from tests.support.workbooks import old_ledger, write_sheet

LINES = 24


def made_up(path: Path, seed: int) -> Path:
    """Two sheets that begin anywhere, with blank lines, lines of other lengths, dates and numbers."""
    chance = random.Random(seed)
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("第二张")):
        down, right = chance.choice([0, 0, 3]), chance.choice([0, 0, 2])
        for line in range(chance.choice([0, 1, 20, 300])):
            for column in range(chance.randrange(8)):
                value: Any = chance.choice(
                    ["文字", "a<b&c>", f"第\n{line}行", 3, 2.5, True, datetime(2026, 1, 2, 3, 4)]
                )
                sheet.cell(down + line + 1, right + column + 1, value)
    book.save(path)
    return path


@pytest.mark.parametrize("seed", range(12))
def test_the_first_lines_are_those_of_the_whole_sheet(tmp_path: Path, seed: int) -> None:
    path = made_up(tmp_path / "a.xlsx", seed)
    assert sheets.top_of(path, LINES) is not None
    for sheet in open_sheets(path):
        whole = [_without_end(row) for row in sheet][:LINES]
        assert [_without_end(row) for row in sheet.top(LINES)] == whole


def _without_end(row: Any) -> list[Any]:
    """How wide a sheet is follows from all its lines."""
    cells = list(row)
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def test_the_first_lines_of_a_long_sheet_are_read_alone(tmp_path: Path) -> None:
    path = old_ledger(tmp_path / "long.xlsx")
    book = sheets.top_of(path, LINES)
    assert book is not None
    assert len(list(sheets.rows_of(book.get_sheet_by_index(0)))) == LINES


@pytest.mark.parametrize("name", ["ledger.csv", "ledger.xls"])
def test_what_is_no_package_is_read_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("编号,主题\n1,a\n2,b\n", encoding="utf-8")
    assert sheets.top_of(path, LINES) is None
    assert open_sheets(path)[0].top(2) == [["编号", "主题"], ["1", "a"]]


def test_a_sheet_in_another_spelling_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that can't be told apart near the beginning."""
    monkeypatch.setattr(sheets, "_TOP_BYTES", 400)
    path = write_sheet(tmp_path / "a.xlsx", [["编号" * 200, "主题"], *([n, "x"] for n in range(40))])
    assert sheets.top_of(path, LINES) is None
    assert list(open_sheets(path)[0].top(3)[2]) == [1, "x"]


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every workbook is long enough for a process beside; none is left."""
    monkeypatch.setattr(source, "_LONG", 0)
    yield
    assert helpers() == []


def helpers() -> list[psutil.Process]:
    return [
        each
        for each in psutil.Process().children(recursive=True)
        if "services.ledger.sheets" in each.cmdline()
    ]


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize("seed", range(3))
def test_read_by_another_process(tmp_path: Path, seed: int) -> None:
    path = made_up(tmp_path / "a.xlsx", seed)
    for sheet in open_sheets(path):
        rows = [list(row) for row in sheet.from_beside()]
        told = sheet.rows.total
        assert rows == [list(row) for row in sheet]
        assert told == sheet.rows.total


@pytest.mark.usefixtures("beside")
def test_a_process_that_is_ended_from_outside_costs_no_row(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sheet = open_sheets(old_ledger(tmp_path / "long.xlsx", 5000))[0]
    rows = []
    for row in sheet.from_beside():
        if not rows:
            (one,) = helpers()
            one.kill()
        rows.append(list(row))
    assert rows == [list(row) for row in sheet]
    assert "is gone" in caplog.text


@pytest.mark.usefixtures("beside")
def test_whoever_stops_reading_leaves_no_process(tmp_path: Path) -> None:
    rows = open_sheets(old_ledger(tmp_path / "long.xlsx", 3000))[0].from_beside()
    next(iter(rows))
    assert helpers()
    del rows


@pytest.mark.usefixtures("beside")
def test_a_broken_sheet_is_told_of(tmp_path: Path) -> None:
    whole = old_ledger(tmp_path / "a.xlsx", 30)
    path = tmp_path / "broken.xlsx"
    broken = io.BytesIO()
    with zipfile.ZipFile(whole) as package, zipfile.ZipFile(broken, "w") as copy:
        for entry in package.infolist():
            content = package.read(entry)
            copy.writestr(entry, content.replace(b"</sheetData>", b"</oops>"))
    path.write_bytes(broken.getvalue())
    with pytest.raises(UnusableFile):
        list(open_sheets(path)[0].from_beside())
