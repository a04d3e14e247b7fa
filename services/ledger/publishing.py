"""The one transaction that puts an imported batch on the desk, and the ways back: called off, or undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from models import Complaint, LedgerBatch
from models.enums import EventKind
from models.job_enums import BatchStatus, RowStatus
from services.access import months
from services.access.permissions import Permission
from services.access.scope import MARK, unscoped
from services.access.visibility import ORDERS
from services.actor import SYSTEM
from services.audit import Draft
from services.ledger.batches import Figures, Series
from services.unit_of_work import UnitOfWork, reading

CHUNK = 500
_ACCOMPANIES = ("audit_entries", "audit_salts", "notices", "outbox")
_complaints = cast(sa.Table, Complaint.__table__)
_visibility = cast(sa.Table, m.ComplaintVisibility.__table__)
_events = cast(sa.Table, m.ComplaintEvent.__table__)
_staged = cast(sa.Table, m.StagedRow.__table__)
_withdrawn = cast(sa.Table, m.WithdrawnNumber.__table__)
_CORE = {MARK: "core"}


def publish(work: UnitOfWork, batch_id: int, figures: Figures) -> None:
    """Everything that was written for this batch is on the desk from now on, with its line of history."""
    session = work.session
    batch = session.get_one(LedgerBatch, batch_id, populate_existing=True)
    connection = session.connection()
    bounds = _bounds(session, batch_id)
    columns, orders = ["complaint_id", "audience", *ORDERS], [_complaints.c[key] for key in ORDERS]
    for audience, of_whom in _audiences():
        rows = sa.select(_complaints.c.id, audience, *orders).where(_within(batch_id, bounds), of_whom)
        _insert(connection, _visibility, columns, rows.order_by(_complaints.c.id))
    months.counted(session, sa.select(_complaints.c.id).where(_within(batch_id, bounds)))
    _write_history(work, batch)
    batch.status, batch.imported_at = BatchStatus.IMPORTED, work.now
    batch.rows_written = figures.written
    batch.figures = figures.as_json()
    work.record(
        Draft(
            "ledger.imported",
            "ledger_batch",
            batch.id,
            batch.filename[:120],
            after={
                "rows": figures.written,
                "already_here": figures.known,
                "left_out": figures.faulty,
                "sha256": batch.sha256,
            },
        )
    )


def _audiences() -> Iterator[tuple[Any, Any]]:
    """What services.access.visibility.audiences_of gives for a complaint without assignments, each of them once."""
    department = sa.func.coalesce(_complaints.c.department_id, _complaints.c.receiving_department_id)
    yield sa.literal("*"), sa.true()
    yield _joined("d", department), department.is_not(None)
    told: list[Any] = []
    for name in ("first_receiver_id", "handler_id", "responsible_id"):
        person = _complaints.c[name]
        others = [person != sa.func.coalesce(other, 0) for other in told]
        yield _joined("u", person), sa.and_(person.is_not(None), *others)
        told.append(person)


def _joined(letter: str, number: Any) -> Any:
    return sa.literal(letter).concat(sa.cast(number, sa.String))


def _within(batch_id: int, bounds: tuple[int, int]) -> Any:
    """The complaints of a batch in the order in which they lie: by id, whatever index there is by batch."""
    return sa.and_(_complaints.c.id.between(*bounds), _complaints.c.batch_id + 0 == batch_id)


def _bounds(session: Session, batch_id: int) -> tuple[int, int]:
    with unscoped(session, "the rows of an import that is not published yet, by whoever may import"):
        asked = sa.select(sa.func.min(Complaint.id), sa.func.max(Complaint.id))
        first, last = session.execute(asked.where(Complaint.batch_id == batch_id)).one()
    return first or 0, last or 0


def _insert(connection: sa.Connection, table: sa.Table, columns: list[str], rows: Any) -> None:
    connection.execute(sa.insert(table).from_select(columns, rows, include_defaults=False))


def _write_history(work: UnitOfWork, batch: LedgerBatch) -> None:
    """Each complaint's line of where it comes from."""
    actor = work.actor
    grant = None if actor.is_system else actor.grant_for(Permission.LEDGER_IMPORT)
    department = work.session.get(m.Department, actor.department_id) if actor.department_id else None
    as_object = (
        sa.func.json_object if work.session.get_bind().dialect.name == "sqlite" else sa.func.json_build_object
    )
    address = _complaints.c.public_id
    values: dict[str, Any] = {
        "public_id": sa.func.substr(address, 7).concat(
            sa.func.substr(address, 1, 6)
        ),  # as random, and as unique
        "complaint_id": _complaints.c.id,
        "at": _said(work.now, _events.c.at),
        "event": _said(EventKind.IMPORTED, _events.c.event),
        "from_state": _complaints.c.state,
        "to_state": _complaints.c.state,
        "round": sa.literal(1),
        "actor_id": _said(actor.user_id, _events.c.actor_id),
        "actor_name": _said(actor.name, _events.c.actor_name),
        "on_behalf_of_id": _said(grant and grant.on_behalf_of_id, _events.c.on_behalf_of_id),
        "on_behalf_of_name": _said(grant and grant.on_behalf_of_name, _events.c.on_behalf_of_name),
        "role": _said(grant and grant.role.value, _events.c.role),
        "department_name": _said(department and department.name, _events.c.department_name),
        "data": as_object("file", sa.cast(sa.literal(batch.filename), sa.Text), "row", _staged.c.line),
    }
    rows = (
        sa.select(*values.values())
        .where(
            _staged.c.batch_id == batch.id,
            _staged.c.status == RowStatus.READY,
            _complaints.c.batch_id == batch.id,
            _complaints.c.import_key == _staged.c.row_key,
        )
        .order_by(_staged.c.received_at, _staged.c.line)  # as they were written, so by id as well
    )
    _insert(work.session.connection(), _events, list(values), rows)


def _said(value: Any, column: sa.Column[Any]) -> Any:
    return sa.cast(sa.null(), column.type) if value is None else sa.literal(value, column.type)


def take_back(session: Session, batch_id: int) -> None:
    """Remove what was written for a batch that was called off before anybody saw it; its numbers are free again.

    In short transactions; broken off, it goes on when called again.
    """
    while ids := _some_ids(session, batch_id):
        with UnitOfWork(session, SYSTEM):
            connection = session.connection()
            for table, column in _WRITTEN:
                connection.execute(sa.delete(table).where(column.in_(ids)).execution_options(**_CORE))
    with UnitOfWork(session, SYSTEM) as work:
        batch = session.get_one(LedgerBatch, batch_id, with_for_update=True, populate_existing=True)
        if batch.status is not BatchStatus.WRITING:
            return
        figures = Figures.of(batch)
        for series in figures.series:
            _give_back(work, series)
        batch.status = BatchStatus.CHECKED
        batch.figures = figures.but(series=(), written=0, last=None).as_json()


_WRITTEN: list[tuple[sa.Table, Any]] = [
    (cast(sa.Table, model.__table__), getattr(model, key))
    for model, key in (
        (m.ComplaintText, "id"),
        (m.ComplaintOrder, "id"),
        (m.ComplaintValue, "complaint_id"),
        (m.Reply, "complaint_id"),
        (m.Party, "complaint_id"),
        (m.Complaint, "id"),
    )
]


def _some_ids(session: Session, batch_id: int) -> list[int]:
    with reading(session, SYSTEM), unscoped(session, "what an import that was called off has left"):
        asked = (
            sa.select(Complaint.id)
            .join(LedgerBatch, LedgerBatch.id == Complaint.batch_id)
            .where(Complaint.batch_id == batch_id, LedgerBatch.status == BatchStatus.WRITING)
            .limit(CHUNK)
        )
        return list(session.scalars(asked))


def _give_back(work: UnitOfWork, series: Series) -> None:
    """Numbers that were the last of their series are taken again by the next; others stay withdrawn."""
    kept = m.NumberSeries
    given = work.session.execute(
        sa.update(kept)
        .where(
            kept.prefix == series.prefix,
            kept.year == series.year,
            kept.is_confidential.is_(False),
            kept.last == series.first + series.count - 1,
        )
        .values(last=series.first - 1),
        execution_options={"synchronize_session": False},
    )
    if not given.rowcount:  # type: ignore[attr-defined]
        numbers = [series.number(rank) for rank in range(series.count)]
        withdraw(work, [{"number": number} for number in numbers])


def withdraw(work: UnitOfWork, numbers: list[dict[str, Any]]) -> None:
    """The series shows these numbers as withdrawn."""
    work.session.connection().execute(sa.insert(_withdrawn), numbers)


def take_off(work: UnitOfWork, batch: LedgerBatch) -> int:
    """Take a published batch off the desk: its complaints are void and seen by nobody, their numbers stay taken."""
    connection = work.session.connection()
    bounds = _bounds(work.session, batch.id)
    of_it = sa.select(_complaints.c.id).where(_within(batch.id, bounds))
    months.counted(work.session, of_it, -1)
    connection.execute(
        sa.delete(_visibility).where(_visibility.c.complaint_id.in_(of_it)).execution_options(**_CORE)
    )
    numbers = sa.select(_complaints.c.number, _said(work.now, _withdrawn.c.created_at)).where(
        _within(batch.id, bounds)
    )
    _insert(connection, _withdrawn, ["number", "created_at"], numbers)
    batch.status, batch.undone_at = BatchStatus.UNDONE, work.now
    return batch.rows_written


def worked_on(session: Session, batch: LedgerBatch) -> bool:
    """Whether anybody has done anything with one of its complaints since: corrected it, or hung something on it."""
    bounds = _bounds(session, batch.id)
    of_it = sa.select(_complaints.c.id).where(_within(batch.id, bounds))
    changed = sa.select(_complaints.c.id).where(_within(batch.id, bounds), _complaints.c.version > 1)
    looks = [changed]
    looks.append(
        sa.select(_events.c.id).where(
            _events.c.complaint_id.in_(of_it), _events.c.event != EventKind.IMPORTED
        )
    )
    # What accompanies an act (trail, messages) is no act: somebody may have looked at a row without touching it.
    own = {table.name for table, _column in _WRITTEN} | {_visibility.name, _events.name, *_ACCOMPANIES}
    for table in m.Base.metadata.sorted_tables:
        if table.name in own - {Complaint.__tablename__}:
            continue
        for key in table.foreign_keys:
            if key.column is _complaints.c.id:
                looks.append(sa.select(table.c.id).where(key.parent.in_(of_it)))
    connection = session.connection()
    return any(
        connection.execute(look.limit(1).execution_options(**_CORE)).first() is not None for look in looks
    )
