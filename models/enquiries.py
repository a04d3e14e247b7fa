"""Quality queries, feedback, suggestions, letters and visits: records of their own, each with its answer."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaints import Complaint
from models.enums import Channel
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import Department, User
from models.reception_enums import EnquiryStatus
from models.types import Moment, enum_type


class Enquiry(Addressed, Versioned, Stamped, Base):
    """No complaint, yet somebody waits for an answer (R04-12, R09-13, R10-13, R13-13, R16-07)."""

    __tablename__ = "enquiries"
    __table_args__ = (
        check("status <> 'answered' OR (answered_at IS NOT NULL AND answer IS NOT NULL)", "answered_how"),
    )

    number: Mapped[str] = mapped_column(
        sa.String(40), unique=True, info=field(_l("Number"), default=True, read_only=True)
    )
    kind: Mapped[str] = mapped_column(sa.String(60), index=True, info=HIDDEN)
    kind_name: Mapped[str] = mapped_column(
        sa.String(120), info=field(_l("Kind"), default=True, read_only=True)
    )
    status: Mapped[EnquiryStatus] = mapped_column(
        enum_type(EnquiryStatus, "enquiry_status"),
        default=EnquiryStatus.OPEN,
        info=field(_l("Status"), default=True, read_only=True),
    )
    title: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Title"), default=True))
    content: Mapped[str] = mapped_column(sa.Text, info=field(_l("Content"), long_text=True))
    channel: Mapped[Channel] = mapped_column(enum_type(Channel, "enquiry_channel"), info=field(_l("Channel")))
    received_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Received at"), default=True))
    sender: Mapped[str | None] = mapped_column(
        sa.String(200), info=field(_l("From"), Sensitivity.PERSONAL, help=_l("Person or organisation."))
    )
    sender_contact: Mapped[str | None] = mapped_column(
        sa.String(200), info=field(_l("Contact"), Sensitivity.PERSONAL)
    )
    product: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Product, project or service")))
    batch: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Batch or part")))
    department_id: Mapped[int | None] = mapped_column(
        to("departments"), index=True, info=field(_l("To department"), shows="department", default=True)
    )
    responsible_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Responsible"), shows="responsible", default=True, read_only=True)
    )
    recorded_by_id: Mapped[int | None] = mapped_column(
        to("users"), index=True, info=field(_l("Recorded by"), shows="recorded_by", read_only=True)
    )
    complaint_id: Mapped[int | None] = mapped_column(
        to("complaints"),
        index=True,
        info=field(_l("Complaint"), shows="complaint", help=_l("When it came out of a complaint.")),
    )
    answer: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Answer"), long_text=True, read_only=True)
    )
    answered_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Answered at"), default=True, read_only=True)
    )
    answered_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Answered by"), shows="answered_by", read_only=True)
    )

    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    responsible: Mapped[User | None] = relationship(foreign_keys=[responsible_id])
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    complaint: Mapped[Complaint | None] = relationship()

    def __str__(self) -> str:
        return self.number
