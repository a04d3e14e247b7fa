"""The declarative base, constraint names, and the mixins that most tables share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from models.fields import HIDDEN, field
from models.labels import _l
from models.types import Moment, new_public_id

# Names are spelt out so that a migration can drop or alter each constraint on both engines.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table. Plain SQLAlchemy: models know nothing of Flask."""

    metadata = sa.MetaData(naming_convention=NAMING)

    id: Mapped[int] = mapped_column(primary_key=True, info=HIDDEN)


class Addressed:
    """A record that has a page of its own, reached by a random address (see new_public_id)."""

    @declared_attr
    def public_id(cls) -> Mapped[str]:
        return mapped_column(sa.String(12), unique=True, default=new_public_id, info=HIDDEN)


class Versioned:
    """A record that people edit: forms carry the version, a stale one is refused and shown side by side."""

    @declared_attr
    def version(cls) -> Mapped[int]:
        return mapped_column(default=1, info=HIDDEN)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Stamped:
    """When the row was written into the desk (not when the thing it records happened)."""

    @declared_attr
    def created_at(cls) -> Mapped[datetime]:
        return mapped_column(
            Moment, default=utc_now, info=field(_l("Entered at"), read_only=True, import_=False)
        )


def utc_now() -> datetime:
    """The moment as aware UTC."""
    return datetime.now(UTC)


def check(sql: str, name: str) -> sa.CheckConstraint:
    """A check constraint with the name that the migration and the error message know it by."""
    return sa.CheckConstraint(sql, name=name)


def to(table: str) -> sa.ForeignKey:
    """A reference that holds: the desk deletes nothing, so every target stays."""
    return sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")
