"""Personal data shown on request: kept in the session of whoever asked, for one complaint and a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import session

REVEALED_FOR = timedelta(minutes=15)
_KEY = "revealed"


def is_revealed(address: str) -> bool:
    """Whether the personal data of this complaint are shown to this session now."""
    until = session.get(_KEY, {}).get(address)
    return until is not None and datetime.fromisoformat(until) > datetime.now(UTC)


def keep_revealed(address: str) -> None:
    """From now on they are; what is over leaves the cookie."""
    now = datetime.now(UTC)
    kept = {
        case: until for case, until in session.get(_KEY, {}).items() if datetime.fromisoformat(until) > now
    }
    session[_KEY] = {**kept, address: (now + REVEALED_FOR).isoformat()}
