"""A page by its number, for whoever sees all departments: the counts by month say where it begins.

Elsewhere the rows before the page are read and left out, which a list allows for its first thousands.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, ComplaintMonth
from services.access.months import first_moment, following
from services.actor import Actor
from services.listing.keyset import Order
from services.listing.ladder import Found, seen, whole_audiences


def by_month(session: Session, actor: Actor, skipped: int, size: int, descending: bool) -> list[Found]:
    """At most `size` rows after the first `skipped` in the order of receipt; the lists of `whole_audiences` only."""
    mine = whole_audiences(actor)
    counts = sa.select(ComplaintMonth.month, sa.func.sum(ComplaintMonth.number).label("number"))
    counts = counts.where(ComplaintMonth.audience.in_(mine)).group_by(ComplaintMonth.month)
    order = ComplaintMonth.month.desc() if descending else ComplaintMonth.month
    for month, number in session.execute(counts.order_by(order)):
        if skipped < number:
            return _within(session, mine, month, int(skipped), size, descending)
        skipped -= number
    return []


def _within(
    session: Session, mine: list[str], month: int, skipped: int, size: int, descending: bool
) -> list[Found]:
    key = seen.c.received_at
    begins = key < first_moment(following(month)) if descending else key >= first_moment(month)
    order = Order(key, seen.c.complaint_id, False, descending)
    parts = [
        sa.select(seen.c.complaint_id.label("id"), key.label("key"))
        .where(seen.c.audience == audience, begins)
        .order_by(*order.clauses())
        .limit(skipped + size)
        .subquery()
        for audience in mine
    ]
    whole = sa.union_all(*(sa.select(part.c.id, part.c.key) for part in parts)).subquery()
    merged = Order(whole.c.key, whole.c.id, False, descending)
    cut = sa.select(whole).order_by(*merged.clauses()).offset(skipped).limit(size).subquery()
    # By way of the complaint, so that the session puts its rule on the rows.
    found: sa.Select[Any] = sa.select(Complaint.id.label("id"), cut.c.key).join(cut, cut.c.id == Complaint.id)
    ordered = Order(cut.c.key, cut.c.id, False, descending)
    return [(row.id, row.key) for row in session.execute(found.order_by(*ordered.clauses()))]
