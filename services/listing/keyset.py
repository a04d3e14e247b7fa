"""Pages by position instead of offset: stable while others insert, and as fast on page 10,000 as on page 1.

Cursors carry row ids, whose gaps would tell of rows one may not see: they travel sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from services.audit import plain
from services.sealing import seal, unseal


@dataclass(frozen=True)
class Cursor:
    """A place in an ordered list: before or after the row with this sort value and id, or at its end."""

    sort: str
    side: str  # after, before, last
    value: Any = None
    id: int = 0
    position: int = 0
    """How many rows stand before the page, as counted while leafing (a hint for the pager, not for the query)."""

    def encode(self) -> str:
        return seal([self.sort, self.side, plain(self.value), self.id, self.position])


def decode(text: str, sort: str, kind: str, choices: Any = None) -> Cursor | None:
    """The cursor, or None when it is broken or belongs to another order: the first page then."""
    try:
        made_for, side, value, row_id, position = unseal(text)
        if made_for != sort or side not in ("after", "before", "last"):
            return None
        value = None if value is None else _parsed(value, kind, choices)
        return Cursor(sort, side, value, int(row_id), max(0, int(position)))
    except (ValueError, TypeError, InvalidOperation):
        return None


def _parsed(value: Any, kind: str, choices: Any) -> Any:
    if kind == "moment":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "number":
        return Decimal(value)
    if kind == "integer":
        return int(value)
    if kind == "boolean":
        return bool(value)
    if kind == "choice":
        return choices(value)
    return str(value)


@dataclass(frozen=True)
class Order:
    """One sort expression with the id as tie-breaker in the same direction; NULLs stand last either way."""

    key: ColumnElement[Any]
    id: ColumnElement[Any]
    nullable: bool
    descending: bool

    def clauses(self, backwards: bool = False) -> list[ColumnElement[Any]]:
        """ORDER BY, or its exact reverse."""
        down = self.descending is not backwards
        key = self.key.desc() if down else self.key.asc()
        if self.nullable:
            key = key.nulls_first() if backwards else key.nulls_last()
        return [key, self.id.desc() if down else self.id.asc()]

    def beyond(self, cursor: Cursor) -> ColumnElement[bool]:
        """The rows on the cursor's side of its place."""
        backwards = cursor.side == "before"
        larger = self.descending is backwards
        by_id = self.id > cursor.id if larger else self.id < cursor.id
        if cursor.value is None:
            same = sa.and_(self.key.is_(None), by_id)
            return sa.or_(self.key.is_not(None), same) if backwards else same
        here = sa.tuple_(self.key, self.id)
        there = sa.tuple_(sa.literal(cursor.value, self.key.type), sa.literal(cursor.id, sa.Integer()))
        condition: ColumnElement[bool] = here > there if larger else here < there
        if self.nullable and not backwards:
            return sa.or_(condition, self.key.is_(None))
        return condition
