"""Signing in: the same answer in the same time for whatever is wrong, and growing delays after repeated failures."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import User
from services.actor import Actor
from services.audit import Draft
from services.identity import passwords
from services.identity.bookkeeping import note
from services.unit_of_work import UnitOfWork

FREE_FAILURES = 5
LONGEST_DELAY = timedelta(minutes=60)


def delay_after(failures: int) -> timedelta:
    """How long an account stays locked after this many failures in a row: none, then 1, 2, 4 … 60 minutes."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return min(timedelta(minutes=2 ** min(failures - FREE_FAILURES, 10)), LONGEST_DELAY)


def normal_login(login: str) -> str:
    """Logins are compared without regard to case and to blanks around them."""
    return login.strip().casefold()


def find_user(session: Session, login: str) -> User | None:
    return session.scalar(sa.select(User).where(User.login == normal_login(login)))


def authenticate(
    session: Session, login: str, password: str, now: datetime, request_id: str | None = None
) -> User | None:
    """The user whose login and password these are; None for everything else, told apart by nobody.

    The slow comparison runs before the transaction, so that guessing does not hold up the writers of the desk; the
    transaction then decides by the lock that stands at its own moment, so that parallel guesses gain nothing.
    """
    found = find_user(session, login)
    kept = found.password_hash if found else None
    session.rollback()
    fits = passwords.verify(kept, password)
    with UnitOfWork(session, Actor(user_id=None, name="", request_id=request_id), now) as work:
        return _decide(work, normal_login(login), kept, fits, password)


def count_failure(work: UnitOfWork, user: User) -> None:
    """One more failure in a row, with the lock that follows from it."""
    failures = user.failed_logins + 1
    delay = delay_after(failures)
    note(work.session, user, failed_logins=failures, locked_until=work.now + delay if delay else None)


def _decide(work: UnitOfWork, login: str, kept: str | None, fits: bool, password: str) -> User | None:
    query = sa.select(User).where(User.login == login)
    user = work.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    locked = user is not None and user.locked_until is not None and user.locked_until > work.now
    if user is None or not user.is_active or locked or user.password_hash != kept:
        # No login in the trail: people type passwords into the wrong field.
        work.record(Draft("sign_in.refused", "user", user.id if user else None))
        return None
    if not fits:
        count_failure(work, user)
        work.record(Draft("sign_in.failed", "user", user.id, after={"failures": user.failed_logins}))
        return None
    note(work.session, user, failed_logins=0, locked_until=None, last_login_at=work.now)
    if kept is not None and passwords.needs_rehash(kept):
        note(work.session, user, password_hash=passwords.hash_password(password))
    work.actor = Actor(user_id=user.id, name=user.name, request_id=work.actor.request_id)
    work.record(Draft("sign_in.done", "user", user.id))
    return user
