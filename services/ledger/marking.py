"""The ledger that was handed in, with what the dry run found in it: same rows, same places, faulty ones coloured.

It can be put right and handed in again as it is: the column of remarks is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta, tzinfo
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import LedgerBatch, StagedRow
from models.labels import _l
from services.ledger.headings import REMARKS
from services.ledger.parsing import text_of
from services.ledger.sheets import Row
from services.ledger.source import Sheet, sheet_of
from services.ledger.workbook import SheetBatch, SheetColumn, Written, write_ledger

CHUNK = 1000
FAULTY, DOUBTFUL = "overdue", "soon"
"""The tones of such rows, as a workbook knows them."""


def write_marked(session: Session, batch: LedgerBatch, path: Path, folder: Path, zone: tzinfo) -> Written:
    """Write the sheet of the batch from its file at `path` into a new workbook in `folder`. Memory does not grow."""
    sheet = sheet_of(path, batch.heading["sheet"])
    width = _width(sheet, len(batch.heading["names"]))
    first = next(iter(sheet), [])
    is_heading = batch.heading["line"] == 1
    labels = [text_of(cell) for cell in _wide(first, width)]
    columns = [SheetColumn(str(at), label) for at, label in enumerate(labels)]
    columns.append(SheetColumn("remarks", str(REMARKS) if is_heading else "", "long_text"))

    def batches() -> Iterator[SheetBatch]:
        lines = _marked(session, batch, sheet, width)
        while some := list(islice(lines, CHUNK)):
            yield SheetBatch(list(zip(*(cells for cells, _tone in some), strict=True)), [t for _c, t in some])

    return write_ledger(
        folder, batch.heading["sheet"] or "1", columns, batches, lambda rows: _about(batch), zone
    )


def _about(batch: LedgerBatch) -> Sequence[tuple[str, str]]:
    text = _l(
        "Red rows have faults, yellow ones were read with a doubt; the last column says what to do. Put them right and "
        "hand this file in again."
    )
    return [(str(_l("File")), batch.filename), (str(_l("How to read it")), str(text))]


def _marked(
    session: Session, batch: LedgerBatch, sheet: Sheet, width: int
) -> Iterator[tuple[list[Any], str]]:
    """The lines under the first one, each with its remarks at the end, and its tone."""
    remarks = _remarks(session, batch.id)
    line, faults = next(remarks, (0, []))
    for number, row in enumerate(islice(sheet, 1, None), start=2):
        said, tone = str(REMARKS) if number == batch.heading["line"] else "", ""
        if number == line:
            said = "\n".join(_remark(fault) for fault in faults)
            tone = DOUBTFUL if all(fault["warning"] for fault in faults) else FAULTY
            line, faults = next(remarks, (0, []))
        yield [*_wide(row, width), said], tone


def _remarks(session: Session, batch_id: int) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    asked = (
        sa.select(StagedRow.line, StagedRow.faults)
        .where(StagedRow.batch_id == batch_id, StagedRow.faults.is_not(None))
        .order_by(StagedRow.line)
    )
    for line, faults in session.execute(asked.execution_options(yield_per=CHUNK)):
        yield line, faults or []


def _remark(fault: dict[str, Any]) -> str:
    text: str = fault["text"]
    return f"{fault['column']}: {text}" if fault["column"] else text


def _width(sheet: Sheet, least: int) -> int:
    """Lines of a text file may differ in length."""
    return max(chain([least], (len(row) for row in sheet)))


def _wide(row: Row, width: int) -> list[Any]:
    return [_plain(cell) for cell, _place in zip_longest(row, range(width), fillvalue="")]


def _plain(cell: Any) -> Any:
    """Dates are written out: a file says nothing of the zone they are meant in."""
    return text_of(cell) if isinstance(cell, date | time | timedelta) else cell
