"""Whether there are enough people who handle complaints, and what they have learnt (R04-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Department, RoleGrant, Training, User
from models.enums import RoleName
from services.listing.special import is_open, is_overdue

HANDLING = (RoleName.HANDLER, RoleName.INVESTIGATOR)


@dataclass(frozen=True)
class Load:
    """One person who handles complaints: open and overdue ones that the reader may see, trainings, the last of them."""

    address: str
    name: str
    department: str
    open: int
    overdue: int
    trainings: int
    hours: Decimal
    last_training: date | None


def loads(session: Session, now: datetime) -> list[Load]:
    """Everybody who holds a handling role, most open cases first; four statements whatever their number."""
    holds = sa.select(RoleGrant.user_id).where(
        RoleGrant.role.in_(HANDLING), RoleGrant.ended_at.is_(None), RoleGrant.confirmed_at.is_not(None)
    )
    people = session.execute(
        sa.select(User.id, User.public_id, User.name, Department.name)
        .outerjoin(Department, Department.id == User.department_id)
        .where(User.is_active, User.id.in_(holds))
        .order_by(User.name)
    ).all()
    opened = _counts(session, is_open())
    overdue = _counts(session, is_overdue(now))
    learnt = {
        row.user_id: row
        for row in session.execute(
            sa.select(
                Training.user_id,
                sa.func.count().label("times"),
                sa.func.sum(Training.hours).label("hours"),
                sa.func.max(Training.held_on).label("last"),
            ).group_by(Training.user_id)
        )
    }
    found = [
        Load(
            address=address,
            name=name,
            department=department or "",
            open=opened.get(user_id, 0),
            overdue=overdue.get(user_id, 0),
            trainings=learnt[user_id].times if user_id in learnt else 0,
            hours=Decimal(learnt[user_id].hours) if user_id in learnt else Decimal(0),
            last_training=learnt[user_id].last if user_id in learnt else None,
        )
        for user_id, address, name, department in people
    ]
    return sorted(found, key=lambda each: (-each.open, each.name))


def _counts(session: Session, condition: sa.ColumnElement[bool]) -> dict[int, int]:
    query = sa.select(Complaint.handler_id, sa.func.count()).where(condition).group_by(Complaint.handler_id)
    return {handler: count for handler, count in session.execute(query).tuples() if handler is not None}
