"""The one place that extends XlsxWriter: rows handed over as finished XML.

XlsxWriter stays the frame (styles, sheets, properties, package). Its own row writer is slow, takes a text that begins
with `<r>` for ready-made XML, and leaves `_x005F_x000D_` half escaped; so cells are rendered here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from services.ledger.text import encoded

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384


def text_cell(reference: str, style: int, text: str) -> str:
    """A text cell: never a formula, a link or a number, whatever it begins with."""
    safe = encoded(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    keep = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() or "\n" in text else ""
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t{keep}>{safe}</t></is></c>'


def number_cell(reference: str, style: int, number: float | int) -> str:
    """A number, or a date as its serial number with a date format."""
    return f'<c r="{reference}" s="{style}"><v>{number!r}</v></c>'


def blank_cell(reference: str, style: int) -> str:
    """An empty cell that carries the colour of its row."""
    return f'<c r="{reference}" s="{style}"/>'


class RowSheet(Worksheet):
    """A worksheet of a constant_memory workbook that takes rendered cells, row after row from the top."""

    def add_row(self, cells: Sequence[str], row: int, height: float | None = None) -> None:
        """Append one row (counted from 0) of rendered cells. Rows must come in order."""
        tall = f' ht="{height:g}" customHeight="1"' if height else ""
        self.fh.write(f'<row r="{row + 1}"{tall}>{"".join(cells)}</row>')
        # The table of XlsxWriter stays empty; its idea of the last row must follow all the same.
        self.previous_row = row + 1

    def span(self, rows: int, columns: int) -> None:
        """Say how far the sheet reaches, once all rows are in."""
        self._check_dimensions(0, 0, ignore_row=False, ignore_col=True)
        self.dim_rowmin = self.dim_colmin = 0
        self.dim_rowmax, self.dim_colmax = max(rows - 1, 0), max(columns - 1, 0)


def column_names(count: int) -> list[str]:
    """A, B … for so many columns."""
    names: list[Any] = [xl_col_to_name(index) for index in range(count)]
    return [str(name) for name in names]
