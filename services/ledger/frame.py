"""The frame of a workbook: styles, sheets and properties by XlsxWriter, the rows put in afterwards.

The one place that touches XlsxWriter. Its own row writer costs most of an export, takes a text that begins with `<r>`
for ready-made XML and leaves `_x005F_x000D_` half escaped. So it makes a workbook whose sheets hold nothing but their
two corners, and what it wrote between `<sheetData>` and its end gives way to our rows. All of this uses its public
ways except `_get_xf_index`; tests/unit/ledger/test_frame.py notices when a new release does otherwise.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST_NAME = 31
FONT = "Microsoft YaHei"
MOMENT_FORMAT, DATE_FORMAT = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"

TONES = {"overdue": "#FBE0DD", "today": "#FDEBD0", "soon": "#FFF7D6", "paused": "#ECECF1"}
"""Fill of a row by what its time limit says, as in the list on screen."""

_ROWS = re.compile(rb"<sheetData>.*</sheetData>", re.DOTALL)
_KINDS: dict[str, dict[str, Any]] = {
    "wrap": {"text_wrap": True},
    "moment": {"num_format": MOMENT_FORMAT, "align": "left"},
    "date": {"num_format": DATE_FORMAT, "align": "left"},
    "text": {"num_format": "@"},
    "number": {},
    "head": {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "vcenter"},
}


@dataclass(frozen=True)
class Part:
    """A file of the package. A sheet has a place for its rows: between `head` and `tail`."""

    name: str
    head: bytes
    tail: bytes | None = None


@dataclass
class Frame:
    """A workbook in the making. Styles first (their numbers stand in the rows), then sheets, then `parts` once."""

    title: str
    created: datetime
    _sheets: int = 0
    _styles: dict[tuple[str, str, bool], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._file = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._file, {"in_memory": True})
        self._book.set_properties({"title": self.title, "created": self.created})

    def style(self, kind: str, tone: str = "", stands_out: bool = False) -> int:
        """The number of a style: kinds are those of cells (text, wrap, number, moment, date) and head."""
        key = (kind, tone, stands_out)
        if key not in self._styles:
            self._styles[key] = self._format(kind, tone, stands_out)._get_xf_index()
        return self._styles[key]

    def add_sheet(self, name: str, rows: int, columns: int) -> Any:
        """A sheet of XlsxWriter's that reaches so far; set its widths and print options, write no cells."""
        self._sheets += 1
        sheet = self._book.add_worksheet(name[:LONGEST_NAME])
        corner = self._format("number", "", False)
        sheet.write_blank(0, 0, None, corner)
        sheet.write_blank(max(rows, 1) - 1, max(columns, 1) - 1, None, corner)
        return sheet

    def parts(self) -> Iterator[Part]:
        """The finished files of the package. Sheets come in the order in which they were added."""
        self._book.close()
        with zipfile.ZipFile(self._file) as package:
            contents: Mapping[str, bytes] = {name: package.read(name) for name in package.namelist()}
        for name, content in contents.items():
            if name.startswith("xl/worksheets/sheet"):
                head, tail = _ROWS.split(content)
                yield Part(name, head + b"<sheetData>", b"</sheetData>" + tail)
            else:
                yield Part(name, content)

    def _format(self, kind: str, tone: str, stands_out: bool) -> Format:
        look: dict[str, Any] = {"font_name": FONT, "font_size": 10, "valign": "top"}
        if tone in TONES:
            look |= {"bg_color": TONES[tone], "border": 1, "border_color": "#D9D9D9"}
        if stands_out:
            look |= {"bold": True, "font_color": "#B45309"}
        made: Format = self._book.add_format(look | _KINDS[kind])
        return made


def column_names(count: int) -> list[str]:
    """A, B … for so many columns."""
    return [str(xl_col_to_name(index)) for index in range(count)]
