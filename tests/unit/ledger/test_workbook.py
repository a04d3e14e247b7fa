"""The workbook: every trap of the format, read back by two libraries."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from models.enums import State
from services.ledger import workbook
from services.ledger.text import CELL_UNITS
from services.ledger.workbook import SheetBatch, SheetColumn, Written, write_ledger
from tests.support.workbooks import READERS, batches, by_calamine, by_openpyxl

ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = (
    SheetColumn("number", "编号"),
    SheetColumn("content", "内容", "long_text"),
    SheetColumn("at", "时间", "moment"),
)


def write(folder: Path, rows: Sequence[Sequence[Any]], columns: Sequence[SheetColumn] = COLUMNS) -> Written:
    return write_ledger(
        folder, "投诉台账", columns, lambda: batches(rows, len(columns)), lambda n: [("行数", str(n))], ZONE
    )


def sheet_xml(path: Path, sheet: int = 1) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(f"xl/worksheets/sheet{sheet}.xml").decode()


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86 138",
        "-5 元",
        "@SUM(A1)",
        "\t=HYPERLINK(1)",
        "=cmd|' /C calc'!A0",
        "https://example.com",
        "mailto:a@b.c",
        "000123",
        "12345678901234567890",
        "1e5",
        "TRUE",
        "<r>粗体</r>",
        "<r><t>x</t></r>",
        "a & b < c > d \" '",
        "\n\t\t\t 首尾空白 \r\n",
        "\x01\x1f控制",
        "_x000D_ 原文",
        "_x005F_x000D_",
        "𠮷野家😀",
        " ",
        "2019-04-25",
        "\u2028\x85\xa0",
    ],
)
def test_text_stays_the_text(tmp_path: Path, text: str, read: Any) -> None:
    written = write(tmp_path, [[text]])
    expected = text
    if read is by_calamine and text == "_x005F_x000D_":
        expected = "_x005F\r"  # calamine decodes once too often here; Excel and openpyxl agree on the text
    assert read(written.path)[1][0] in (expected, text)


def test_no_formula_and_no_link_is_ever_written(tmp_path: Path) -> None:
    texts = ["=1+1", "+1", "-1", "@a", "\t=1", "http://a.b", '=HYPERLINK("http://a")']
    written = write(tmp_path, [[text] for text in texts])
    xml = sheet_xml(written.path)
    assert "<f>" not in xml and "<f " not in xml and "hyperlink" not in xml
    cells = [row[0] for row in openpyxl.load_workbook(written.path).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}


@pytest.mark.parametrize("read", READERS)
def test_types(tmp_path: Path, read: Any) -> None:
    columns = [SheetColumn(str(i), str(i), {0: "moment", 1: "date"}.get(i, "text")) for i in range(10)]
    moment = datetime(2026, 2, 13, 1, 30, 5, tzinfo=UTC)
    values = [
        moment, date(2026, 2, 13), 42, 3.5, Decimal("12.50"), 10**15, Decimal("1234567890.1234567"),
        State.CLOSED, date(1899, 1, 1), None,
    ]  # fmt: skip
    row = read(write(tmp_path, [values], columns).path)[1]
    assert row[0] == datetime(2026, 2, 13, 9, 30, 5)
    assert row[1] in (datetime(2026, 2, 13), date(2026, 2, 13))
    assert row[2:5] == [42, 3.5, 12.5]
    assert row[5:7] == ["1000000000000000", "1234567890.1234567"]
    assert row[7] == str(State.CLOSED.label)
    assert row[8] == "1899-01-01"
    assert row[9] == ""


def test_booleans_are_words(tmp_path: Path) -> None:
    row = by_openpyxl(write(tmp_path, [[True, False]]).path)[1]
    assert row[:2] in (["Yes", "No"], ["是", "否"])


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "long", ["文" * (CELL_UNITS + 5), "😀" * (CELL_UNITS + 5), "a" * (CELL_UNITS * 2 + 1)]
)
def test_a_long_text_goes_on_right_behind(tmp_path: Path, long: str, read: Any) -> None:
    columns = [*COLUMNS[:2], SheetColumn("note", "备注")]
    written = write(tmp_path, [["1", "短", "x"], ["2", long, "y"], ["3", "短", "z"]], columns)
    rows = read(written.path)
    extra = len(rows[0]) - 3
    assert extra >= 1
    assert rows[0][1] == "内容" and "内容" in rows[0][2] and rows[0][2] != "内容"
    assert [row[0] for row in rows[1:]] == ["1", "2", "3"]
    assert [row[-1] for row in rows[1:]] == ["x", "y", "z"]
    assert ["".join(row[1 : 2 + extra]) for row in rows[1:]] == ["短", long, "短"]
    assert written.rows == 3


def test_more_than_253_line_breaks(tmp_path: Path) -> None:
    text = "行\n" * 400
    assert by_openpyxl(write(tmp_path, [["1", text]]).path)[1][1] == text


def test_frame_of_the_sheet(tmp_path: Path) -> None:
    written = write(tmp_path, [["TS-1", "内容" * 200, None], ["TS-2", "x", None]])
    book = openpyxl.load_workbook(written.path)
    sheet = book.worksheets[0]
    assert sheet.title == "投诉台账"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C3"
    assert sheet.dimensions == "A1:C3"
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["A"].width
    assert sheet["B2"].alignment.wrap_text and sheet["A2"].number_format == "@"
    assert sheet.print_title_rows == "$1:$1"
    assert [cell.value for cell in book.worksheets[1][1]] == ["行数", "2"]


def test_rows_are_coloured_by_what_is_due(tmp_path: Path) -> None:
    batch = SheetBatch([["1", "2", "3"], ["x", "x", "x"], [None] * 3], ["overdue", "soon", ""])
    columns = [SheetColumn("number", "编号"), SheetColumn("grade", "级别"), SheetColumn("at", "时间")]
    written = write_ledger(tmp_path, "台账", columns, lambda: [batch], lambda n: [], ZONE)
    sheet = openpyxl.load_workbook(written.path).active
    colours = [sheet.cell(line, 1).fill.fgColor.rgb for line in (2, 3, 4)]
    assert len(set(colours)) == 3
    assert sheet["B2"].font.bold and not sheet["A2"].font.bold


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    written = write(tmp_path, [[str(number), "x"] for number in range(7)])
    book = openpyxl.load_workbook(written.path)
    assert book.sheetnames[:3] == ["投诉台账", "投诉台账 2", "投诉台账 3"]
    found = [row[0] for sheet in book.worksheets[:3] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert found == [str(number) for number in range(7)]
    assert written.rows == 7


def test_no_row_at_all(tmp_path: Path) -> None:
    written = write(tmp_path, [])
    assert by_calamine(written.path) == [["编号", "内容", "时间"]]
    assert written.rows == 0


_MEASURE = """
import resource, sys
from pathlib import Path
from tests.unit.ledger.test_workbook import many
print(many(Path(sys.argv[1]), int(sys.argv[2])))
"""


def many(folder: Path, count: int) -> int:
    """Peak memory in KiB after writing so many rows."""

    def rows() -> Iterator[SheetBatch]:
        for start in range(0, count, 1000):
            numbers = range(start, start + 1000)
            yield SheetBatch(
                [
                    [f"TS-{number}" for number in numbers],
                    [f"噪音扰民{number}" * 40 for number in numbers],
                    [datetime(2026, 1, 1)] * 1000,
                ],
                [""] * 1000,
            )

    write_ledger(folder, "台账", COLUMNS, rows, lambda n: [], ZONE)
    gc.collect()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    peaks = []
    for count in (10_000, 200_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, str(folder), str(count)],
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 8 * 1024, peaks
