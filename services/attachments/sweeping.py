"""The hourly sweep of files that belong to nothing."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from services.attachments.checking import named_hashes
from services.attachments.store import FileStore
from settings import Settings

log = logging.getLogger("desk.attachments")
_MINUTE = 17


def sweep_hourly(session: Session, settings: Settings, now: datetime | None = None) -> list[str]:
    """Sweep once an hour, at a minute of its own; the worker calls this every minute."""
    if (now or datetime.now(UTC)).minute != _MINUTE:
        return []
    gone = FileStore(settings).sweep_orphans(named_hashes(session))
    if gone:
        log.warning("%d files without a row removed", len(gone))
    return gone
