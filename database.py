"""How the desk talks to its two engines. Knows no table and no Flask.

SQLite has one writer at a time. A transaction that reads first and writes later can fail at once with "database is
locked", however long the time-out, because its snapshot is old by then. So a transaction that will write says so
before its first statement (`begin_writing`, called by the unit of work) and takes the write lock with BEGIN IMMEDIATE,
where the time-out does work; readers use a plain BEGIN and, thanks to the write-ahead log, never wait.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.orm import Session

from grams import sqlite_grams

WRITING = "desk_writing"
BUSY_SECONDS = 20


def engine_options(url: str) -> dict[str, Any]:
    """Arguments of create_engine for the desk's databases."""
    # hide_parameters: the text of a database error reaches the log, the values of the statement must not.
    common = {"json_serializer": _json, "hide_parameters": True}
    if url.startswith("sqlite"):
        return common | {"connect_args": {"timeout": BUSY_SECONDS}}
    return common | {
        "pool_pre_ping": True,
        "connect_args": {"options": "-c timezone=UTC"},
    }


def make_engine(url: str, **options: Any) -> sa.Engine:
    """An engine with the desk's settings for either database."""
    return configure_engine(sa.create_engine(url, **engine_options(url), **options))


class _HintingCompiler(SQLiteCompiler):
    """Puts the hints of a statement (INDEXED BY) into it, which SQLAlchemy leaves out on SQLite."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


def configure_engine(engine: sa.Engine) -> sa.Engine:
    """Put the desk's rules on an engine that somebody else made. Idempotent."""
    if engine.dialect.name == "sqlite":
        engine.dialect.statement_compiler = _HintingCompiler
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _prepare_sqlite):
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def begin_writing(session: Session) -> None:
    """Start the transaction of a unit of work: on SQLite it holds the write lock from its first statement.

    Ends the read transaction that the session may have open, so that what it decides on is not an old snapshot.
    RuntimeError when the session carries changes that no unit of work made.
    """
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("the session already carries changes from outside the unit of work")
    session.rollback()
    session.connection(execution_options={WRITING: True})


@contextmanager
def index_by_hand(connection: sa.Connection) -> Iterator[None]:
    """On SQLite: new searchable texts leave the index alone meanwhile; who writes them writes the index, too."""
    driver: Any = connection.connection.driver_connection
    driver.create_function("desk_index_follows", 0, lambda: 0)
    try:
        yield
    finally:
        driver.create_function("desk_index_follows", 0, lambda: 1)


def _json(value: object) -> str:
    """Chinese text stays legible and searchable inside JSON columns."""
    return json.dumps(value, ensure_ascii=False)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own implicit BEGIN would come too late and never IMMEDIATE; _begin_sqlite does it.
    connection.isolation_level = None
    # The triggers of the search index call it (see the migration that made them).
    connection.create_function("desk_grams", 1, sqlite_grams, deterministic=True)
    connection.create_function("desk_index_follows", 0, lambda: 1)
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
