"""Daily marks of how far the audit trail reached, kept outside the database.

A chain shows change, removal and swap, but not that its end was cut off: what remains is a sound, shorter chain. So the
worker writes the hash of the last entry into a file of the data folder and into the log once a day; an entry that a
mark names and the trail has no longer was cut off.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry
from services.access.scope import unscoped

FILE = "audit-anchors.txt"
log = logging.getLogger("desk.audit")


@dataclass(frozen=True)
class Anchor:
    """The last entry at a moment."""

    at: datetime
    entry_id: int
    entry_hash: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat(timespec='seconds')} {self.entry_id} {self.entry_hash}"

    @classmethod
    def parse(cls, line: str) -> Anchor:
        at, entry_id, entry_hash = line.split()
        return cls(datetime.fromisoformat(at), int(entry_id), entry_hash)


def anchor_of(session: Session, now: datetime) -> Anchor | None:
    """The mark for now; None while the trail is empty."""
    query = sa.select(AuditEntry.id, AuditEntry.entry_hash).order_by(AuditEntry.id.desc()).limit(1)
    with unscoped(session, "the mark names the last entry, whoever's it is; only id and hash are kept"):
        last = session.execute(query).first()
    return Anchor(now, last.id, last.entry_hash) if last else None


def kept_anchors(folder: Path) -> list[Anchor]:
    """The marks of the data folder, oldest first."""
    file = folder / FILE
    if not file.exists():
        return []
    return [Anchor.parse(line) for line in file.read_text(encoding="ascii").splitlines() if line.strip()]


def keep_daily_anchor(session: Session, folder: Path, now: datetime | None = None) -> Anchor | None:
    """Write today's mark unless there is one; the mark that was written."""
    now = now or datetime.now(UTC)
    marks = kept_anchors(folder)
    if marks and marks[-1].at.date() >= now.astimezone(UTC).date():
        return None
    anchor = anchor_of(session, now)
    session.rollback()
    if anchor is not None:
        with (folder / FILE).open("a", encoding="ascii") as file:
            file.write(f"{anchor}\n")
        log.info("audit trail reaches %s", anchor)
    return anchor


def lost_anchors(session: Session, anchors: Iterable[Anchor]) -> Iterator[Anchor]:
    """The marks whose entry the trail has no longer, or has with another content."""
    with unscoped(session, "comparing marks reads id and hash of any entry"):
        for anchor in anchors:
            query = sa.select(AuditEntry.entry_hash).where(AuditEntry.id == anchor.entry_id)
            if session.scalar(query) != anchor.entry_hash:
                yield anchor
