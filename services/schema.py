"""The version of the database: which migration it stands at, and bringing it to the one this code needs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import database
from settings import ROOT, Settings


class SchemaState(StrEnum):
    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"
    """Its revision is unknown to this code: a newer desk wrote it."""


class SchemaFault(Exception):
    """The database cannot be used by this code. Its text is one line for the person who starts the desk."""


def migration_config(url: str) -> Config:
    """Alembic's configuration for the database at `url`; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def head() -> str:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(migration_config("")).get_current_head() or ""


def revision_of(url: str) -> str | None:
    """The revision that the database stands at, None when it is empty. SchemaFault when it cannot be reached."""
    engine = database.make_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except sa.exc.OperationalError as error:
        raise SchemaFault(f"The database cannot be opened: {str(error.orig).splitlines()[0]}") from error
    except sa.exc.DatabaseError as error:
        raise SchemaFault(f"This is not a database of the desk: {str(error.orig).splitlines()[0]}") from error
    finally:
        engine.dispose()


def revisions() -> set[str]:
    """Every revision that this code knows."""
    return {script.revision for script in ScriptDirectory.from_config(migration_config("")).walk_revisions()}


def state_of(url: str) -> SchemaState:
    """How the database stands to this code."""
    revision = revision_of(url)
    if revision is None:
        return SchemaState.EMPTY
    if revision == head():
        return SchemaState.CURRENT
    return SchemaState.OLDER if revision in revisions() else SchemaState.NEWER


def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations up to `revision`."""
    command.upgrade(migration_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Run the migrations down to `revision` ("base" empties the database)."""
    command.downgrade(migration_config(url), revision)


def write_revision(url: str, message: str) -> None:
    """Write the migration from the database at `url` (which must be at head) to the models; numbered, not random."""
    number = len(list((ROOT / "migrations" / "versions").glob("[0-9]*.py"))) + 1
    command.revision(migration_config(url), message=message, autogenerate=True, rev_id=f"{number:04d}")


def differences(url: str) -> list[str]:
    """What autogenerate would still change: empty when the migrations build exactly what the models declare."""
    from models.base import Base
    from models.searching import is_derived

    options = {"compare_type": True, "include_name": lambda name, *_: not is_derived(name)}
    engine = database.make_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=options)
            return [repr(change) for change in compare_metadata(context, Base.metadata)]
    finally:
        engine.dispose()


def refuse_newer(url: str) -> SchemaState:
    """The state of a database that this code may use. SchemaFault for one that a newer desk wrote."""
    state = state_of(url)
    if state is SchemaState.NEWER:
        raise SchemaFault(
            f"The database is at revision {revision_of(url)}, which this version of the desk does not know: "
            "it was written by a newer one. Install that version."
        )
    return state


def prepare(settings: Settings) -> str:
    """Bring the database to this code's revision; an older one is copied first.

    Returns a line that says what was done, empty when there was nothing to do. SchemaFault as in refuse_newer.
    """
    state = refuse_newer(settings.database_url)
    if state is SchemaState.CURRENT:
        return ""
    copy = copy_before_upgrade(settings) if state is SchemaState.OLDER else None
    upgrade(settings.database_url)
    return f"Database upgraded to {head()}." + (f" The copy from before is {copy}." if copy else "")


def copy_before_upgrade(settings: Settings) -> Path:
    """A consistent copy of the database: the file itself, or of PostgreSQL a backup of its rows. Returns its path.

    The attachments are not in it: they stay where they are, whatever a migration does.
    """
    settings.backups_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    stem = settings.backups_dir / f"before-upgrade-from-{revision_of(settings.database_url)}-{moment}"
    file = settings.sqlite_file
    if file is None:
        from services.backup.writing import write_backup  # stands on this module

        rows = stem.with_name(stem.name + ".tar.gz")
        write_backup(settings, rows, with_files=False)
        return rows
    target = stem.with_name(stem.name + ".sqlite3")
    target.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target
