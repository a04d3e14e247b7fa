"""Rows in bulk into either engine: many at once, with the indexes made after the rows.

SQLite takes them by executemany in one transaction a batch, PostgreSQL by COPY. Both go around the session of the
desk: it knows scope rules and versions, which rows that nobody acted on have no use for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

import psycopg
import sqlalchemy as sa
from psycopg import sql

from services.seeding.sheets import Batch

Progress = Callable[[str], None]


class Loader:
    """Writes batches; `indexes_last` takes the plain indexes of the tables away meanwhile."""

    def put(self, batch: Batch) -> None:
        raise NotImplementedError

    def indexes(self, tables: Sequence[str]) -> dict[str, str]:
        """The indexes that no constraint owns, by name, with the statement that makes each."""
        raise NotImplementedError

    def run(self, statement: str) -> None:
        raise NotImplementedError

    def finish(self, tables: Sequence[str]) -> None:
        """Counters of ids, and what the planner knows of the tables."""
        raise NotImplementedError

    @contextmanager
    def indexes_last(self, tables: Sequence[str], progress: Progress) -> Iterator[None]:
        """Keeping indexes row by row costs several times what making them at the end does. They come back even when
        the loading fails."""
        found = self.indexes(tables)
        for name in found:
            self.run(f'DROP INDEX "{name}"')
        try:
            yield
        finally:
            for number, statement in enumerate(found.values(), 1):
                progress(f"index {number} of {len(found)}")
                self.run(statement)


class SqliteLoader(Loader):
    """One writer; readers of the desk go on with what was there before."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def put(self, batch: Batch) -> None:
        self.run("BEGIN IMMEDIATE")
        try:
            for table, (columns, rows) in batch.items():
                names, marks = ", ".join(columns), ", ".join("?" * len(columns))
                self.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def indexes(self, tables: Sequence[str]) -> dict[str, str]:
        query = "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        return {name: made for name, made, table in self.connection.execute(query) if table in tables}

    def run(self, statement: str) -> None:
        self.connection.execute(statement)

    def finish(self, tables: Sequence[str]) -> None:
        # Every row of an index would be read without a limit; some thousands tell the planner as much.
        self.run("PRAGMA analysis_limit = 2000")
        self.run("ANALYZE")
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")


class PostgresLoader(Loader):
    """COPY, table by table."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def put(self, batch: Batch) -> None:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for table, (columns, rows) in batch.items():
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
                    sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
                )
                with cursor.copy(statement) as copy:
                    for row in rows:
                        copy.write_row(row)

    def indexes(self, tables: Sequence[str]) -> dict[str, str]:
        query = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ANY(%s)"
            " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)"
        )
        return dict(self.connection.execute(query, [list(tables)]).fetchall())

    def run(self, statement: str) -> None:
        self.connection.execute(statement.encode())

    def finish(self, tables: Sequence[str]) -> None:
        for table in tables:
            name = sql.Identifier(table)
            self.connection.execute(
                sql.SQL(
                    "SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {} HAVING max(id) IS NOT NULL"
                ).format(table, name)
            )
            self.connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(name))


@contextmanager
def loader(url: str) -> Iterator[Loader]:
    """A loader for the desk's database at this address."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            for pragma in (
                "busy_timeout = 20000",
                "synchronous = OFF",
                "cache_size = -500000",
                "temp_store = MEMORY",
            ):
                connection.execute(f"PRAGMA {pragma}")
            yield SqliteLoader(connection)
        return
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as server:
        server.execute("SET timezone = 'UTC'")
        server.execute("SET synchronous_commit = off")
        server.execute("SET maintenance_work_mem = '512MB'")
        _without_checks(server)
        yield PostgresLoader(server)


def _without_checks(server: psycopg.Connection) -> None:
    """References need not be looked up row by row: the rows are made to fit. Only a superuser may say so."""
    row = server.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row is not None and row[0]:
        server.execute("SET session_replication_role = replica")
