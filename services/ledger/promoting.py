"""Checked rows become complaints: written in short transactions that nobody sees, published in one.

A complaint is on the desk when its batch is imported. Until then its batch is "being written" and the scope rules keep
it from everybody, the desk's own rounds included. A run that is broken off goes on where it stood; one that is called
off is taken back, and its numbers with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import LedgerBatch, ProcedureVersion, StagedRow
from models.job_enums import BatchStatus, RowStatus
from models.labels import _l
from models.types import Moment
from services.actor import SYSTEM, Actor
from services.errors import DeskError, Invalid
from services.ledger.batches import Figures, Series, options_of
from services.ledger.bulk import one_ahead, rows_alone
from services.ledger.importing import check_may_import, procedure_in_force
from services.ledger.preparing import Prepared, Preparer, Preparers, Terms
from services.ledger.publishing import publish
from services.ledger.searchable import Texts, left_out
from services.ledger.staging import clear, mark_known
from services.ledger.writing import Writer
from services.listing import orders
from services.procedures.of_complaint import parsed
from services.unit_of_work import UnitOfWork, reading
from services.workflow.numbers import take_numbers

CHUNK = 4000
"""Complaints a transaction: on SQLite it holds the write lock for about half a second."""
ALONE_ROWS = 10_000
"""Rows up to which a second process is not worth its start."""
PAUSE = 0.04
"""Seconds between two transactions: whoever waits for SQLite's only write lock looks for it every tenth of a second."""
_LOCK = 0x4C444752
Tell = Callable[[UnitOfWork, int], None]
"""Is told, within each transaction, how many rows are written; stops the writing by raising."""


class FaultyLedger(DeskError):
    """Rows of the file have faults; nothing was taken from it."""

    def __init__(self) -> None:
        super().__init__(_l("The file has faults. Nothing was imported."))


class Busy(DeskError):
    """Two imports at once could both take the same row."""

    def __init__(self) -> None:
        super().__init__(_l("Another import is being written. Wait until it is done, then import this one."))


def promote(
    session: Session,
    actor: Actor,
    batch_id: int,
    zone: ZoneInfo,
    tell: Tell = lambda work, rows: None,
    finish: Callable[[UnitOfWork, Figures], None] = lambda work, figures: None,
    processes: int = 1,
) -> Figures:
    """Write the rows of a checked batch, or go on with one that is being written, and publish them.

    `finish` belongs to the transaction that publishes; with two `processes` one of them makes the rows of a long import
    ready.
    NotPermitted without ledger:import; FaultyLedger when rows have faults and good ones alone were not asked for;
    Invalid when the procedure has changed since the dry run.
    """
    check_may_import(actor)
    figures = _begin(session, batch_id, zone)
    if not figures.ready:
        with UnitOfWork(session, actor) as work:
            finish(work, figures)
        return figures
    terms = _terms(session, actor, batch_id, figures.version_id)
    writer, ended = Writer(terms), 0.0
    has_helper = processes > 1 and figures.ready - figures.written > ALONE_ROWS
    with (
        rows_alone(),
        Preparers(terms, with_helper=has_helper) as preparers,
        one_ahead(_prepared(session.get_bind(), batch_id, figures, preparers)) as chunks,
        Texts(session) as texts,
    ):
        if figures.written:
            _catch_up(session, batch_id, terms, texts)
        for figures, made in chunks:
            prepared = preparers.received(made)
            time.sleep(max(0.0, ended + PAUSE - time.monotonic()))
            with UnitOfWork(session, SYSTEM) as work:
                rows = writer.write(session.connection(), prepared)
                texts.within(rows)
                _keep(session, batch_id, figures)
                tell(work, figures.written)
            texts.after(rows)
            ended = time.monotonic()
        texts.wait()
    with UnitOfWork(session, actor) as work:
        publish(work, batch_id, figures)
        finish(work, figures)
    clear(session, batch_id, RowStatus.READY, RowStatus.KNOWN)
    return figures


def _catch_up(session: Session, batch_id: int, terms: Terms, texts: Texts) -> None:
    """Take up what an import that was broken off had written and not yet taken up."""
    if missing := left_out(session, batch_id):
        made = Preparer(terms).prepare([row for _id, _number, row in missing], [each[1] for each in missing])
        texts.after([(each[0], *row) for each, row in zip(missing, made.texts, strict=True)])


def choose_rows(batch: LedgerBatch, *, good_only: bool) -> None:
    """Whether faulty rows are left out or stop all. FaultyLedger when they stop all."""
    figures = Figures.of(batch).but(good_only=good_only)
    if figures.faulty and not good_only:
        raise FaultyLedger
    batch.figures = figures.as_json()


def _begin(session: Session, batch_id: int, zone: ZoneInfo) -> Figures:
    """Take the numbers of all rows; a batch that is being written has them."""
    with UnitOfWork(session, SYSTEM):
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        batch = session.get_one(LedgerBatch, batch_id, with_for_update=True, populate_existing=True)
        figures = Figures.of(batch)
        if batch.status is BatchStatus.WRITING:
            return figures
        if batch.status is not BatchStatus.CHECKED:
            raise Invalid({"": _l("This ledger has to be checked by a dry run first.")})
        if session.scalar(sa.select(LedgerBatch.id).where(LedgerBatch.status == BatchStatus.WRITING)):
            raise Busy
        if figures.faulty and not figures.good_only:
            raise FaultyLedger
        version = procedure_in_force(session)
        if version.id != figures.version_id:
            raise Invalid({"": _l("The procedure has changed since the dry run. Run it again.")})
        known = mark_known(session, batch_id)
        figures = figures.but(known=known, ready=figures.ready + figures.known - known)
        batch.rows_skipped = known + figures.repeated + figures.faulty
        if figures.ready:
            series = _take_series(session, batch_id, parsed(version).number_prefix, zone)
            figures = figures.but(series=series, written=0, last=None)
            batch.status = BatchStatus.WRITING
        batch.figures = figures.as_json()
    return figures


def _take_series(session: Session, batch_id: int, prefix: str, zone: ZoneInfo) -> tuple[Series, ...]:
    """Numbers for each local year of receipt, without gaps."""
    ready = sa.and_(StagedRow.batch_id == batch_id, StagedRow.status == RowStatus.READY)
    received = StagedRow.received_at
    bounds = session.execute(sa.select(sa.func.min(received), sa.func.max(received)).where(ready)).one()
    first, last = (moment.astimezone(zone).year for moment in bounds if moment is not None)
    found = []
    for year in range(first, last + 1):
        begin, end = (datetime(y, 1, 1, tzinfo=zone).astimezone(UTC) for y in (year, year + 1))
        within = sa.and_(ready, received >= begin, received < end)
        count = session.scalar(sa.select(sa.func.count()).select_from(StagedRow).where(within)) or 0
        if count:
            numbers = take_numbers(session, prefix, year, count)
            found.append(Series(prefix, year, int(numbers[0].rpartition("-")[2]), count))
    return tuple(found)


def _numbers(figures: Figures, count: int) -> list[str]:
    """Those of the next rows: by year, in the order of receipt."""
    found: list[str] = []
    before, at = 0, figures.written
    for series in figures.series:
        while len(found) < count and at < before + series.count:
            found.append(series.number(at - before))
            at += 1
        before += series.count
    return found


def _terms(session: Session, actor: Actor, batch_id: int, version_id: int) -> Terms:
    with reading(session, SYSTEM):
        return Terms(
            dialect=session.get_bind().dialect.name,
            batch_id=batch_id,
            version_id=version_id,
            procedure=parsed(session.get_one(ProcedureVersion, version_id)),
            options=options_of(session.get_one(LedgerBatch, batch_id)),
            user_id=actor.user_id,
            department_id=actor.department_id,
            now=datetime.now(UTC),
            nameless=str(_l("(no subject)")),
            keys=orders.Keys(session.connection()),
        )


def _prepared(
    bind: Any, batch_id: int, figures: Figures, preparers: Preparers
) -> Iterator[tuple[Figures, Prepared | bytes]]:
    """The rows that are left, chunk by chunk, each with how far the writing is once it is done."""
    while found := _next_rows(bind, batch_id, figures):
        received_at, line, *_ = found[-1]
        made = preparers.ask([tuple(row[1:]) for row in found], _numbers(figures, len(found)))
        figures = figures.but(written=figures.written + len(found), last=(received_at.isoformat(), line))
        yield figures, made


def _next_rows(bind: Any, batch_id: int, figures: Figures) -> Sequence[Any]:
    """Receipt, line, key and values of the rows that come next."""
    place: Any = sa.tuple_(StagedRow.received_at, StagedRow.line)
    asked = (
        sa.select(StagedRow.received_at, StagedRow.line, StagedRow.row_key, StagedRow.row_values)
        .where(StagedRow.batch_id == batch_id, StagedRow.status == RowStatus.READY)
        .order_by(StagedRow.received_at, StagedRow.line)
        .limit(CHUNK)
    )
    if figures.last is not None:
        moment = sa.literal(datetime.fromisoformat(figures.last[0]), Moment)
        asked = asked.where(place > sa.tuple_(moment, sa.literal(figures.last[1])))
    with Session(bind) as aside, reading(aside, SYSTEM):  # a session of the thread's own
        return aside.execute(asked).all()


def _keep(session: Session, batch_id: int, figures: Figures) -> None:
    session.execute(
        sa.update(LedgerBatch).where(LedgerBatch.id == batch_id).values(figures=figures.as_json()),
        execution_options={"synchronize_session": False},
    )
