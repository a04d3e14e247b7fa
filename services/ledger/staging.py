"""The dry run: every row of an old ledger read, checked and put aside, some hundred a transaction.

What is put aside is no complaint yet: nobody but the person who imports sees it. A dry run that is broken off begins
anew; what it had put aside goes first.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, LedgerBatch, StagedRow
from models.job_enums import BatchStatus, RowStatus
from services.access.scope import unscoped
from services.actor import SYSTEM, Actor
from services.ledger.batches import Figures
from services.ledger.bulk import Row, Shape, one_ahead, put, rows_alone
from services.ledger.checking import CheckedRow, LedgerRow, RowChecker
from services.ledger.importing import OldLedger, checker_of, procedure_in_force
from services.ledger.targets import targets
from services.unit_of_work import UnitOfWork, reading

CHUNK = 1000
KEPT_FAULTS = 100

Tell = Callable[[UnitOfWork, int], None]
"""Is told, within each transaction, how many lines are done; stops the dry run by raising."""


def stage(
    session: Session,
    actor: Actor,
    batch_id: int,
    ledger: OldLedger,
    zone: ZoneInfo,
    now: datetime,
    tell: Tell = lambda work, lines: None,
    finish: Callable[[UnitOfWork, Figures], None] = lambda work, figures: None,
    processes: int = 1,
) -> Figures:
    """Check the whole file and put its rows aside; afterwards the batch is checked.

    `finish` belongs to the transaction that says so; with two `processes` one of them reads a long file.
    NotPermitted without ledger:import; Invalid when the mapping cannot be used; UnusableFile: the file cannot be read.
    """
    clear(session, batch_id)
    with reading(session, actor):
        checker = checker_of(session, actor, ledger, zone, now)
        version_id = procedure_in_force(session).id
    count, shape = _Count(), Shape(StagedRow, session.get_bind().dialect.name, "id")
    checked = checker.rows(with_helper=processes > 1)
    with rows_alone(), one_ahead(_made(checked, checker, batch_id, shape)) as chunks:
        for lines, rows, chunk in chunks:
            with UnitOfWork(session, SYSTEM) as work:
                put(session.connection(), shape.table, shape.names, rows)
                tell(work, lines)
            count.add(chunk)
    with UnitOfWork(session, SYSTEM) as work:
        tell(work, checker.lines)
        known = mark_known(session, batch_id)
        figures = count.figures(known, version_id)
        batch = session.get_one(LedgerBatch, batch_id)
        batch.status, batch.figures, batch.faults = BatchStatus.CHECKED, figures.as_json(), count.first
        batch.rows_read, batch.rows_written = figures.rows, 0
        batch.rows_skipped = figures.known + figures.repeated
        finish(work, figures)
    return figures


def clear(session: Session, batch_id: int, *statuses: RowStatus) -> None:
    """Remove what was put aside (with these statuses), in short transactions."""
    of_it = StagedRow.batch_id == batch_id
    if statuses:
        of_it = sa.and_(of_it, StagedRow.status.in_(statuses))
    with reading(session, SYSTEM):
        first, last = session.execute(
            sa.select(sa.func.min(StagedRow.id), sa.func.max(StagedRow.id)).where(of_it)
        ).one()
    for start in range(first or 0, (last or -1) + 1, 5 * CHUNK):
        some = sa.and_(of_it, StagedRow.id.between(start, start + 5 * CHUNK - 1))
        with UnitOfWork(session, SYSTEM):
            session.execute(sa.delete(StagedRow).where(some), execution_options=_WITHOUT_SESSION)


def mark_known(session: Session, batch_id: int) -> int:
    """Tell the staged rows that are on the desk already from those that are new. Returns how many are known."""
    imported = sa.select(LedgerBatch.id).where(LedgerBatch.status == BatchStatus.IMPORTED)
    here = sa.exists().where(Complaint.import_key == StagedRow.row_key, Complaint.batch_id.in_(imported))
    known = sa.and_(StagedRow.batch_id == batch_id, StagedRow.status == RowStatus.READY, here)
    with unscoped(session, "a row that came in before must not come in twice, whoever may see it now"):
        session.execute(
            sa.update(StagedRow).where(known).values(status=RowStatus.KNOWN),
            execution_options=_WITHOUT_SESSION,
        )
        return session.scalar(_of_batch(batch_id, RowStatus.KNOWN, sa.func.count())) or 0


def faults_of(session: Session, batch_id: int, limit: int | None = None) -> list[dict[str, Any]]:
    """What was found in the file, in the order of its lines."""
    asked = (
        sa.select(StagedRow.faults)
        .where(StagedRow.batch_id == batch_id, StagedRow.faults.is_not(None))
        .order_by(StagedRow.line)
        .limit(limit)
    )
    found = [fault for faults in session.scalars(asked) for fault in faults or ()]
    return found[:limit]


def first_rows(session: Session, batch_id: int, count: int) -> list[LedgerRow]:
    """The first rows that can be taken, for a look at them."""
    asked = (
        _of_batch(batch_id, RowStatus.READY, StagedRow.line, StagedRow.row_key, StagedRow.row_values)
        .order_by(StagedRow.line)
        .limit(count)
    )
    decode = Decoder()
    return [decode.row(line, key, values) for line, key, values in session.execute(asked)]


class Decoder:
    """Reads staged values back as what the check made of them."""

    def __init__(self) -> None:
        kinds = {target.key: target.kind for target in targets().values()}
        self.moments = [key for key, kind in kinds.items() if kind == "moment"]
        self.days = [key for key, kind in kinds.items() if kind == "date"]

    def row(self, line: int, key: str, kept: str) -> LedgerRow:
        values: dict[str, Any] = json.loads(kept)
        for name in self.moments:
            if values.get(name) is not None:
                values[name] = datetime.fromisoformat(values[name])
        for name in self.days:
            if values.get(name) is not None:
                values[name] = date.fromisoformat(values[name])
        return LedgerRow(line, values, key)


def _of_batch(batch_id: int, status: RowStatus, *selected: Any) -> sa.Select[Any]:
    return (
        sa.select(*selected)
        .select_from(StagedRow)
        .where(StagedRow.batch_id == batch_id, StagedRow.status == status)
    )


def _made(
    checked: Iterator[CheckedRow], checker: RowChecker, batch_id: int, shape: Shape
) -> Iterator[tuple[int, list[Row], list[CheckedRow]]]:
    """How many lines are read, and the rows to be staged, chunk by chunk."""
    for chunk in _chunks(checked):
        yield checker.lines, [shape.row(_staged_row(batch_id, each)) for each in chunk], chunk


def _staged_row(batch_id: int, checked: CheckedRow) -> dict[str, Any]:
    row = checked.row
    return {
        "batch_id": batch_id,
        "line": checked.line,
        "status": checked.status,
        "row_key": row.key if row else None,
        "received_at": row.received_at if row else None,
        "row_values": _encoded(row.values) if row else None,
        "faults": [fault.as_json() for fault in checked.faults] or None,
    }


def _encoded(values: Mapping[str, Any]) -> str:
    given = {key: value for key, value in values.items() if value is not None}
    return _as_json(given)


def _as_text(value: Any) -> str:
    if isinstance(value, date):  # a moment is one, too
        return value.isoformat()
    raise TypeError(type(value).__name__)


_as_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, default=_as_text).encode


def _chunks(rows: Iterable[CheckedRow]) -> Iterator[list[CheckedRow]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


@dataclass
class _Count:
    """Counts the rows of a dry run as they go by, and keeps the first faults."""

    statuses: Counter[RowStatus] = field(default_factory=Counter)
    faults: int = 0
    doubts: int = 0
    first: list[dict[str, Any]] = field(default_factory=list)

    def add(self, chunk: list[CheckedRow]) -> None:
        for each in chunk:
            self.statuses[each.status] += 1
            for fault in each.faults:
                if fault.warning:
                    self.doubts += 1
                else:
                    self.faults += 1
                if len(self.first) < KEPT_FAULTS:
                    self.first.append(fault.as_json())

    def figures(self, known: int, version_id: int) -> Figures:
        found = self.statuses
        return Figures(
            rows=found.total(),
            faulty=found[RowStatus.FAULTY],
            repeated=found[RowStatus.REPEATED],
            known=known,
            ready=found[RowStatus.READY] - known,
            doubts=self.doubts,
            faults=self.faults,
            version_id=version_id,
        )


_WITHOUT_SESSION = {"synchronize_session": False}
