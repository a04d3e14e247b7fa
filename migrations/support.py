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
    if _on_sqlite():
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
    if not _on_sqlite():
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
    if table in APPEND_ONLY and _on_sqlite():
        make_append_only(table)
        if sa.inspect(op.get_bind()).has_table("destruction_items"):
            allow_destruction(table)


_DESTROYED = (
    "EXISTS (SELECT 1 FROM destruction_items i JOIN destructions d ON d.id = i.destruction_id "
    "WHERE i.complaint_id = OLD.complaint_id AND d.status = 'carried_out')"
)
_EMPTIED = {
    "complaint_events": {"text": None, "data": "{}"},
    "audit_entries": {"subject_name": None, "before": None, "after": None, "sealed": None, "reason": None},
}
"""What destroying the content of a case may empty, and what stands there then."""


def allow_destruction(*tables: str) -> None:
    """Instead of refusing every change: once two people have signed for it, the content of a row may be emptied (tables
    of `_EMPTIED`), or the whole row may go (any other).

    Nothing else may change. SQLite drops a table's triggers when batch mode rebuilds it: a migration that rebuilds one
    of these tables, `destructions` or `destruction_items` calls `forbid_destruction` before and this after.
    """
    for table in tables:
        verb, name, kept = _exception(table)
        allowed = _only_emptied(table) if table in _EMPTIED else _DESTROYED
        if _on_sqlite():
            op.execute(f"DROP TRIGGER IF EXISTS tr_{table}_no_{verb.lower()}")
            op.execute(
                f"CREATE TRIGGER tr_{table}_no_{verb.lower()} BEFORE {verb} ON {table} WHEN NOT ({allowed}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            continue
        op.execute(
            f"CREATE OR REPLACE FUNCTION desk_{name}_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF NOT ({allowed}) THEN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {kept}; END $$"
        )
        others = "DELETE" if verb == "UPDATE" else "UPDATE"
        op.execute(f"DROP TRIGGER tr_{table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER tr_{table}_append_only BEFORE {others} OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )
        op.execute(
            f"CREATE TRIGGER tr_{table}_{name} BEFORE {verb} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION desk_{name}_{table}()"
        )


def forbid_destruction(*tables: str) -> None:
    """Every change is refused again."""
    for table in tables:
        _verb, name, _kept = _exception(table)
        if _on_sqlite():
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER IF EXISTS tr_{table}_no_{verb}")
        else:
            op.execute(f"DROP TRIGGER tr_{table}_append_only ON {table}")
            op.execute(f"DROP TRIGGER tr_{table}_{name} ON {table}")
            op.execute(f"DROP FUNCTION desk_{name}_{table}()")
    make_append_only(*tables)


def _exception(table: str) -> tuple[str, str, str]:
    """The verb that destruction uses on a table, the name of the trigger that lets it, and the row that stays."""
    return ("UPDATE", "only_emptied", "NEW") if table in _EMPTIED else ("DELETE", "only_removed", "OLD")


def _only_emptied(table: str) -> str:
    columns = sa.inspect(op.get_bind()).get_columns(table)
    kept = [one["name"] for one in columns if one["name"] not in _EMPTIED[table]]
    same = "IS" if _on_sqlite() else "IS NOT DISTINCT FROM"
    as_text = "" if _on_sqlite() else "::text"
    parts = [_DESTROYED, *(f"NEW.{column} {same} OLD.{column}" for column in kept)]
    parts += [
        f"NEW.{column} IS NULL" if value is None else f"NEW.{column}{as_text} = '{value}'"
        for column, value in _EMPTIED[table].items()
    ]
    return " AND ".join(parts)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
