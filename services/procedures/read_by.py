"""Who has read the procedure in force (R04-13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Department, ProcedureVersion, ReadingConfirmation, User
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version


@dataclass(frozen=True)
class Reader:
    """Somebody who has to read it; `confirmed_at` is empty until they have."""

    name: str
    department: str
    confirmed_at: datetime | None


def version_to_read(session: Session, user_id: int | None) -> ProcedureVersion | None:
    """The version in force when its procedure asks for a confirmation that this person has not given yet."""
    version = current_version(session)
    if user_id is None or version is None or parsed(version).reading is None:
        return None
    return None if confirmed_at(session, version, user_id) else version


def confirmed_at(session: Session, version: ProcedureVersion, user_id: int) -> datetime | None:
    """When this person confirmed it."""
    return session.scalar(
        sa.select(ReadingConfirmation.confirmed_at).where(
            ReadingConfirmation.user_id == user_id,
            ReadingConfirmation.procedure_version_id == version.id,
        )
    )


def readers(session: Session, version: ProcedureVersion) -> list[Reader]:
    """Everybody with an account, those who have not confirmed first."""
    query = (
        sa.select(User.name, Department.name, ReadingConfirmation.confirmed_at)
        .outerjoin(Department, Department.id == User.department_id)
        .outerjoin(
            ReadingConfirmation,
            sa.and_(
                ReadingConfirmation.user_id == User.id,
                ReadingConfirmation.procedure_version_id == version.id,
            ),
        )
        .where(User.is_active)
        .order_by(ReadingConfirmation.confirmed_at.is_not(None), User.name)
    )
    return [Reader(name, department or "", at) for name, department, at in session.execute(query).tuples()]
