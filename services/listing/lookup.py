"""Look-ups of related records for filters and forms: a few, in scope, found by words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

import models as m
from services.listing.columns import display_key
from services.search import among, heading_candidates, heading_contains, words_of

MOST = 20
"""Records that one look-up answers with."""
SMALL = 40
"""Up to so many candidates a form offers as a plain select."""


@dataclass(frozen=True)
class Candidate:
    """A record that may be picked."""

    id: int
    address: str
    label: str
    note: str = ""


def _statement(target: type[Any], locale: str, active_only: bool) -> Select[Any]:
    """Id, address, label and note of every record that may be picked, in the order of their labels."""
    label = getattr(target, display_key(target, locale))
    address = target.public_id if hasattr(target, "public_id") else target.id
    statement = sa.select(target.id, address, label, _note(target)).order_by(label, target.id)
    if target is m.User:
        statement = statement.outerjoin(m.User.department)
        return statement.where(m.User.is_active) if active_only else statement
    if target is m.Department and active_only:
        return statement.where(m.Department.ended_on.is_(None))
    return statement


def _note(target: type[Any]) -> Any:
    if target is m.User:
        return m.Department.name
    if target is m.Complaint:
        return m.Complaint.summary
    if target is m.Accident:
        return m.Accident.title
    if target is m.Department:
        return m.Department.code
    return sa.null()


def candidates(
    session: Session,
    target: type[Any],
    text: str = "",
    *,
    limit: int = MOST,
    locale: str = "zh_Hans_CN",
    active_only: bool = True,
) -> list[Candidate]:
    """Records of `target` in scope whose label or note contains `text`; at most `limit` and never more than SMALL + 1.

    `active_only` leaves out departments that have ended and accounts that are disabled.
    """
    statement = _statement(target, locale, active_only)
    if target is m.Complaint and text.strip():
        statement = _complaints_with(session, statement, text.strip()[:60])
        text = ""
    for word in text.strip()[:60].split():
        label = getattr(target, display_key(target, locale)).icontains(word, autoescape=True)
        note = _note(target)
        statement = statement.where(
            label if isinstance(note, sa.Null) else sa.or_(label, note.icontains(word, autoescape=True))
        )
    rows = session.execute(statement.limit(min(limit, SMALL + 1)))
    return [_candidate(row) for row in rows]


def _complaints_with(session: Session, statement: Select[Any], text: str) -> Select[Any]:
    """Complaints whose number or subject contain every word."""
    words = words_of(text)
    ids = heading_candidates(session, words)
    statement = statement.where(heading_contains(words))
    return statement if ids is None else statement.where(among(session, ids))


def find(
    session: Session, target: type[Any], address: str, *, locale: str = "zh_Hans_CN", active_only: bool = True
) -> Candidate | None:
    """The record with this address if it is in scope and may be picked."""
    statement = _statement(target, locale, active_only)
    if hasattr(target, "public_id"):
        statement = statement.where(target.public_id == address)
    elif address.isascii() and address.isdigit():
        statement = statement.where(target.id == int(address))
    else:
        return None
    row = session.execute(statement).first()
    return None if row is None else _candidate(row)


def by_id(session: Session, target: type[Any], id: int, *, locale: str = "zh_Hans_CN") -> Candidate | None:
    """The record with this id, active or not, if it is in scope (what a record already points at)."""
    row = session.execute(_statement(target, locale, False).where(target.id == id)).first()
    return None if row is None else _candidate(row)


def _candidate(row: Any) -> Candidate:
    return Candidate(row[0], str(row[1]), str(row[2]), str(row[3] or ""))
