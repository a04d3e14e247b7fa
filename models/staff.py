"""What staff have read and learnt."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.fields import HIDDEN, field
from models.labels import _l
from models.organisation import User
from models.procedures import ProcedureVersion
from models.types import Moment


class ReadingConfirmation(Base):
    """Somebody has read one published version of a procedure (R04-13)."""

    __tablename__ = "reading_confirmations"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "procedure_version_id", name="uq_reading_confirmations_once"),
    )

    user_id: Mapped[int] = mapped_column(to("users"), info=field(_l("Person"), shows="user"))
    procedure_version_id: Mapped[int] = mapped_column(to("procedure_versions"), index=True, info=HIDDEN)
    confirmed_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Confirmed at")))

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    procedure_version: Mapped[ProcedureVersion] = relationship()


class Training(Addressed, Versioned, Stamped, Base):
    """A training that somebody who handles complaints took part in (R04-15)."""

    __tablename__ = "trainings"
    __table_args__ = (check("hours > 0", "hours_positive"),)

    user_id: Mapped[int] = mapped_column(
        to("users"), index=True, info=field(_l("Person"), shows="user", default=True)
    )
    topic: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Topic"), default=True))
    held_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Day"), default=True))
    hours: Mapped[Decimal] = mapped_column(sa.Numeric(6, 1), info=field(_l("Hours"), default=True))
    result: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Result"), default=True))

    user: Mapped[User] = relationship(foreign_keys=[user_id])

    def __str__(self) -> str:
        return self.topic
