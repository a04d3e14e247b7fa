"""Keeps the searchable texts in step with the complaints; the index over them follows in the database itself.

Whatever a session flushes is taken up by a listener, so no operation can forget it. What is written past the session
(imports, made-up data, emptied cases) calls `reindex` or `rebuild` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from database import index_by_hand
from grams import FIELD_END, needed, normalise, sqlite_grams, sqlite_match
from models import Complaint, ComplaintText
from services.access.scope import MARK
from services.access.scope import apply as in_scope
from services.actor import SYSTEM

HEADING = ("number", "summary")
OPEN = (*HEADING, "content", "product", "batch", "source_reference", "place", "result", "reply_text")
PERSONAL = ("complainant_name", "complainant_phone")
CHUNK = 1000
SAMPLE = 1000
"""Complaints of a check for which the index itself is asked."""

Put = Callable[[sa.Connection, str, Sequence[str], Sequence[tuple[Any, ...]]], None]
Progress = Callable[[int], None]
"""Is told how many complaints are done."""

_complaints = cast(sa.Table, Complaint.__table__)
_texts = cast(sa.Table, ComplaintText.__table__)
_KEYS = (*OPEN, *PERSONAL)
_KINDS = ("open", "personal")


def install(session_class: Any) -> None:
    """Put the listener on the desk's sessions. Idempotent."""
    if not event.contains(session_class, "after_flush", _after_flush):
        event.listen(session_class, "after_flush", _after_flush)


def _after_flush(session: Session, _context: object) -> None:
    changed = [one for one in session.dirty if isinstance(one, Complaint) and _has_new_texts(one)]
    new = [one for one in session.new if isinstance(one, Complaint)]
    if new or changed:
        reindex(session, [one.id for one in (*new, *changed)])


def _has_new_texts(complaint: Complaint) -> bool:
    state = sa.inspect(complaint)
    return any(state.attrs[key].history.has_changes() for key in _KEYS)


def reindex(session: Session, ids: Iterable[int]) -> None:
    """Take up the texts of these complaints as the tables hold them now, within the session's transaction."""
    _write(session.connection(), ids)


def texts_of(values: Mapping[str, Any], dialect: str) -> tuple[Any, ...]:
    """The searchable texts of a complaint that is about to be written, as `take_up` takes them behind its id.

    What takes time is done here: the transaction that writes them may hold a lock.
    """
    made = _texts_of({**values, "id": None})
    texts = tuple(made[name] for name in _WRITTEN)
    return texts if dialect != "sqlite" else (*texts, *map(sqlite_grams, texts[1:]))


def take_up(connection: sa.Connection, rows: Sequence[tuple[Any, ...]], put: Put, put_pieces: Put) -> None:
    """Take up new complaints as they are written: id and `texts_of` each, in the connection's transaction.

    `put` writes rows, `put_pieces` those of the index itself on SQLite.
    """
    columns = ("id", *_WRITTEN)
    if connection.dialect.name != "sqlite":
        with _patient_index(connection):
            put(connection, _texts.name, columns, rows)
        return
    with index_by_hand(connection):
        put(connection, _texts.name, columns, [row[: len(columns)] for row in rows])
    for at, kind in enumerate(_KINDS, start=len(columns)):
        pieces = [(row[0], row[at]) for row in rows]
        put_pieces(connection, f"complaint_{kind}_grams", ("rowid", "grams"), pieces)


def rebuild(
    connection: sa.Connection, ids: Iterable[int] | None = None, progress: Progress | None = None
) -> int:
    """Take up many complaints, or all of them anew, within the connection's transaction. Returns how many.

    For all, the index is taken down first and built over the finished texts: many times faster than row by row.
    """
    if ids is not None:
        with _patient_index(connection):
            return _write(connection, ids, progress)
    with _rebuilt_index(connection):
        return _write_anew(connection, progress)


def _chunks_of_all(connection: sa.Connection, columns: list[sa.Column[Any]]) -> Iterator[list[sa.Row[Any]]]:
    """Every complaint by rising id, without a cursor left open while others write."""
    last = 0
    while True:
        asked = sa.select(*columns).where(_complaints.c.id > last).order_by(_complaints.c.id).limit(CHUNK)
        rows = list(connection.execute(in_scope(asked, SYSTEM, Complaint)))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _write_anew(connection: sa.Connection, progress: Progress | None) -> int:
    """All complaints into the empty table. On SQLite with their pieces: in a trigger FTS5 writes after every row."""
    done = 0
    for chunk in _chunks_of_all(connection, _SOURCE):
        rows = [_texts_of(row._asdict()) for row in chunk]
        connection.execute(_texts.insert(), rows)
        if connection.dialect.name == "sqlite":
            _put_pieces(connection, rows)
        done += len(rows)
        if progress is not None:
            progress(done)
    return done


def _put_pieces(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    for kind in _KINDS:
        pieces = sa.table(f"complaint_{kind}_grams", sa.column("rowid"), sa.column("grams"))
        connection.execute(
            pieces.insert(),
            [{"rowid": row["id"], "grams": sqlite_grams(row[f"{kind}_text"])} for row in rows],
        )


def _write(connection: sa.Connection, ids: Iterable[int], progress: Progress | None = None) -> int:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    made = insert(_texts)
    made = made.on_conflict_do_update(
        index_elements=[_texts.c.id], set_={name: made.excluded[name] for name in _WRITTEN}
    )
    remaining, done = iter(ids), 0
    while chunk := list(islice(remaining, CHUNK)):
        asked = sa.select(*_SOURCE).where(_complaints.c.id.in_(chunk))
        rows = [_texts_of(row._asdict()) for row in connection.execute(in_scope(asked, SYSTEM, Complaint))]
        if rows:
            connection.execute(made, rows)
        done += len(rows)
        if progress is not None:
            progress(done)
    return done


_SOURCE = [_complaints.c.id, *(_complaints.c[key] for key in _KEYS)]
_WRITTEN = ("heading", "open_text", "personal_text")


def _texts_of(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "id": values["id"],
        "heading": len(_joined(values, HEADING)),
        "open_text": _joined(values, OPEN),
        "personal_text": _joined(values, PERSONAL),
    }


def _joined(values: Mapping[Any, Any], keys: tuple[str, ...]) -> str:
    return "".join(normalise(values.get(key) or "") + FIELD_END for key in keys)


# The index around bulk work


@contextmanager
def _patient_index(connection: sa.Connection) -> Iterator[None]:
    """PostgreSQL collects new pieces and sorts them in, in batches; larger ones cost less."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT set_config('gin_pending_list_limit', '131072', true)"))
    yield


@contextmanager
def _rebuilt_index(connection: sa.Connection) -> Iterator[None]:
    """The table empty inside, and without what keeps its index; on SQLite whoever fills it writes the pieces, too."""
    if connection.dialect.name == "sqlite":
        triggers = connection.execute(sa.text(_SQLITE_TRIGGERS), {"texts": _texts.name}).all()
        for name, _sql in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(sa.delete(_texts).execution_options(**{MARK: "core"}))
        for kind in _KINDS:
            table = f"complaint_{kind}_grams"
            connection.exec_driver_sql(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608
        yield
        for _name, sql in triggers:
            connection.exec_driver_sql(sql)
        return
    indexes = connection.execute(sa.text(_POSTGRES_INDEXES), {"texts": _texts.name}).all()
    for name, _sql in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    connection.execute(sa.delete(_texts).execution_options(**{MARK: "core"}))
    yield
    connection.execute(sa.text("SELECT set_config('maintenance_work_mem', '524288', true)"))
    for _name, sql in indexes:
        connection.exec_driver_sql(sql)


_SQLITE_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :texts"
_POSTGRES_INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
    " AND tablename = :texts AND indexname LIKE '%_grams'"
)


# Checking


def faults(connection: sa.Connection, progress: Progress | None = None) -> Iterator[str]:
    """What is wrong with the index: complaints whose texts it does not hold as they are, or does not find."""
    total = connection.scalar(in_scope(sa.select(sa.func.count(_complaints.c.id)), SYSTEM, Complaint)) or 0
    every, done = max(1, total // SAMPLE), 0
    for rows in _chunks_of_all(connection, _SOURCE):
        kept = _kept(connection, [row.id for row in rows])
        for row in rows:
            wanted = _texts_of(row._asdict())
            if kept.get(row.id) != wanted:
                yield f"complaint {row.id}: " + ("not in the index" if row.id not in kept else "other texts")
            elif done % every == 0 and connection.dialect.name == "sqlite":
                yield from _not_found(connection, wanted)
            done += 1
        if progress is not None:
            progress(done)


def _kept(connection: sa.Connection, ids: list[int]) -> dict[int, dict[str, Any]]:
    asked = sa.select(_texts).where(_texts.c.id.in_(ids)).execution_options(**{MARK: "core"})
    return {row.id: dict(row._mapping) for row in connection.execute(asked)}


def _not_found(connection: sa.Connection, texts: dict[str, Any]) -> Iterator[str]:
    """On SQLite the pieces stand in tables of their own, which a damaged file could leave behind."""
    for kind in _KINDS:
        words = texts[f"{kind}_text"].replace(FIELD_END, " ").split()
        pieces = list(dict.fromkeys(piece for word in words for piece in needed(word)))
        table = f"complaint_{kind}_grams"
        asked = sa.text(f"SELECT 1 FROM {table} WHERE {table} MATCH :match AND rowid = :id")  # noqa: S608
        for start in range(0, len(pieces), 50):
            match = sqlite_match(pieces[start : start + 50])
            if connection.execute(asked, {"match": match, "id": texts["id"]}).first() is None:
                yield f"complaint {texts['id']}: the index does not find its {kind} texts"
                break
