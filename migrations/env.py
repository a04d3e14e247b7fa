"""Runs the migrations on the desk's own engine. Called through services.schema; there is no alembic.ini."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

import database
import models  # noqa: F401  (fills the metadata)
from models.base import Base
from models.searching import is_derived
from models.types import Moment

LOCK = 7_415_226
"""Number of the PostgreSQL lock that lets one process migrate at a time."""


def render(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    """Write types into a migration as plain SQLAlchemy, so that it never changes with the models."""
    if kind == "type":
        if isinstance(item, Moment):
            return "sa.DateTime()"
        if isinstance(item, sa.JSON):
            return "sa.JSON(none_as_null=True)"
        if isinstance(item, sa.types.TypeDecorator):
            return f"sa.{item.impl_instance!r}"
    return False


def run() -> None:
    engine = database.make_engine(context.config.attributes["url"], poolclass=sa.pool.NullPool)
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            # Batch mode rebuilds tables: with foreign keys on, dropping the old one would fail on its references.
            # Said to the driver itself: within a transaction, which the desk's engine begins, SQLite ignores it.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            include_name=lambda name, *_: not is_derived(name),
            render_item=render,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if not sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            context.run_migrations()
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("a migration left references to rows that do not exist")


run()
