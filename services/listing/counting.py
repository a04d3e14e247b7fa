"""How many rows a list has, as exactly as is cheap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select

from models import Complaint, ComplaintMonth
from services.access.scope import apply
from services.actor import SYSTEM, Actor
from services.listing.ladder import seen_by, whole_audiences
from services.listing.listed import Count

COUNTED = 10_000
"""Counts are exact up to here; beyond it a list says "more than 10,000"."""
COUNTABLE = frozenset({"department_id", "state"})
"""Filters that are counted together out of one index, however many rows meet them."""


def number_of(session: Session, ids: Select[Any]) -> Count:
    """How many ids the statement gives."""
    counted = sa.select(sa.func.count()).select_from(ids.limit(COUNTED + 1).subquery())
    return _up_to_limit(session.scalar(counted) or 0)


def number_visible(session: Session, actor: Actor) -> Count:
    """How many complaints the actor may see: the rows that say so are counted, not the complaints.

    For whoever reads all departments they are counted already.
    """
    if mine := whole_audiences(actor):
        known = sa.select(sa.func.sum(ComplaintMonth.number)).where(ComplaintMonth.audience.in_(mine))
        return Count(int(session.scalar(known) or 0), True)
    counted = sa.select(sa.func.count()).select_from(seen_by(actor).limit(COUNTED + 1).subquery())
    return _up_to_limit(session.scalar(apply(counted, SYSTEM)) or 0)


def among_the_first(session: Session, wanted: Sequence[ColumnElement[bool]], actor: Actor) -> Count:
    """Matches among the latest COUNTED complaints: to count all of them would take as long as reading all."""
    every = sa.select(sa.and_(sa.true(), *wanted).label("found")).select_from(Complaint)
    if whole_audiences(actor) or actor.is_system:
        read = every.order_by(Complaint.received_at.desc()).limit(COUNTED + 1).subquery()
    else:
        mine = seen_by(actor).limit(COUNTED + 1).subquery()
        read = every.join(mine, mine.c.complaint_id == Complaint.id).subquery()
    matching = sa.func.count(sa.case((read.c.found, 1)))
    rows, number = session.execute(sa.select(sa.func.count(), matching).select_from(read)).one()
    return Count(min(number, COUNTED), rows <= COUNTED)


def _up_to_limit(number: int) -> Count:
    return Count(min(number, COUNTED), number <= COUNTED)
