"""Who an informant is, apart from the case and encrypted; who asked to read it and who agreed (R15-19)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, check, to
from models.complaints import Complaint
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import Department, User
from models.types import Moment


class Informant(Addressed, Stamped, Base):
    """The case itself knows the alias alone; name and contact stand here, sealed."""

    __tablename__ = "informants"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), unique=True, info=HIDDEN)
    alias: Mapped[str] = mapped_column(
        sa.String(40), unique=True, info=field(_l("Alias of the informant"), read_only=True)
    )
    identity_sealed: Mapped[str] = mapped_column(
        sa.Text, info=field("identity_sealed", Sensitivity.SECRET, form=False)
    )
    protected_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)

    complaint: Mapped[Complaint] = relationship()


class InformantRequest(Addressed, Stamped, Base):
    """Somebody asks to read who the informant is; a second person agrees or declines."""

    __tablename__ = "informant_requests"
    __table_args__ = (
        check("(decided_at IS NULL) = (is_granted IS NULL)", "decided_when"),
        check("decided_by_id IS NULL OR decided_by_id <> asked_by_id", "two_people"),
        check("viewed_at IS NULL OR decided_at IS NOT NULL", "viewed_after_decision"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    asked_by_id: Mapped[int] = mapped_column(to("users"), info=field(_l("Asked by"), shows="asked_by"))
    asked_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Asked at")))
    reason: Mapped[str] = mapped_column(sa.Text, info=field(_l("Reason"), long_text=True))
    decided_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Decided by"), shows="decided_by")
    )
    decided_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Decided at")))
    is_granted: Mapped[bool | None] = mapped_column(info=field(_l("Agreed to")))
    viewed_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Read at")))

    complaint: Mapped[Complaint] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class AccusedDepartment(Addressed, Stamped, Base):
    """A department complained about: nobody of it can be named on the case, and who was loses sight of it."""

    __tablename__ = "accused_departments"
    __table_args__ = (sa.UniqueConstraint("complaint_id", "department_id"),)

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    department_id: Mapped[int] = mapped_column(
        to("departments"), info=field(_l("Department complained about"), shows="department")
    )

    complaint: Mapped[Complaint] = relationship()
    department: Mapped[Department] = relationship()
