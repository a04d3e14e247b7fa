"""What the frame takes for granted of XlsxWriter. A release that does otherwise shows here, not in a broken file."""

from __future__ import annotations

import re
from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import xlsxwriter

from services.ledger.deflate import deflated
from services.ledger.frame import TONES, Frame, column_names
from services.ledger.package import Package, Stream
from services.ledger.rendering import single_row
from settings import ROOT

KINDS = ("text", "wrap", "number", "moment", "date", "head")


def test_the_pinned_release_is_the_one_installed() -> None:
    pinned = re.search(r"^XlsxWriter==(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert pinned and pinned.group(1) == version("xlsxwriter")


def test_the_number_of_a_format_is_the_one_its_cells_carry() -> None:
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    looks = [{"bold": True}, {"num_format": "@"}, {"bold": True}, {"bg_color": "#FF0000", "border": 1}]
    formats = [book.add_format(look) for look in looks]
    said = [one._get_xf_index() for one in formats]
    sheet = book.add_worksheet()
    for column, one in enumerate(formats):
        sheet.write_blank(0, column, None, one)
    book.close()
    xml = ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert [int(number) for number in re.findall(r'<c r="[A-D]1" s="(\d+)"', xml)] == said
    assert said[0] == said[2], "formats that look alike are one"


def test_each_sheet_has_one_place_for_its_rows_and_says_how_far_it_reaches() -> None:
    frame = Frame("台账", datetime(2026, 3, 2))
    for name, rows, columns in (("甲", 10, 3), ("乙", 1, 1), ("丙", 1_048_576, 28)):
        frame.add_sheet(name, rows, columns)
    sheets = [part for part in frame.parts() if part.tail is not None]
    assert [part.name for part in sheets] == [f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3)]
    for part, reach in zip(sheets, ("A1:C10", "A1", "A1:AB1048576"), strict=True):
        assert part.tail is not None
        assert f'<dimension ref="{reach}"/>'.encode() in part.head
        assert part.head.endswith(b"<sheetData>") and part.tail.startswith(b"</sheetData>")
        assert b"<row" not in part.head + part.tail and b"<c r=" not in part.head + part.tail


def test_rows_put_in_carry_the_look_that_was_asked_for() -> None:
    frame = Frame("台账", datetime(2026, 3, 2))
    asked = [(kind, tone, out) for kind in KINDS for tone in ("", *TONES) for out in (False, True)]
    names = column_names(len(asked))
    cells = [(name, frame.style(*one), "文") for name, one in zip(names, asked, strict=True)]
    row = single_row(1, cells, 24)
    frame.add_sheet("台账", 1, len(asked))
    file = BytesIO()
    package = Package(file)
    for part in frame.parts():
        if part.tail is None:
            package.add(part.name, part.head)
            continue
        whole, pieces = Stream(), [deflated(part.head), row, deflated(part.tail)]
        for piece in pieces:
            whole.add(piece)
        package.add_stream(part.name, whole, [piece.data for piece in pieces])
    package.close()
    sheet = openpyxl.load_workbook(file).active
    formats = {"text": "@", "moment": "yyyy-mm-dd hh:mm:ss", "date": "yyyy-mm-dd"}
    for name, (kind, tone, out) in zip(names, asked, strict=True):
        cell = sheet[f"{name}1"]
        assert cell.number_format == formats.get(kind, "General")
        assert bool(cell.alignment.wrap_text) is (kind == "wrap")
        if kind != "head":
            assert cell.font.bold is out
            assert cell.fill.fgColor.rgb[2:] == TONES.get(tone, "#000000")[1:], (kind, tone)
    assert sheet.row_dimensions[1].height == 24
