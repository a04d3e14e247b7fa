"""A person's inbox: reading it, counting it, ticking off. The scope rule leaves only one's own notices."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from models import Notice
from services.errors import NotFound
from services.unit_of_work import UnitOfWork

PAGE = 50


def notices(session: Session, before_id: int | None = None, limit: int = PAGE) -> Sequence[Notice]:
    """The newest notices of the session's actor, older than `before_id` when given."""
    query = sa.select(Notice).options(selectinload(Notice.complaint)).order_by(Notice.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(Notice.id < before_id)
    return session.scalars(query).all()


def mark_read(work: UnitOfWork, notice_id: int) -> None:
    """Tick off one notice. NotFound when it is nobody's or somebody else's."""
    notice = work.session.scalars(sa.select(Notice).where(Notice.id == notice_id)).first()
    if notice is None:
        raise NotFound
    notice.read_at = notice.read_at or work.now


def mark_all_read(work: UnitOfWork, up_to_id: int) -> None:
    """Tick off everything up to the notice that stood first on the page, so that none is missed unseen."""
    unread = sa.select(Notice).where(Notice.read_at.is_(None), Notice.id <= up_to_id)
    for notice in work.session.scalars(unread):
        notice.read_at = work.now
