"""Rows of a workbook's sheets as python-calamine reads them, in this process or in one beside it.

The process beside starts with this module: it imports no more than it needs.
"""

from __future__ import annotations

import gc
import io
import pickle
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from services.ledger.helper import Helper

Value = str | int | float | bool | datetime | date | time | timedelta
Row = Sequence[Value]

CHUNK = 1000
"""Rows that a process beside hands over at once."""
_ROW_END = b"</row>"
_TOP_BYTES = 1 << 20
"""Of a sheet's text in which its first lines are sought."""
_HEAVY = re.compile(r"xl/(media|drawings|charts|embeddings|worksheets/_rels)/")
"""Parts of a workbook that say nothing about the cells."""


def rows_of(sheet: CalamineSheet) -> Iterator[Row]:
    """The lines of a sheet from its first line and column on, whatever it begins with."""
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows() if sheet.start else ():
        yield [*left, *row] if left else row


def height_of(sheet: CalamineSheet) -> int:
    return sheet.height + (sheet.start[0] if sheet.start else 0)


# The first lines alone


def top_of(path: Path, lines: int) -> CalamineWorkbook | None:
    """A workbook with the first lines of every sheet, or some more: a long one takes seconds to be read whole.

    None for what is no package of XML or does not look as expected.
    """
    if not zipfile.is_zipfile(path):
        return None
    cut = io.BytesIO()
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(cut, "w") as shorter:
        for entry in package.infolist():
            if _HEAVY.match(entry.filename):
                continue
            with package.open(entry) as content, shorter.open(entry.filename, "w") as kept:
                if not entry.filename.startswith("xl/worksheets/"):
                    shutil.copyfileobj(content, kept)
                elif (top := _top(content.read(_TOP_BYTES), lines)) is not None:
                    kept.write(top)
                else:
                    return None
    cut.seek(0)
    return CalamineWorkbook.from_filelike(cut)


def _top(begin: bytes, lines: int) -> bytes | None:
    """The beginning of a sheet's text, closed after so many lines; None when they can't be told apart."""
    end = -1
    for _line in range(lines):
        end = begin.find(_ROW_END, end + 1)
        if end < 0:
            return begin if len(begin) < _TOP_BYTES else None
    return begin[: end + len(_ROW_END)] + b"</sheetData></worksheet>"


# A process beside


def from_beside(helper: Helper, path: Path, name: str) -> Iterator[int | list[Row]]:
    """How many lines a sheet has, then the lines, some thousand at a time, as a process beside reads them.

    ValueError: the file is broken. EOFError and OSError: the process was ended from outside.
    """
    helper.exchange(pickle.dumps((str(path), name)))
    while answer := helper.exchange(b""):
        found = pickle.loads(answer)  # noqa: S301  (our own helper)
        if isinstance(found, str):
            raise ValueError(found)
        yield found


def begin(asked: bytes) -> Callable[[bytes], bytes]:
    """The process beside: see services.ledger.helper."""
    gc.disable()  # rows do not refer to themselves
    answers = _answers(*pickle.loads(asked))  # noqa: S301  (the desk's own message)
    return lambda _message: next(answers, b"")


def _answers(path: str, name: str) -> Iterator[bytes]:
    try:
        with CalamineWorkbook.from_path(path) as book:
            sheet = book.get_sheet_by_name(name)
            yield _packed(height_of(sheet))
            rows = rows_of(sheet)
            while some := list(islice(rows, CHUNK)):
                yield _packed(some)
    except (CalamineError, OSError, ValueError) as error:
        yield _packed(str(error))


def _packed(found: object) -> bytes:
    return pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
