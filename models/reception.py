"""Who is on duty when, and the sittings of reception days."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.fields import HIDDEN, field
from models.labels import _l
from models.organisation import User
from models.reception_enums import DutyKind
from models.types import Moment, enum_type


class DutyShift(Addressed, Versioned, Stamped, Base):
    """Somebody's duty from one moment to another (R01-04: on duty; R01-06: leading that week)."""

    __tablename__ = "duty_shifts"
    __table_args__ = (
        check("ends_at > starts_at", "ends_after_start"),
        sa.Index("ix_duty_shifts_time", "kind", "starts_at"),
    )

    kind: Mapped[DutyKind] = mapped_column(
        enum_type(DutyKind, "duty_kind"), info=field(_l("Duty"), default=True)
    )
    user_id: Mapped[int] = mapped_column(
        to("users"), index=True, info=field(_l("Person"), shows="user", default=True)
    )
    starts_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("From"), default=True))
    ends_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Until"), default=True))
    phone: Mapped[str | None] = mapped_column(sa.String(40), info=field(_l("Duty telephone"), default=True))

    user: Mapped[User] = relationship(foreign_keys=[user_id])

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d}"


class ReceptionSession(Addressed, Versioned, Stamped, Base):
    """One sitting of a reception day (R01-17, R01-18): planned from the procedure's rule, with host and place."""

    __tablename__ = "reception_sessions"
    __table_args__ = (
        sa.UniqueConstraint("code", "held_on", name="uq_reception_sessions_code_day"),
        check("ends_at > starts_at", "ends_after_start"),
    )

    code: Mapped[str] = mapped_column(sa.String(60), info=HIDDEN)
    title: Mapped[str] = mapped_column(
        sa.String(120), info=field(_l("Reception"), default=True, read_only=True)
    )
    held_on: Mapped[date] = mapped_column(
        sa.Date, index=True, info=field(_l("Day"), default=True, read_only=True)
    )
    starts_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("From"), default=True, read_only=True))
    ends_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Until"), default=True, read_only=True))
    place: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Place"), default=True))
    host_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Received by"), shows="host", default=True)
    )
    cancelled_reason: Mapped[str | None] = mapped_column(
        sa.String(200),
        info=field(_l("Not held because"), default=True, help=_l("Left empty: it is held.")),
    )
    clause: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Clause"), read_only=True))

    host: Mapped[User | None] = relationship(foreign_keys=[host_id])

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d} {self.title}"
