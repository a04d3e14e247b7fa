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
from services.procedures.sections.reception import ReceptionDay
from services.unit_of_work import UnitOfWork, reading

AHEAD = timedelta(days=62)
BEHIND = timedelta(days=31)
"""So that a reception of last month can still be named when its complaints are typed in."""


def plan_ahead(session: Session, now: datetime | None = None) -> int:
    """Plan what is missing of the next two months; returns how many sittings were added. No sitting is moved."""
    now = now or datetime.now(UTC)
    with reading(session, SYSTEM):
        today = now.astimezone(desk_zone(session)).date()
        if not missing_sittings(session, today - BEHIND, today + AHEAD):
            return 0
    with UnitOfWork(session, SYSTEM, now) as work:
        return plan_reception(work, today - BEHIND, today + AHEAD)


def missing_sittings(session: Session, first: date, last: date) -> list[tuple[ReceptionDay, date]]:
    """The sittings from `first` to `last` that the procedure in force has and nobody has planned yet."""
    version = current_version(session)
    rules = parsed(version).reception_days if version else ()
    if not rules:
        return []
    planned = sa.select(ReceptionSession.code, ReceptionSession.held_on).where(
        ReceptionSession.held_on.between(first, last)
    )
    known = {(row.code, row.held_on) for row in session.execute(planned)}
    return [(rule, day) for rule in rules for day in rule.days(first, last) if (rule.code, day) not in known]


def plan_reception(work: UnitOfWork, first: date, last: date) -> int:
    """As plan_ahead, for the days from `first` to `last`, within a transaction."""
    zone = desk_zone(work.session)
    missing = missing_sittings(work.session, first, last)
    for rule, day in missing:
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
    return len(missing)
