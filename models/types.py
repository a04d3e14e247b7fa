"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A moment, stored as UTC without a zone, handed out as aware UTC.

    Refuses naive values: a naive moment has lost the zone it was meant in.
    """

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)

    def process_literal_param(self, value: datetime | None, dialect: Dialect) -> str:
        bound = self.process_bind_param(value, dialect)
        return "NULL" if bound is None else f"'{bound.isoformat(sep=' ')}'"


def bytewise(length: int) -> sa.types.TypeEngine[str]:
    """A text that is compared byte by byte on both engines, whatever language the database was set up in."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


# JSON is compared and indexed as JSONB on PostgreSQL, kept as text on SQLite.
Json = sa.JSON(none_as_null=True)


def enum_type(values: type[StrEnum], name: str) -> sa.Enum:
    """A string column that a named check constraint holds to the values of `values`."""

    def stored(members: Any) -> list[str]:
        return [member.value for member in members]

    return sa.Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name,
        values_callable=stored,
        validate_strings=True,
    )


_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_public_id() -> str:
    """Twelve random characters for addresses.

    Row ids count up, so an address built from them would show by its gaps that a record one may not see exists.
    """
    left = secrets.randbelow(len(_ALPHABET) ** 12)
    found = ""
    for _ in range(
        12
    ):  # one look at the source of chance instead of twelve: an import asks for a hundred thousand
        left, at = divmod(left, len(_ALPHABET))
        found += _ALPHABET[at]
    return found
