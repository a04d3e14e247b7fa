"""Complaint numbers without gaps: the series row is locked from the taking to the commit."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import NumberSeries


def take_numbers(
    session: Session, prefix: str, year: int, count: int, *, confidential: bool = False
) -> list[str]:
    """The next `count` numbers of a series, such as TS-2026-000123. A rollback gives them back.

    Confidential complaints count in a series of their own (TSM-…): a gap in the ordinary one would show that
    something is hidden.
    """
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"prefix": prefix, "year": year, "is_confidential": confidential, "last": count}
    statement = insert(NumberSeries).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["prefix", "year", "is_confidential"], set_={"last": NumberSeries.last + count}
    ).returning(NumberSeries.last)
    last = session.execute(statement).scalar_one()
    shown = f"{prefix}M" if confidential else prefix
    return [f"{shown}-{year}-{number:06d}" for number in range(last - count + 1, last + 1)]


def take_number(session: Session, prefix: str, year: int, *, confidential: bool = False) -> str:
    """The next number of a series (see take_numbers)."""
    return take_numbers(session, prefix, year, 1, confidential=confidential)[0]
