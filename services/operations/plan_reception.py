"""Sittings of the reception days, planned ahead from the procedure in force (R01-17, R01-18)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ReceptionSession
from services.actor import SYSTEM
from services.deadlines.desk_calendar import desk_zone
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.unit_of_work import UnitOfWork

AHEAD = timedelta(days=62)
BEHIND = timedelta(days=31)
"""So that a reception of last month can still be named when its complaints are typed in."""


def plan_ahead(session: Session, now: datetime | None = None) -> int:
    """Plan what is missing of the next two months; returns how many sittings were added. No sitting is moved."""
    with UnitOfWork(session, SYSTEM, now or datetime.now(UTC)) as work:
        today = work.now.astimezone(desk_zone(session)).date()
        return plan_reception(work, today - BEHIND, today + AHEAD)


def plan_reception(work: UnitOfWork, first: date, last: date) -> int:
    """As plan_ahead, for the days from `first` to `last`, within a transaction."""
    version = current_version(work.session)
    if version is None:
        return 0
    known = set(
        work.session.execute(
            sa.select(ReceptionSession.code, ReceptionSession.held_on).where(
                ReceptionSession.held_on.between(first, last)
            )
        ).tuples()
    )
    zone, added = desk_zone(work.session), 0
    for rule in parsed(version).reception_days:
        for day in rule.days(first, last):
            if (rule.code, day) in known:
                continue
            work.session.add(
                ReceptionSession(
                    code=rule.code,
                    title=f"{day:%Y-%m-%d} {rule.names.zh}",
                    held_on=day,
                    starts_at=datetime.combine(day, rule.opens, zone),
                    ends_at=datetime.combine(day, rule.closes, zone),
                    place=rule.place.zh if rule.place else None,
                    clause=", ".join(rule.clause) or None,
                )
            )
            added += 1
    return added
