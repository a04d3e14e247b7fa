"""The regulation in force: published versions never change (content hash), complaints pin theirs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Addressed, Base, Stamped, Versioned
from models.enums import DayKind
from models.fields import HIDDEN, field
from models.labels import _l
from models.types import Json, Moment, enum_type


class ProcedureVersion(Addressed, Stamped, Base):
    """One published version of one procedure."""

    __tablename__ = "procedure_versions"
    __table_args__ = (
        sa.UniqueConstraint("code", "content_hash", name="uq_procedure_versions_content"),
        sa.UniqueConstraint("code", "number", name="uq_procedure_versions_number"),
    )

    code: Mapped[str] = mapped_column(sa.String(80), info=field(_l("Code"), default=True))
    number: Mapped[int] = mapped_column(info=field(_l("Version"), default=True))
    name_zh: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Name (Chinese)"), default=True))
    name_en: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Name (English)"), default=True))
    content_hash: Mapped[str] = mapped_column(sa.String(64), info=field(_l("Content hash"), listed=False))
    document: Mapped[dict[str, Any]] = mapped_column(Json, info=HIDDEN)
    source_text: Mapped[str] = mapped_column(sa.Text, info=HIDDEN)
    published_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Published at"), default=True))

    def __str__(self) -> str:
        return self.name_zh


class CalendarDay(Versioned, Base):
    """A day that the organisation decides itself, over the official calendar."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(sa.Date, unique=True, info=field(_l("Day"), default=True))
    kind: Mapped[DayKind] = mapped_column(
        enum_type(DayKind, "day_kind"), info=field(_l("Kind"), default=True)
    )
    reason: Mapped[str] = mapped_column(
        sa.String(200), info=field(_l("Basis"), default=True, help=_l("The notice or decision it rests on."))
    )


class CalendarYear(Stamped, Base):
    """A year whose calendar an administrator has entered and confirmed, beyond the built-in coverage."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(unique=True, info=field(_l("Year"), default=True))
    source: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Source"), default=True))
