"""What the archive keeps of its files: the seals that were put on them, and who looked into them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.archive_enums import LoanKind, SealOccasion
from models.base import Addressed, Base, Stamped, check, to
from models.cases import ArchiveRecord
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import User
from models.types import Json, Moment, enum_type


class ArchiveSeal(Stamped, Base):
    """The digest of a whole file at a moment. A file bears one seal at a time; earlier ones stay with their end."""

    __tablename__ = "archive_seals"
    __table_args__ = (
        check("row_count >= 1", "has_rows"),
        check("file_count >= 0", "files_not_negative"),
        sa.Index(
            "uq_archive_seals_standing",
            "archive_record_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        ),
    )

    archive_record_id: Mapped[int] = mapped_column(to("archive_records"), index=True, info=HIDDEN)
    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    occasion: Mapped[SealOccasion] = mapped_column(
        enum_type(SealOccasion, "seal_occasion"), info=field(_l("Occasion"), read_only=True)
    )
    cause: Mapped[str | None] = mapped_column(
        sa.String(80), info=HIDDEN
    )  # the action of the audit trail that changed a sealed file
    algorithm: Mapped[str] = mapped_column(sa.String(20), info=field(_l("Algorithm"), read_only=True))
    digest: Mapped[str] = mapped_column(sa.String(64), info=field(_l("Digest"), read_only=True))
    row_count: Mapped[int] = mapped_column(info=field(_l("Rows sealed"), read_only=True))
    file_count: Mapped[int] = mapped_column(info=field(_l("Files sealed"), read_only=True))
    manifest: Mapped[dict[str, Any]] = mapped_column(Json, info=HIDDEN)
    sealed_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Sealed by"), shows="sealed_by", read_only=True)
    )
    sealed_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Sealed at"), read_only=True))
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Ended at"), read_only=True))

    record: Mapped[ArchiveRecord] = relationship()
    sealed_by: Mapped[User | None] = relationship(foreign_keys=[sealed_by_id])


class ArchiveLoan(Addressed, Stamped, Base):
    """A line of the register of retrieval: who looked into which file, what for, how, and when it came back."""

    __tablename__ = "archive_loans"
    __table_args__ = (
        check("kind <> 'screen' OR reader_id IS NOT NULL", "on_screen_by_a_user"),
        check("kind = 'paper' OR due_on IS NULL", "only_paper_is_due"),
        check("returned_at IS NULL OR kind = 'paper'", "only_paper_comes_back"),
        check("returned_at IS NULL OR returned_at >= taken_at", "back_after_taken"),
        sa.Index("ix_archive_loans_reading", "complaint_id", "reader_id", "taken_at"),
    )

    archive_record_id: Mapped[int] = mapped_column(
        to("archive_records"),
        index=True,
        info=field(_l("Archive record"), shows="record", default=True, read_only=True),
    )
    complaint_id: Mapped[int] = mapped_column(to("complaints"), info=HIDDEN)
    kind: Mapped[LoanKind] = mapped_column(
        enum_type(LoanKind, "loan_kind"), info=field(_l("Manner"), default=True, read_only=True)
    )
    reader_id: Mapped[int | None] = mapped_column(
        to("users"), index=True, info=field(_l("Member of staff"), shows="reader", read_only=True)
    )
    reader_name: Mapped[str] = mapped_column(
        sa.String(120), info=field(_l("Who"), default=True, read_only=True)
    )
    unit: Mapped[str | None] = mapped_column(
        sa.String(200), info=field(_l("Department or organisation"), default=True, read_only=True)
    )
    purpose: Mapped[str] = mapped_column(
        sa.String(500), info=field(_l("Purpose"), Sensitivity.INTERNAL, default=True, read_only=True)
    )
    taken_at: Mapped[datetime] = mapped_column(
        Moment, info=field(_l("Read or lent at"), default=True, read_only=True)
    )
    due_on: Mapped[date | None] = mapped_column(
        sa.Date, info=field(_l("Back by"), default=True, read_only=True)
    )
    returned_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Back at"), default=True, read_only=True)
    )
    return_note: Mapped[str | None] = mapped_column(
        sa.String(300), info=field(_l("State on return"), read_only=True)
    )
    registered_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Registered by"), shows="registered_by", read_only=True)
    )
    returned_to_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Taken back by"), shows="returned_to", read_only=True)
    )

    record: Mapped[ArchiveRecord] = relationship()
    reader: Mapped[User | None] = relationship(foreign_keys=[reader_id])
    registered_by: Mapped[User | None] = relationship(foreign_keys=[registered_by_id])
    returned_to: Mapped[User | None] = relationship(foreign_keys=[returned_to_id])

    def __str__(self) -> str:
        return f"{self.reader_name} · {self.purpose[:40]}"
