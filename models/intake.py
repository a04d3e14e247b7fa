"""What was checked when a complaint came in, and the material that oral complaints are asked for."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.cases import Attachment
from models.complaints import Complaint
from models.fields import HIDDEN, Sensitivity, field
from models.intake_enums import CheckOutcome, MaterialStatus
from models.labels import _l
from models.organisation import User
from models.types import Moment, enum_type


class ComplaintCheck(Addressed, Stamped, Base):
    """One outcome of one check. The last one of a code counts; none is ever changed (R07-09, R11-04)."""

    __tablename__ = "complaint_checks"
    __table_args__ = (
        check("outcome = 'passed' OR note IS NOT NULL", "reason_given"),
        sa.Index(None, "complaint_id", "code"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), info=HIDDEN)
    code: Mapped[str] = mapped_column(sa.String(60), info=field(_l("Intake check"), read_only=True))
    outcome: Mapped[CheckOutcome] = mapped_column(
        enum_type(CheckOutcome, "check_outcome"), info=field(_l("Outcome"))
    )
    note: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("What was found, or the reason"), Sensitivity.INTERNAL, long_text=True)
    )
    checked_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Checked by"), shows="checked_by", read_only=True)
    )
    checked_for_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    checked_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Checked at"), read_only=True))

    complaint: Mapped[Complaint] = relationship()
    checked_by: Mapped[User | None] = relationship(foreign_keys=[checked_by_id])

    def __str__(self) -> str:
        return self.code


class RequestedMaterial(Addressed, Versioned, Stamped, Base):
    """Material that the complainant of an oral complaint is asked for: when, by whom, and what came of it (R15-16)."""

    __tablename__ = "requested_materials"
    __table_args__ = (
        sa.UniqueConstraint("complaint_id", "code"),
        check(
            "status IN ('to_request', 'not_needed') OR requested_at IS NOT NULL",
            "requested_when",
        ),
        check("(status = 'received') = (received_at IS NOT NULL)", "received_when"),
        check("received_at IS NULL OR received_at >= requested_at", "received_after_request"),
        check("status <> 'not_supplied' OR note IS NOT NULL", "reason_given"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), info=HIDDEN)
    code: Mapped[str] = mapped_column(sa.String(60), info=field(_l("Material"), read_only=True))
    status: Mapped[MaterialStatus] = mapped_column(
        enum_type(MaterialStatus, "material_status"),
        default=MaterialStatus.TO_REQUEST,
        index=True,
        info=field(_l("Status"), read_only=True),
    )
    requested_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Requested at")))
    requested_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Requested by"), shows="requested_by", read_only=True)
    )
    how: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("How it was requested")))
    received_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Received at")))
    received_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Taken in by"), shows="received_by", read_only=True)
    )
    attachment_id: Mapped[int | None] = mapped_column(
        to("attachments"), info=field(_l("File"), shows="attachment", read_only=True)
    )
    note: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Remark, or why it is not supplied"), Sensitivity.INTERNAL, long_text=True)
    )

    complaint: Mapped[Complaint] = relationship()
    requested_by: Mapped[User | None] = relationship(foreign_keys=[requested_by_id])
    received_by: Mapped[User | None] = relationship(foreign_keys=[received_by_id])
    attachment: Mapped[Attachment | None] = relationship()

    def __str__(self) -> str:
        return self.code
