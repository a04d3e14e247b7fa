"""One transaction an operation; the only place that commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from database import begin_writing
from services import audit
from services.actor import Actor
from services.archives.sealing import Touched, seal_anew
from services.errors import Stale


class UnitOfWork:
    """`with UnitOfWork(session, actor) as work: transfer(work, …)`: commits at the end, or leaves nothing behind.

    Stale when somebody else saved one of the rows in the same instant.
    """

    def __init__(self, session: Session, actor: Actor, now: datetime | None = None) -> None:
        self.session = session
        self.actor = actor
        self.now = now or datetime.now(UTC)
        self.sealed: set[int] = set()
        """Archive records that have got their seal in this transaction."""
        self._audit: list[audit.Draft] = []

    def record(self, draft: audit.Draft) -> None:
        """Put an entry into the audit trail of this transaction."""
        self._audit.append(draft)

    def __enter__(self) -> Self:
        begin_writing(self.session)
        self._outer_actor = self.session.info.get("actor")
        self.session.info["actor"] = self.actor
        self._touched = Touched(self.session)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is not None:
                self.session.rollback()
                return
            try:
                cause = self._audit[0].action if self._audit else None
                seal_anew(self, self._touched, cause)
                audit.write(self.session, self.actor, self._audit, self.now)
                self.session.commit()
            except StaleDataError as stale:
                self.session.rollback()
                raise Stale from stale
            except BaseException:
                self.session.rollback()
                raise
        finally:
            self._touched.stop()
            _give_back(self.session, self._outer_actor)


@contextmanager
def reading(session: Session, actor: Actor) -> Iterator[None]:
    """A plain read as `actor`, with nothing left open: no writer waits for it, unlike for a unit of work.

    The rounds of the worker look this way; most minutes there is nothing to do.
    """
    outer = session.info.get("actor")
    session.info["actor"] = actor
    try:
        yield
    finally:
        session.rollback()
        _give_back(session, outer)


def _give_back(session: Session, actor: Actor | None) -> None:
    if actor is None:
        session.info.pop("actor", None)
    else:
        session.info["actor"] = actor
