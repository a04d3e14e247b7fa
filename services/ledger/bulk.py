"""Many rows into one table as fast as each engine takes them: long statements on SQLite, COPY on PostgreSQL.

Values go as the drivers take them, past SQLAlchemy's types: `Shape` makes them of what a model would be given.
"""

from __future__ import annotations

import contextvars
import gc
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import Enum
from itertools import chain
from operator import itemgetter
from threading import Lock
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from psycopg import sql

from models.types import Moment

Row = tuple[Any, ...]
Item = TypeVar("Item")
_encode = json.JSONEncoder(ensure_ascii=False).encode
_AT_ONCE = 500
"""Rows a statement; longer ones gain nothing."""
_BULK = ("PRAGMA cache_size = -65536", "PRAGMA wal_autocheckpoint = 16000")
"""64 MiB for the pages that two dozen indexes touch at random, and as much of the log before it goes into the file:
with SQLite's own 2 and 4 MiB the same pages are read and written over and over."""


class Shape:
    """The columns of a table, and rows of them from what a model would be given."""

    def __init__(self, model: type[Any], dialect: str, *without: str, only: Collection[str] = ()) -> None:
        """`only`: the columns that are ever given; others are left out unless they have a default."""
        table = cast(sa.Table, model.__table__)
        self.table = table.name
        columns = [
            column
            for column in table.columns
            if column.name not in without and (not only or column.name in only or column.default is not None)
        ]
        self.names = tuple(column.name for column in columns)
        plain = {column.name: _maker(column, dialect == "sqlite") for column in columns}
        self._typed = [(name, make) for name, make in plain.items() if make is not None]
        self._empty = {column.name: _scalar(column) for column in columns}
        self._made = [(column.name, made) for column in columns if (made := _callable(column)) is not None]
        self._ordered: Callable[[dict[str, Any]], Row] = itemgetter(*self.names)

    def row(self, values: Mapping[str, Any]) -> Row:
        """One row; what is not given has the column's own default."""
        row = {**self._empty, **values}
        for name, make in self._made:
            if name not in values:
                row[name] = make()
        for name, plain in self._typed:
            value = row[name]
            if value is not None:
                row[name] = plain(value)
        return self._ordered(row)


def _scalar(column: sa.Column[Any]) -> Any:
    made: Any = column.default
    return made.arg if made is not None and made.is_scalar else None


def _callable(column: sa.Column[Any]) -> Callable[[], Any] | None:
    made: Any = column.default
    return (lambda: made.arg(None)) if made is not None and made.is_callable else None


def _maker(column: sa.Column[Any], is_sqlite: bool) -> Callable[[Any], Any] | None:
    """What makes a plain value of this column's; None where it is one."""
    kind = column.type
    if isinstance(kind, Moment):
        return _moment_text if is_sqlite else _moment
    if isinstance(kind, sa.Date):
        return date.isoformat if is_sqlite else None
    if isinstance(kind, sa.JSON):
        return _encode
    if isinstance(kind, sa.Enum):
        return lambda value: value.value if isinstance(value, Enum) else value
    return None


def _moment(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(tzinfo=None)


def _moment_text(value: datetime) -> str:
    """As SQLAlchemy writes it: compared as text, so always with all its digits."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def put(connection: sa.Connection, table: str, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Write the rows within the connection's transaction."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        _put_in_sqlite(connection, table, names, rows)
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _put_in_sqlite(connection: sa.Connection, table: str, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Many rows a statement: each statement opens every index of the table, which costs as much as to write a row.

    Python's lock is free while a statement runs.
    """
    most = min(_AT_ONCE, _most_values(connection) // len(names))
    one = f"({', '.join('?' * len(names))})"
    head = f"INSERT INTO {table} ({', '.join(names)}) VALUES "  # noqa: S608
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        connection.exec_driver_sql(head + ", ".join([one] * len(some)), tuple(chain.from_iterable(some)))


def _most_values(connection: sa.Connection) -> int:
    driver: Any = connection.connection.driver_connection
    return min(driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER), 32_766)


def put_one_by_one(connection: sa.Connection, table: str, names: Sequence[str], rows: Sequence[Row]) -> None:
    """The same on SQLite, a row a statement: FTS5 writes out what it has gathered before each that holds several."""
    columns, marks = ", ".join(names), ", ".join("?" * len(names))
    connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(rows))  # noqa: S608


def make_room(connection: sa.Connection) -> None:
    """Give the connection the memory that bulk work needs."""
    if connection.dialect.name == "sqlite":
        for pragma in _BULK:
            connection.exec_driver_sql(pragma)


@contextmanager
def rows_alone() -> Iterator[None]:
    """Inside, Python looks seldom for objects that refer to each other: rows, of which there are many, never do.

    The setting is the process's: the last of those that go on at once puts it back.
    """
    _seldom.begin()
    try:
        yield
    finally:
        _seldom.end()


class _Seldom:
    def __init__(self) -> None:
        self._lock = Lock()
        self._going = 0
        self._usual = gc.get_threshold()

    def begin(self) -> None:
        with self._lock:
            if not self._going:
                self._usual = gc.get_threshold()
                gc.set_threshold(1_000_000, *self._usual[1:])
            self._going += 1

    def end(self) -> None:
        with self._lock:
            self._going -= 1
            if not self._going:
                gc.set_threshold(*self._usual)


_seldom = _Seldom()


@contextmanager
def one_ahead(items: Iterator[Item]) -> Iterator[Iterator[Item]]:
    """The same items, each made in a thread while the one before it is worked on: drivers let go of Python's lock."""
    with ThreadPoolExecutor(1) as pool:
        context = contextvars.copy_context()

        def later() -> Future[Item | None]:
            return pool.submit(lambda: context.run(lambda: next(items, None)))

        def each() -> Iterator[Item]:
            waiting = later()
            while (item := waiting.result()) is not None:
                waiting = later()
                yield item

        yield each()
