"""Move the rows to another database, mostly from SQLite to PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

import database
from services import schema
from services.backup.faults import BackupFault
from services.backup.loading import load, prepare_empty, require_empty
from services.backup.portable import Digest, digest_of, lines_of, tables_of


@dataclass(frozen=True)
class Copied:
    """One table that stands in both databases with the same rows."""

    name: str
    digest: Digest


def copy_database(source_url: str, target_url: str) -> list[Copied]:
    """Build the tables at `target_url`, copy every row, and compare the digests of each table.

    BackupFault when the target is not empty, the source is not of this version, or a value does not fit. On SQLite
    nobody can write to the source meanwhile.
    """
    if sa.make_url(source_url) == sa.make_url(target_url):
        raise BackupFault("That is the database the desk uses now.")
    if schema.state_of(source_url) is not schema.SchemaState.CURRENT:
        raise BackupFault("The database is not of this version. Run `flask desk db upgrade` first.")
    require_empty(target_url, schema.head())
    options = (
        {"execution_options": {database.WRITING: True}}
        if source_url.startswith("sqlite")
        else {"isolation_level": "REPEATABLE READ"}
    )
    engine = database.make_engine(source_url, **options)
    try:
        with engine.connect() as connection:
            tables = tables_of(connection)
            digests = {table.name: digest_of(lines_of(connection, table)) for table in tables}
            prepare_empty(target_url, schema.head())
            load(
                target_url,
                digests,
                # The columns of the source: their order is the same, the alphabet's, on both sides.
                lambda table: lines_of(connection, table),
                digests,
            )
    finally:
        engine.dispose()
    return [Copied(table.name, digests[table.name]) for table in tables]
