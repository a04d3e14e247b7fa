"""Joint liability of whoever was asked first, when the customer's time limit is broken without an accepted reason."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaints import Complaint
from models.enums import Labelled
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import User
from models.types import Moment, enum_type
from models.work import ClockRun


class LiabilityStatus(Labelled):
    OPEN = "open", _l("To be decided")
    EXCUSED = "excused", _l("Reason accepted")
    CONFIRMED = "confirmed", _l("Jointly liable")


class Liability(Addressed, Versioned, Stamped, Base):
    """One broken time limit, the person who answers for it, their reason, and what was decided (R16-10)."""

    __tablename__ = "liabilities"
    __table_args__ = (
        check("(stated_at IS NULL) = (stated_reason IS NULL)", "stated_with_reason"),
        check("(status = 'open') = (decided_at IS NULL)", "decided_when"),
        check("(decided_at IS NULL) = (decision_text IS NULL)", "decided_with_reasons"),
        check("decided_by_id IS NULL OR decided_by_id <> person_id", "not_by_oneself"),
        sa.Index("ix_liabilities_person_status", "person_id", "status"),
    )

    complaint_id: Mapped[int] = mapped_column(
        to("complaints"),
        index=True,
        info=field(_l("Complaint"), shows="complaint", default=True, read_only=True),
    )
    clock_run_id: Mapped[int] = mapped_column(to("clock_runs"), unique=True, info=HIDDEN)
    person_id: Mapped[int] = mapped_column(
        to("users"), info=field(_l("Asked first"), shows="person", default=True, read_only=True)
    )
    status: Mapped[LiabilityStatus] = mapped_column(
        enum_type(LiabilityStatus, "liability_status"),
        default=LiabilityStatus.OPEN,
        info=field(_l("Status"), default=True, read_only=True),
    )
    clause: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Clause"), read_only=True))
    breached_at: Mapped[datetime] = mapped_column(
        Moment, info=field(_l("Time limit broken at"), default=True, read_only=True)
    )
    stated_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Reason stated at"), default=True, read_only=True)
    )
    stated_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason stated"), Sensitivity.INTERNAL, long_text=True, read_only=True)
    )
    decided_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Decided at"), default=True, read_only=True)
    )
    decided_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Decided by"), shows="decided_by", read_only=True)
    )
    decision_text: Mapped[str | None] = mapped_column(
        sa.Text,
        info=field(_l("Reasons of the decision"), Sensitivity.INTERNAL, long_text=True, read_only=True),
    )

    complaint: Mapped[Complaint] = relationship()
    clock_run: Mapped[ClockRun] = relationship()
    person: Mapped[User] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
