"""Writes a ledger into a workbook in one go, with memory that does not grow with the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from models.labels import _l
from services.ledger.cells import (
    NARROWEST,
    WIDEST,
    as_cell_value,
    height_for,
    rendered,
    shown_width,
)
from services.ledger.rows import MOST_ROWS, RowSheet, column_names
from services.ledger.text import CELL_UNITS, pieces

SAMPLED_ROWS = 200
MOMENT_FORMAT, DATE_FORMAT = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"
FONT = "Microsoft YaHei"

TONES = {"overdue": "#FBE0DD", "today": "#FDEBD0", "soon": "#FFF7D6", "paused": "#ECECF1"}
"""Fill of a row by what its time limit says, as in the list on screen."""
LEVEL_COLUMNS = frozenset({"grade", "escalation_level"})
"""Columns that stand out in a row that has a value there."""


@dataclass(frozen=True)
class SheetColumn:
    """A column of the sheet: its field, its heading in the reader's language, its kind (see FieldSpec.kind)."""

    key: str
    label: str
    kind: str = "text"


@dataclass(frozen=True)
class SheetRow:
    """Values in the order of the columns, masked for the reader, and the tone of the row (a key of TONES or "")."""

    values: Sequence[Any]
    tone: str = ""


@dataclass(frozen=True)
class Written:
    """A finished workbook file."""

    path: Path
    rows: int
    sha256: str
    size: int


@dataclass
class _Plan:
    """How many cells each column's longest text takes. One that needs more than planned sets `short`."""

    cells: list[int]
    short: bool = False

    def meet(self, column: int, count: int) -> None:
        if count > self.cells[column]:
            self.cells[column] = count
            self.short = True


@dataclass
class _Styles:
    """The formats in use, made when first needed."""

    book: xlsxwriter.Workbook
    made: dict[tuple[str, str, bool], int] = field(default_factory=dict)

    def index(self, kind: str, tone: str, level: bool = False) -> int:
        key = (kind, tone, level)
        if key not in self.made:
            self.made[key] = self._make(kind, tone, level)._get_xf_index()
        return self.made[key]

    def _make(self, kind: str, tone: str, level: bool) -> Format:
        look: dict[str, Any] = {"font_name": FONT, "font_size": 10, "valign": "top"}
        if tone in TONES:
            look |= {"bg_color": TONES[tone], "border": 1, "border_color": "#D9D9D9"}
        if level:
            look |= {"bold": True, "font_color": "#B45309"}
        extra: dict[str, dict[str, Any]] = {
            "wrap": {"text_wrap": True},
            "moment": {"num_format": MOMENT_FORMAT, "align": "left"},
            "date": {"num_format": DATE_FORMAT, "align": "left"},
            "text": {"num_format": "@"},
            "head": {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "vcenter"},
        }
        made: Format = self.book.add_format(look | extra.get(kind, {}))
        return made


def write_ledger(
    folder: Path,
    title: str,
    columns: Sequence[SheetColumn],
    open_rows: Callable[[], Iterable[SheetRow]],
    about: Callable[[int], Sequence[tuple[str, str]]],
    zone: tzinfo,
    progress: Callable[[int], None] = lambda rows: None,
) -> Written:
    """Write the rows into a new workbook in `folder`, which must be private and is left to the caller to remove.

    `about` gives the lines of the second sheet once the number of rows is known. A text too long for a cell goes on in
    columns right behind its own; how many is only known at the end, so `open_rows` is called a second time for the rare
    ledger that has one.
    """
    plan = _Plan([1] * len(columns))
    while True:
        plan = replace(plan, short=False)
        path = folder / "ledger.xlsx"
        rows = _write(path, title, columns, open_rows(), about, zone, plan, progress)
        if not plan.short:
            return Written(path, rows, _digest(path), path.stat().st_size)


def continued_label(label: str, number: int) -> str:
    """The heading of the column that goes on with a text too long for one cell."""
    if number == 1:
        return str(_l("%(column)s (continued)", column=label))
    return str(_l("%(column)s (continued %(number)s)", column=label, number=number))


def _write(
    path: Path,
    title: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[SheetRow],
    about: Callable[[int], Sequence[tuple[str, str]]],
    zone: tzinfo,
    plan: _Plan,
    progress: Callable[[int], None],
) -> int:
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    book.use_zip64()
    book.set_properties({"title": title, "created": datetime.now(zone).replace(tzinfo=None)})
    writer = _SheetWriter(book, title, columns, plan, zone)
    count = 0
    for count, row in enumerate(rows, start=1):
        writer.add(row)
        if count % 1000 == 0:
            progress(count)
    writer.finish()
    _write_about(book, about(count))
    book.close()
    return count


class _SheetWriter:
    """Puts rows onto sheets; a new sheet begins when one is full."""

    def __init__(
        self, book: xlsxwriter.Workbook, title: str, columns: Sequence[SheetColumn], plan: _Plan, zone: tzinfo
    ) -> None:
        self.book, self.title, self.columns, self.plan, self.zone = book, title, columns, plan, zone
        self.planned = list(plan.cells)
        self.styles = _Styles(book)
        self.headings = [
            column.label if part == 0 else continued_label(column.label, part)
            for column, parts in zip(columns, self.planned, strict=True)
            for part in range(parts)
        ]
        self.names = column_names(len(self.headings))
        self.widths = [min(WIDEST, max(NARROWEST, shown_width(h) + 4)) for h in self.headings]
        self.sheets = 0
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self.sheets += 1
        name = self.title if self.sheets == 1 else f"{self.title} {self.sheets}"
        self.sheet: RowSheet = self.book.add_worksheet(name[:31], RowSheet)
        style = self.styles.index("head", "")
        cells = [
            rendered(f"{name}1", "text", heading, style)
            for name, heading in zip(self.names, self.headings, strict=True)
        ]
        self.sheet.add_row(cells, 0, height=24)
        self.row = 1

    def add(self, row: SheetRow) -> None:
        if self.row == MOST_ROWS:
            self._end_sheet()
            self._begin_sheet()
        cells: list[str] = []
        at = 0
        tallest: float | None = None
        for index, (column, value) in enumerate(zip(self.columns, row.values, strict=True)):
            kind, content = as_cell_value(value, self.zone)
            parts: Sequence[str | float | int] = (content,)
            if isinstance(content, str) and len(content) * 2 > CELL_UNITS:
                parts = pieces(content)
                self.plan.meet(index, len(parts))
            style = self._style(column, kind, content, row.tone)
            if column.kind == "long_text" and isinstance(content, str):
                tallest = max(tallest or 0, height_for(content) or 0) or None
            for part in range(self.planned[index]):
                filled = part < len(parts)
                cells.append(
                    rendered(
                        f"{self.names[at]}{self.row + 1}",
                        kind if filled else "",
                        parts[part] if filled else "",
                        style,
                    )
                )
                at += 1
            if self.row <= SAMPLED_ROWS:
                self._measure(at - self.planned[index], kind, content)
        if not self.plan.short:  # else everything is written again; only the lengths still matter
            self.sheet.add_row(cells, self.row, tallest)
        self.row += 1

    def _style(self, column: SheetColumn, kind: str, content: object, tone: str) -> int:
        if kind in ("", "text"):
            kind = "wrap" if column.kind == "long_text" else "text"
        return self.styles.index(kind, tone, column.key in LEVEL_COLUMNS and bool(content))

    def _measure(self, at: int, kind: str, content: str | float | int) -> None:
        if kind == "moment":
            width = 20
        elif kind == "date":
            width = 12
        else:
            width = min(shown_width(str(content)), WIDEST - 2) + 2 if kind else 0
        self.widths[at] = max(self.widths[at], width)

    def _end_sheet(self) -> None:
        sheet = self.sheet
        sheet.span(self.row, len(self.headings))
        for index, width in enumerate(self.widths):
            sheet.set_column(index, index, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, self.row - 1, len(self.headings) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&C&P / &N")

    def finish(self) -> None:
        self._end_sheet()


def _write_about(book: xlsxwriter.Workbook, lines: Sequence[tuple[str, str]]) -> None:
    sheet: RowSheet = book.add_worksheet(str(_l("About this ledger"))[:31], RowSheet)
    styles = _Styles(book)
    bold, plain = styles.index("head", ""), styles.index("wrap", "")
    for row, (name, text) in enumerate(lines):
        cells = [rendered(f"A{row + 1}", "text", name, bold)]
        cells.append(rendered(f"B{row + 1}", "text" if text else "", pieces(text)[0], plain))
        sheet.add_row(cells, row, height_for(text))
    sheet.span(len(lines), 2)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 80)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
