"""Values of an account that nobody edits on a form: written past the row version, which belongs to the form."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import User


def note(session: Session, user: User, **values: Any) -> None:
    """Set these columns of the account; an edit form that is open elsewhere does not become stale by it."""
    session.flush()
    session.execute(sa.update(User).where(User.id == user.id).values(values))
    session.refresh(user)
