"""History and audit trail can be added to, nothing else: the database itself refuses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

import database
from migrations.support import APPEND_ONLY
from models import AuditEntry
from tests.migrations.test_migrations import tables

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def add_entry(connection: sa.Connection) -> None:
    connection.execute(
        sa.insert(AuditEntry).values(
            at=NOW,
            action="probe",
            actor_name="x",
            subject_type="probe",
            previous_hash="0" * 64,
            entry_hash="1" * 64,
        )
    )


def test_rows_can_be_added_but_not_changed_or_removed(engine_url: str) -> None:
    engine = database.make_engine(engine_url)
    try:
        with engine.begin() as connection:
            add_entry(connection)
        for statement in ("UPDATE audit_entries SET action = 'other'", "DELETE FROM audit_entries"):
            with pytest.raises(sa.exc.IntegrityError, match="append-only"), engine.begin() as connection:
                connection.execute(sa.text(statement))
        with engine.connect() as connection:
            assert connection.execute(sa.select(AuditEntry.action)).scalars().all() == ["probe"]
    finally:
        engine.dispose()


@pytest.mark.parametrize("table", (*APPEND_ONLY, "complaint_checks"))
def test_every_append_only_table_has_its_triggers(engine_url: str, table: str) -> None:
    engine = database.make_engine(engine_url)
    catalogue = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table AND sql LIKE '%append-only%'"
        if engine.dialect.name == "sqlite"
        else "SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND tgname LIKE 'tr_%'"
    )
    try:
        with engine.connect() as connection:
            found = connection.execute(sa.text(catalogue), {"table": table}).scalar_one()
    finally:
        engine.dispose()
    assert found == 2, "one against removal, one against change"
    assert table in tables(engine_url)
