"""Rows in a form that is the same on both engines: JSON lines in the order of the primary key.

The tables are read from the database itself, not from the models, so that a backup of an older version can be written
and loaded, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from services.backup.faults import BackupFault

BATCH = 1000
VERSION_TABLE = "alembic_version"
TEXTS_TABLE = "complaint_texts"
"""Made anew from the complaints when rows are loaded (services.search)."""
KEY = "id"

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "boolean": sa.Boolean(),
    "integer": sa.BigInteger(),
    "float": sa.Float(),
    "moment": sa.DateTime(),
    "date": sa.Date(),
    "json": sa.JSON(none_as_null=True),
    "text": sa.Text(),
}
_KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.Float, "float"),
    (sa.Numeric, "number"),
    (sa.DateTime, "moment"),
    (sa.Date, "date"),
    (sa.JSON, "json"),
    (sa.String, "text"),
)


@dataclass(frozen=True)
class Column:
    """A column by what it holds; `scale` of numbers, `length` of texts."""

    name: str
    kind: str
    scale: int | None = None
    length: int | None = None

    def sql(self) -> sa.ColumnClause[Any]:
        kind = sa.Numeric(38, self.scale) if self.kind == "number" else _TYPES[self.kind]
        return sa.column(self.name, kind)


@dataclass(frozen=True)
class Table:
    """A table with its columns in the order of the alphabet, and the references that point forward or to itself."""

    name: str
    columns: tuple[Column, ...]
    late_references: tuple[str, ...] = ()

    def sql(self) -> sa.TableClause:
        return sa.table(self.name, *(column.sql() for column in self.columns))


def tables_of(connection: sa.Connection) -> list[Table]:
    """The desk's tables, each after the ones it refers to. Derived ones (the search index) are left out."""
    inspector = sa.inspect(connection)
    names = _plain_tables(connection, inspector)
    order = [name for name, _keys in inspector.get_sorted_table_and_fkc_names() if name in names]
    place = {name: position for position, name in enumerate(order)}
    found = []
    for name in order:
        late = [
            str(key["name"])
            for key in inspector.get_foreign_keys(name)
            if place[key["referred_table"]] >= place[name]
        ]
        columns = (_column(name, one) for one in inspector.get_columns(name) if not one.get("computed"))
        found.append(Table(name, tuple(sorted(columns, key=lambda column: column.name)), tuple(sorted(late))))
    return found


def _plain_tables(connection: sa.Connection, inspector: sa.Inspector) -> set[str]:
    names = set(inspector.get_table_names())
    if connection.dialect.name == "sqlite":
        listed = connection.exec_driver_sql("PRAGMA table_list")
        names &= {row.name for row in listed if row.schema == "main" and row.type == "table"}
    left_out = {VERSION_TABLE, TEXTS_TABLE}
    return {name for name in names if name not in left_out and not name.startswith("sqlite_")}


def _column(table: str, reflected: Any) -> Column:
    sql_type = reflected["type"]
    for family, kind in _KINDS:
        if isinstance(sql_type, family):
            scale = getattr(sql_type, "scale", None) if kind == "number" else None
            length = getattr(sql_type, "length", None) if kind == "text" else None
            return Column(str(reflected["name"]), kind, scale, length)
    raise BackupFault(
        f"Column {table}.{reflected['name']} is of a type that backups do not know: {sql_type!r}."
    )


def lines_of(connection: sa.Connection, table: Table) -> Iterator[bytes]:
    """Every row as one line, by rising key."""
    source = table.sql()
    query = sa.select(source).order_by(source.c[KEY]).execution_options(yield_per=BATCH)
    for row in connection.execute(query):
        yield _line(row)


def _line(row: Iterable[Any]) -> bytes:
    values = [_plain(value) for value in row]
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def values_of(table: Table, line: bytes) -> dict[str, Any]:
    """One line as the values of an INSERT. BackupFault when the line does not fit the table."""
    try:
        values = json.loads(line)
        pairs = zip(table.columns, values, strict=True)
        return {column.name: _value(column.kind, value) for column, value in pairs}
    except (ValueError, TypeError) as error:
        raise BackupFault(f"A row of table {table.name} cannot be read.") from error


def _value(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "moment":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    return Decimal(value) if kind == "number" else value


@dataclass(frozen=True)
class Digest:
    """How many rows a table has, and the hash over all its lines."""

    rows: int
    sha256: str


def digest_of(lines: Iterable[bytes]) -> Digest:
    """The digest of a table's lines."""
    total = hashlib.sha256()
    rows = 0
    for line in lines:
        total.update(line)
        rows += 1
    return Digest(rows, total.hexdigest())
