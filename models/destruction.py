"""The end of a file: destruction proposed and signed by two people, what a stub keeps of it, and longer retention."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.archive_enums import DestructionStatus
from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.cases import ArchiveRecord
from models.complaints import Complaint
from models.fields import HIDDEN, field
from models.labels import _l
from models.organisation import User
from models.types import Moment, enum_type


class Destruction(Addressed, Versioned, Stamped, Base):
    """A register of files whose retention has ended, with the appraisal and both signatures."""

    __tablename__ = "destructions"
    __table_args__ = (
        check("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", "two_people"),
        check("(status = 'proposed') = (decided_at IS NULL)", "decided_when"),
        check("status <> 'declined' OR decision_reason IS NOT NULL", "declined_with_reason"),
    )

    number: Mapped[str] = mapped_column(
        sa.String(40), unique=True, info=field(_l("Number"), default=True, read_only=True)
    )
    status: Mapped[DestructionStatus] = mapped_column(
        enum_type(DestructionStatus, "destruction_status"),
        default=DestructionStatus.PROPOSED,
        info=field(_l("Status"), default=True, read_only=True),
    )
    opinion: Mapped[str] = mapped_column(
        sa.Text, info=field(_l("Opinion of the appraisal"), long_text=True, read_only=True)
    )
    proposed_by_id: Mapped[int] = mapped_column(
        to("users"), info=field(_l("Proposed by"), shows="proposed_by", default=True, read_only=True)
    )
    proposed_at: Mapped[datetime] = mapped_column(
        Moment, info=field(_l("Proposed at"), default=True, read_only=True)
    )
    decided_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Second signature by"), shows="decided_by", default=True, read_only=True)
    )
    decided_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Signed or declined at"), default=True, read_only=True)
    )
    decision_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Remark on the decision"), long_text=True, read_only=True)
    )

    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    items: Mapped[list[DestructionItem]] = relationship(
        back_populates="destruction", order_by="DestructionItem.id"
    )

    def __str__(self) -> str:
        return self.number


class DestructionItem(Base):
    """One complaint of a register of destruction: what stays to be known of its file."""

    __tablename__ = "destruction_items"
    __table_args__ = (
        sa.UniqueConstraint("destruction_id", "complaint_id", name="uq_destruction_items_complaint"),
        check("row_count >= 0 AND file_count >= 0 AND entry_count >= 0", "counts_not_negative"),
    )

    destruction_id: Mapped[int] = mapped_column(to("destructions"), index=True, info=HIDDEN)
    archive_record_id: Mapped[int] = mapped_column(to("archive_records"), index=True, info=HIDDEN)
    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    file_number: Mapped[str] = mapped_column(sa.String(80), info=HIDDEN)
    retention_ended_on: Mapped[date] = mapped_column(sa.Date, info=HIDDEN)
    seal_digest: Mapped[str] = mapped_column(sa.String(64), info=HIDDEN)
    row_count: Mapped[int] = mapped_column(default=0, info=HIDDEN)
    file_count: Mapped[int] = mapped_column(default=0, info=HIDDEN)
    entry_count: Mapped[int] = mapped_column(default=0, info=HIDDEN)

    destruction: Mapped[Destruction] = relationship(back_populates="items")
    record: Mapped[ArchiveRecord] = relationship()
    complaint: Mapped[Complaint] = relationship()


class RetentionExtension(Stamped, Base):
    """A file kept longer than its procedure says, or for ever, with the reason."""

    __tablename__ = "retention_extensions"
    __table_args__ = (check("until_on IS NULL OR until_on > from_on", "longer"),)

    archive_record_id: Mapped[int] = mapped_column(to("archive_records"), index=True, info=HIDDEN)
    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    from_on: Mapped[date] = mapped_column(sa.Date, info=HIDDEN)
    until_on: Mapped[date | None] = mapped_column(sa.Date, info=HIDDEN)
    reason: Mapped[str] = mapped_column(sa.String(500), info=HIDDEN)
    decided_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    decided_at: Mapped[datetime] = mapped_column(Moment, info=HIDDEN)

    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
