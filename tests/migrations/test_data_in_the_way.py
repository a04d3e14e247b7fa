"""Upgrading a desk in use: tables that others refer to are rebuilt with their rows, and nothing gets lost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import database
from services import schema

CASE = {"state": "registered", "channel": "hotline", "form": "written", "category": "product"}
ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("users", {}),
    ("departments", {"leader_id": 1}),
    ("procedure_versions", {}),
    ("complaints", CASE),
    ("parties", {"side": "complainant", "kind": "person", "name": "甲"}),
    ("assignments", {"kind": "lead", "status": "awaiting"}),
    ("investigations", {"status": "open"}),
    ("findings", {"verdict": "upheld"}),
    ("attachments", {"complaint_id": 1, "investigation_id": 1}),
    ("measures", {"complaint_id": 1, "kind": "training", "status": "planned"}),
    ("accidents", {"status": "reported", "grade": "general"}),
)
"""A row of each table that later migrations rebuild, and of some that refer to them."""


def test_a_desk_in_use_is_upgraded(empty_database_url: str) -> None:
    schema.upgrade(empty_database_url, "0001")
    engine = database.make_engine(empty_database_url)
    with engine.begin() as connection:
        for table, values in ROWS:
            into = _table(connection, table)
            connection.execute(sa.insert(into).values(_filled(into, values)))
    engine.dispose()
    schema.upgrade(empty_database_url)
    with engine.connect() as connection:
        for table, _values in ROWS:
            assert connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 1, table
    engine.dispose()


def _table(connection: sa.Connection, name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)


def _filled(table: sa.Table, values: dict[str, Any]) -> dict[str, Any]:
    """`values`, with something valid in every other column that must not be empty."""
    return {
        column.name: values.get(column.name, _something(column))
        for column in table.columns
        if column.name in values or not column.nullable
    }


def _something(column: sa.Column[Any]) -> Any:
    kind = column.type.python_type
    made = {bool: False, int: 1, date: date(2026, 3, 1), datetime: datetime(2026, 3, 1), dict: {}, list: []}
    return made.get(kind, column.name[:12])
