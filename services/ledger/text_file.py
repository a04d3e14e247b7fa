"""A ledger as comma-separated text (UTF-8 with a byte order mark, as Excel wants it), written as it is read."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from services.ledger.cells import NO, YES, WallClock, plain_text
from services.ledger.workbook import SheetBatch, SheetColumn, Written

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CALCULATES = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"
"""Put before a text that a spreadsheet would calculate; numbers carry none."""


def write_text(
    folder: Path,
    columns: Sequence[SheetColumn],
    batches: Iterable[SheetBatch],
    zone: tzinfo,
    progress: Callable[[int], None] = lambda rows: None,
) -> Written:
    """Write the rows into a new file in `folder`. Moments are written as 2026-03-02 09:30:00, days without the time."""
    spelling = _Spelling(zone)
    path = folder / "ledger.csv"
    rows = 0
    with path.open("wb") as file:
        out = _Out(file)
        out.write(BYTE_ORDER_MARK)
        out.rows([[guarded(column.label) for column in columns]])
        for batch in batches:
            out.rows(zip(*map(spelling.column, batch.columns), strict=True))
            rows += len(batch.tones)
            progress(rows)
    return Written(path, rows, out.hash.hexdigest(), path.stat().st_size)


def guarded(text: str) -> str:
    """The text, with GUARD before it where a spreadsheet would calculate it."""
    return GUARD + text if text.startswith(_CALCULATES) else text


class _Spelling:
    """Values as text."""

    def __init__(self, zone: tzinfo) -> None:
        self.clock = WallClock(zone)
        self.words = {True: str(YES), False: str(NO)}

    def column(self, values: Sequence[Any]) -> list[str]:
        return [guarded(value) if type(value) is str else self._spelt(value) for value in values]

    def _spelt(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.words[value]
        if isinstance(value, datetime):
            return self.clock.local(value).isoformat(sep=" ", timespec="seconds")
        if isinstance(value, int | float | Decimal):
            return str(value)
        return guarded(plain_text(value))


class _Out:
    """Rows into the file, and their checksum with them."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.hash = hashlib.sha256()

    def rows(self, rows: Iterable[Iterable[str]]) -> None:
        buffer = io.StringIO()
        csv.writer(buffer).writerows(rows)
        self.write(buffer.getvalue().encode("utf-8", "replace"))

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.hash.update(data)
