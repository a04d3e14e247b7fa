"""Rows into an empty database: one transaction, compared with their source before it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import sqlalchemy as sa

import database
from services import schema, search
from services.backup.faults import BackupFault
from services.backup.portable import (
    BATCH,
    KEY,
    TEXTS_TABLE,
    Digest,
    Table,
    digest_of,
    lines_of,
    tables_of,
    values_of,
)

Source = Callable[[Table], Iterable[bytes]]
"""Gives the lines of a table."""


def prepare_empty(url: str, revision: str) -> None:
    """Build the tables of `revision` in the database at `url`. BackupFault unless it is empty.

    A database that has these very tables already will do when they hold no rows.
    """
    require_empty(url, revision)
    if schema.revision_of(url) is None:
        schema.upgrade(url, revision)


def require_empty(url: str, revision: str) -> None:
    """BackupFault unless `prepare_empty` could use this database. Changes nothing."""
    found = schema.revision_of(url)
    engine = database.make_engine(url)
    try:
        with engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
            if found is None and tables:
                raise BackupFault("The database holds tables that are not the desk's. Name an empty one.")
            if found is not None:
                filled = [table.name for table in tables_of(connection) if _has_rows(connection, table)]
                if filled:
                    raise BackupFault(f"The database is not empty (table {filled[0]}). Name an empty one.")
                if found != revision:
                    raise BackupFault(
                        f"The database has the tables of revision {found}, the rows are of {revision}. "
                        "Name a database without tables."
                    )
    finally:
        engine.dispose()


def _has_rows(connection: sa.Connection, table: Table) -> bool:
    return connection.execute(sa.select(table.sql().c[KEY]).limit(1)).first() is not None


def load(url: str, names: Iterable[str], source: Source, digests: dict[str, Digest]) -> None:
    """Write the rows of `names` into the empty database at `url`, all or nothing.

    BackupFault when a value does not fit, or when what was written does not read back with the same digests.
    """
    engine = database.make_engine(url, execution_options={database.WRITING: True})
    try:
        with engine.begin() as connection:
            tables = tables_of(connection)
            _require_same(set(names), {table.name for table in tables})
            with _references_late(connection, tables):
                for table in tables:
                    _fill(connection, table, source(table))
            _set_sequences(connection, tables)
            if sa.inspect(connection).has_table(TEXTS_TABLE):  # not yet in rows of an older version
                search.rebuild(connection)
            for table in tables:
                if digest_of(lines_of(connection, table)) != digests[table.name]:
                    raise BackupFault(f"Table {table.name} does not read back as it was written.")
    except sa.exc.DBAPIError as error:
        raise BackupFault(f"The database refused the rows: {str(error.orig).splitlines()[0]}") from error
    finally:
        engine.dispose()


def _require_same(given: set[str], there: set[str]) -> None:
    if given != there:
        odd = sorted(given ^ there)
        raise BackupFault(f"The tables differ: {', '.join(odd[:5])}.")


def _fill(connection: sa.Connection, table: Table, lines: Iterable[bytes]) -> None:
    insert = sa.insert(table.sql())
    strict = connection.dialect.name == "postgresql"
    remaining = iter(lines)
    while batch := [values_of(table, line) for line in islice(remaining, BATCH)]:
        if strict:
            for values in batch:
                _require_fitting(table, values)
        connection.execute(insert, batch)


def _require_fitting(table: Table, values: dict[str, Any]) -> None:
    """SQLite keeps what PostgreSQL does not take; say where it stands instead of which type it is not."""
    for column in table.columns:
        value = values[column.name]
        if not isinstance(value, str):
            continue
        place = f"{table.name} {values[KEY]}, {column.name}"
        if "\0" in value:
            raise BackupFault(f"PostgreSQL takes no NUL character: {place}.")
        if column.length is not None and len(value) > column.length:
            raise BackupFault(f"Text of {len(value)} characters, {column.length} are allowed: {place}.")


@contextmanager
def _references_late(connection: sa.Connection, tables: list[Table]) -> Iterator[None]:
    """Let references to rows that come later be checked at the end."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        yield
        return
    late = [(table.name, name) for table in tables for name in table.late_references]
    for table_name, name in late:
        connection.exec_driver_sql(
            f'ALTER TABLE "{table_name}" ALTER CONSTRAINT "{name}" DEFERRABLE INITIALLY DEFERRED'
        )
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table_name, name in late:
        connection.exec_driver_sql(f'ALTER TABLE "{table_name}" ALTER CONSTRAINT "{name}" NOT DEFERRABLE')


def _set_sequences(connection: sa.Connection, tables: list[Table]) -> None:
    """PostgreSQL counts keys apart from the rows; SQLite goes on from the highest."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables:
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', '{KEY}'), max({KEY})) "  # noqa: S608
            f'FROM "{table.name}" HAVING max({KEY}) IS NOT NULL'
        )
