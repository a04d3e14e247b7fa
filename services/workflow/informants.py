"""The alias of an informant, and how long an agreement to read the identity holds (R15-19)."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Informant

READABLE_FOR = timedelta(hours=24)
"""How long an agreement to read the identity holds: our own decision, the regulation names no period."""


def next_alias(session: Session, year: int) -> str:
    """举报人-2026-001: counted by year. Only the named people of a case ever see one."""
    start = f"举报人-{year}-"
    last = session.scalar(sa.select(sa.func.max(Informant.alias)).where(Informant.alias.startswith(start)))
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:03d}"


def is_readable(decided_at: datetime | None, is_granted: bool | None, now: datetime) -> bool:
    return bool(is_granted) and decided_at is not None and now - decided_at <= READABLE_FOR
