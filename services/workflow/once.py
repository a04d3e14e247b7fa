"""A form that is posted twice does its work once: its key is kept in the transaction of the work."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from models import DoneRequest
from services.unit_of_work import UnitOfWork


def _short(key: str) -> str:
    """A key from a page is short; anything longer was made up and must still fit its column."""
    return key if len(key) <= 64 else hashlib.sha256(key.encode()).hexdigest()


def done_before(work: UnitOfWork, key: str) -> bool:
    """Whether this person's form with this key was carried out already."""
    if not key:
        return False
    mine = DoneRequest.user_id.is_not_distinct_from(work.actor.user_id)
    return (
        work.session.scalar(sa.select(DoneRequest.id).where(DoneRequest.key == _short(key), mine)) is not None
    )


def remember(work: UnitOfWork, key: str) -> None:
    """Keep the key. Two copies posted at the same instant: the second fails on the unique key and does nothing."""
    if key:
        work.session.add(DoneRequest(key=_short(key), user_id=work.actor.user_id, at=work.now))
        work.session.flush()
