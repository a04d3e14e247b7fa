"""The digest of a file: SHA-256 over a canonical form of every row and over the hashes of its stored files.

A row is written as JSON with its columns in the order of the alphabet, without empty ones, moments as UTC, numbers
without trailing zeros: the same on both engines and after a backup was loaded. Which columns were sealed is kept, so
that a column which a later version adds to a table breaks no seal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.access.scope import apply
from services.actor import SYSTEM
from services.archives.contents import FILE_COLUMNS, file_tables, rows_of

ALGORITHM = "SHA-256"
_BATCH = 500


@dataclass(frozen=True)
class Part:
    """One table of a file: which columns were sealed, how many rows, and the digest over them."""

    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """A whole file, table by table, with the hashes of its stored files."""

    parts: Mapping[str, Part]
    files: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts.values())

    @property
    def digest(self) -> str:
        return hashlib.sha256(_canonical(self.as_json())).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return {
            "algorithm": ALGORITHM,
            "tables": {
                name: {"columns": list(part.columns), "rows": part.rows, "sha256": part.sha256}
                for name, part in self.parts.items()
            },
            "files": list(self.files),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Manifest:
        parts = {
            name: Part(tuple(part["columns"]), part["rows"], part["sha256"])
            for name, part in kept["tables"].items()
        }
        return cls(parts, tuple(kept["files"]))


def manifest_of(
    session: Session, complaint_id: int, columns: Mapping[str, Iterable[str]] | None = None
) -> Manifest:
    """The file as it stands. `columns`: by table only these, as an earlier seal covered them."""
    ids = rows_of(session, complaint_id)
    parts: dict[str, Part] = {}
    files: set[str] = set()
    for table in file_tables():
        if table.name not in ids:
            continue
        wanted = (columns or {}).get(table.name, (column.name for column in table.c))
        known = tuple(sorted(name for name in wanted if name in table.c))
        parts[table.name] = _part(session, table, known, ids[table.name])
        files |= _files(session, table, ids[table.name])
    return Manifest(parts, tuple(sorted(files)))


def _part(session: Session, table: sa.Table, columns: tuple[str, ...], ids: list[int]) -> Part:
    total = hashlib.sha256()
    selected = [table.c[name] for name in columns]
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        query = sa.select(*selected).where(table.c.id.in_(some)).order_by(table.c.id)
        for row in session.execute(apply(query, SYSTEM)):
            filled = {
                name: _plain(value) for name, value in zip(columns, row, strict=True) if value is not None
            }
            total.update(_canonical(filled) + b"\n")
    return Part(columns, len(ids), total.hexdigest())


def _files(session: Session, table: sa.Table, ids: list[int]) -> set[str]:
    columns = FILE_COLUMNS.get(table.name, ())
    if not columns:
        return set()
    query = sa.select(*(table.c[name] for name in columns)).where(table.c.id.in_(ids))
    return {value for row in session.execute(apply(query, SYSTEM)) for value in row if value}


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value
