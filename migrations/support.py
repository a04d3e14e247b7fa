"""What migrations do that Alembic has no word for, on both engines."""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
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


def add_enum_values(table: str, column: str, name: str, *values: str) -> None:
    """Let `column` take these values too: its check constraint `ck_<table>_<name>` is written anew with them.

    It adds to whatever the database allows by then, so migrations that grow the same list stay independent.
    """
    _rewrite_enum(table, column, name, lambda known: [*known, *(v for v in values if v not in known)])


def drop_enum_values(table: str, column: str, name: str, *values: str) -> None:
    """The way back; rows that hold one of these values must be gone."""
    _rewrite_enum(table, column, name, lambda known: [v for v in known if v not in values])


def _rewrite_enum(table: str, column: str, name: str, change: Callable[[list[str]], list[str]]) -> None:
    full_name = f"ck_{table}_{name}"
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    text = next(check["sqltext"] for check in checks if check["name"] == full_name)
    words = change(re.findall(r"'([a-z0-9_]+)'", text))
    allowed = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(full_name), type_="check")
        batch.create_check_constraint(op.f(full_name), f"{column} IN ({allowed})")
    if table in APPEND_ONLY and op.get_bind().dialect.name == "sqlite":
        make_append_only(table)
