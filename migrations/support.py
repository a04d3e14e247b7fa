"""What migrations do that Alembic has no word for, on both engines."""

from __future__ import annotations

from alembic import op

APPEND_ONLY = ("complaint_events", "audit_entries")
"""History and audit trail: rows are added, never changed or removed, whoever asks."""

_FUNCTION = "desk_refuse_change"


def make_append_only(*tables: str) -> None:
    """Triggers that refuse to change or remove a row of these tables.

    SQLite drops a table's triggers when batch mode rebuilds it: a migration that does so calls this again.
    """
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER tr_{table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';"
        " END $$"
    )
    for table in tables:
        op.execute(
            f"CREATE TRIGGER tr_{table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )


def drop_append_only() -> None:
    """Remove what the triggers left behind once their tables are gone (the triggers go with the tables)."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION IF EXISTS {_FUNCTION}()")
