"""The leader's written instruction on a complaint (阅批)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Stamped, check, to
from models.complaints import Complaint
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import Department
from models.types import Moment


class LeaderInstruction(Stamped, Base):
    """What waits for the leader's written instruction (阅批), and the instruction (R01-06, R01-07)."""

    __tablename__ = "leader_instructions"
    __table_args__ = (
        check("(given_at IS NULL) = (text IS NULL)", "given_with_text"),
        check("given_at IS NULL OR given_by_id IS NOT NULL", "given_by_somebody"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    asked_of_id: Mapped[int | None] = mapped_column(to("users"), index=True, info=HIDDEN)
    appears_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Before the leader since")))
    told_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)
    given_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Instructed at")))
    given_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    department_id: Mapped[int | None] = mapped_column(
        to("departments"), info=field(_l("Department"), shows="department")
    )
    text: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Leader's instruction"), Sensitivity.INTERNAL, long_text=True)
    )

    complaint: Mapped[Complaint] = relationship()
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
