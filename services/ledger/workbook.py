"""Writes a ledger into a workbook in one go, with memory that does not grow with the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import IO, Any

from models.labels import _l
from services.ledger.cells import NARROWEST, Cells, height_for, shown_width
from services.ledger.deflate import deflated
from services.ledger.frame import MOST_ROWS, TONES, Frame, Part, column_names
from services.ledger.package import Package, Stream
from services.ledger.rendering import WIDEST, Block, Cell, Column, single_row
from services.ledger.sharing import Renderers
from services.ledger.text import pieces

SAMPLED_ROWS = 200
HEAD_HEIGHT = 24.0
_CHUNK = 1 << 20
LEVEL_COLUMNS = frozenset({"grade", "escalation_level"})
"""Columns that stand out in a row that has a value there."""


@dataclass(frozen=True)
class SheetColumn:
    """A column of the sheet: its field, its heading in the reader's language, its kind (see FieldSpec.kind)."""

    key: str
    label: str
    kind: str = "text"


@dataclass(frozen=True)
class SheetBatch:
    """Some rows as columns of values (see services.listing.streaming) and the tone of each (a key of TONES or "")."""

    columns: Sequence[Sequence[Any]]
    tones: Sequence[str]


@dataclass(frozen=True)
class Written:
    """A finished file."""

    path: Path
    rows: int
    sha256: str
    size: int


def write_ledger(
    folder: Path,
    title: str,
    columns: Sequence[SheetColumn],
    open_batches: Callable[[], Iterable[SheetBatch]],
    about: Callable[[int], Sequence[tuple[str, str]]],
    zone: tzinfo,
    progress: Callable[[int], None] = lambda rows: None,
    processes: int = 1,
) -> Written:
    """Write the rows into a new workbook in `folder`, which must be private and is left to the caller to remove.

    `about` gives the lines of the last sheet once the number of rows is known. A text too long for a cell goes on in
    columns right behind its own; how many is only known at the end, so `open_batches` is called a second time for the
    rare ledger that has one. With two `processes` a second one renders rows while this one reads.
    """
    parts = [1] * len(columns)
    while True:
        writing = _Writing(folder, title, columns, parts, zone)
        try:
            with Renderers(writing.layout, processes) as renderers:
                rows = writing.write(open_batches(), renderers, progress)
            if writing.longest == parts:
                return writing.finish(folder / "ledger.xlsx", rows, about(rows))
            parts = writing.longest
        finally:
            writing.close()


def continued_label(label: str, number: int) -> str:
    """The heading of the column that goes on with a text too long for one cell."""
    if number == 1:
        return str(_l("%(column)s (continued)", column=label))
    return str(_l("%(column)s (continued %(number)s)", column=label, number=number))


@dataclass
class _Rows:
    """The rows of one sheet, deflated, on disk until the package is put together."""

    file: IO[bytes]
    stream: Stream = field(default_factory=Stream)
    count: int = 0

    def add(self, block: Block, count: int) -> None:
        self.file.write(block.piece.data)
        self.stream.add(block.piece)
        self.count += count

    def chunks(self) -> Iterator[bytes]:
        self.file.seek(0)
        while chunk := self.file.read(_CHUNK):
            yield chunk


class _Writing:
    """One run through the rows with a set number of cells for each column."""

    def __init__(
        self, folder: Path, title: str, columns: Sequence[SheetColumn], parts: Sequence[int], zone: tzinfo
    ) -> None:
        self.folder, self.title, self.columns = folder, title, columns
        self.longest = list(parts)
        self.cells = Cells(zone)
        self.frame = Frame(title, datetime.now(zone).replace(tzinfo=None))
        self.headings = [
            column.label if part == 0 else continued_label(column.label, part)
            for column, count in zip(columns, parts, strict=True)
            for part in range(count)
        ]
        self.names = column_names(len(self.headings))
        self.starts = [sum(parts[:index]) for index in range(len(parts))]
        self.layout = [self._column(i, column, parts[i]) for i, column in enumerate(columns)]
        self.widths = [min(WIDEST, max(NARROWEST, shown_width(h) + 4)) for h in self.headings]
        self.measured = 0
        self.sheets: list[_Rows] = []

    def _column(self, index: int, column: SheetColumn, parts: int) -> Column:
        start = self.starts[index]
        text = "wrap" if column.kind == "long_text" else "text"
        number = column.kind if column.kind in ("moment", "date") else "number"
        stands_out = column.key in LEVEL_COLUMNS
        tones = ("", *TONES)
        return Column(
            tuple(self.names[start : start + parts]),
            {tone: self.frame.style(text, tone) for tone in tones},
            {tone: self.frame.style(number, tone) for tone in tones},
            {tone: self.frame.style(text, tone, stands_out) for tone in tones},
            {tone: self.frame.style(number, tone, stands_out) for tone in tones},
            column.kind == "long_text",
        )

    def write(
        self, batches: Iterable[SheetBatch], renderers: Renderers, progress: Callable[[int], None]
    ) -> int:
        """Render the rows of all batches onto sheets; returns how many there are."""
        self._begin_sheet()
        rows = on_sheet = 0
        for batch in batches:
            values = [
                self.cells.column(column.kind, part)
                for column, part in zip(self.columns, batch.columns, strict=True)
            ]
            self._measure(values)
            tones = [tone if tone in TONES else "" for tone in batch.tones]
            done, size = 0, len(tones)
            while done < size:
                if on_sheet == MOST_ROWS - 1:
                    renderers.finish(self._keep)
                    self._begin_sheet()
                    on_sheet = 0
                end = min(size, done + MOST_ROWS - 1 - on_sheet)
                some = values if (done, end) == (0, size) else [part[done:end] for part in values]
                renderers.render(on_sheet + 2, some, tones[done:end], self._keep)
                on_sheet += end - done
                done = end
            rows += size
            progress(rows)
        renderers.finish(self._keep)
        return rows

    def _keep(self, block: Block, count: int) -> None:
        for index, parts in block.longest.items():
            self.longest[index] = max(self.longest[index], parts)
        self.sheets[-1].add(block, count)

    def _begin_sheet(self) -> None:
        self.sheets.append(_Rows((self.folder / f"rows-{len(self.sheets)}").open("w+b")))
        style = self.frame.style("head")
        row = single_row(
            1, [(n, style, h) for n, h in zip(self.names, self.headings, strict=True)], HEAD_HEIGHT
        )
        self.sheets[-1].add(Block(row, {}), 1)

    def _measure(self, values: Sequence[Sequence[Cell]]) -> None:
        """The first rows say how wide each column is."""
        if self.measured >= SAMPLED_ROWS:
            return
        for index, (column, cells) in enumerate(zip(self.columns, values, strict=True)):
            at = self.starts[index]
            for cell in cells[: SAMPLED_ROWS - self.measured]:
                self.widths[at] = max(self.widths[at], _width(column.kind, cell))
        self.measured += len(values[0]) if values else 0

    def finish(self, path: Path, rows: int, lines: Sequence[tuple[str, str]]) -> Written:
        """Put the package together."""
        for number, kept in enumerate(self.sheets, start=1):
            self._frame_sheet(number, kept)
        self._write_about(lines)
        with path.open("wb") as file:
            package = Package(file)
            sheets = iter(self.sheets)
            for part in self.frame.parts():
                if part.tail is None:
                    package.add(part.name, part.head)
                else:
                    _add_sheet(package, part, next(sheets))
            package.close()
        return Written(path, rows, package.digest, package.size)

    def _frame_sheet(self, number: int, kept: _Rows) -> None:
        name = self.title if number == 1 else f"{self.title[:27]} {number}"
        sheet = self.frame.add_sheet(name, kept.count, len(self.headings))
        for index, width in enumerate(self.widths):
            sheet.set_column(index, index, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, kept.count - 1, len(self.headings) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&C&P / &N")

    def _write_about(self, lines: Sequence[tuple[str, str]]) -> None:
        sheet = self.frame.add_sheet(str(_l("About this ledger")), len(lines), 2)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 80)
        self.sheets.append(_Rows((self.folder / "about").open("w+b")))
        bold, plain = self.frame.style("head"), self.frame.style("wrap")
        for number, (name, text) in enumerate(lines, start=1):
            cells = [("A", bold, name), ("B", plain, pieces(text)[0])]
            self.sheets[-1].add(Block(single_row(number, cells, height_for(text)), {}), 1)

    def close(self) -> None:
        """Remove what was kept apart."""
        for kept in self.sheets:
            kept.file.close()
            Path(kept.file.name).unlink()


def _add_sheet(package: Package, part: Part, rows: _Rows) -> None:
    head, tail = deflated(part.head), deflated(part.tail or b"")
    whole = Stream()
    whole.add(head)
    whole.add_all(rows.stream)
    whole.add(tail)
    package.add_stream(part.name, whole, _chunks(head.data, rows, tail.data))


def _chunks(head: bytes, rows: _Rows, tail: bytes) -> Iterator[bytes]:
    yield head
    yield from rows.chunks()
    yield tail


def _width(kind: str, cell: Cell) -> int:
    if cell is None or cell == "":
        return 0
    if not isinstance(cell, str) and kind in ("moment", "date"):
        return 20 if kind == "moment" else 12
    return min(shown_width(str(cell)), WIDEST - 2) + 2
