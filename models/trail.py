"""What the desk keeps of itself: audit trail, messages to send, jobs, ledger batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, check, to
from models.complaints import Complaint
from models.fields import HIDDEN, Sensitivity, field
from models.job_enums import BatchStatus, JobStatus, OutboxStatus, RowStatus
from models.labels import _l
from models.organisation import User
from models.types import Json, Moment, enum_type


class AuditEntry(Base):
    """One line of the audit trail, chained to the one before it. Triggers refuse change and removal."""

    __tablename__ = "audit_entries"
    __table_args__ = (sa.Index("ix_audit_entries_subject", "subject_type", "subject_id"),)

    at: Mapped[datetime] = mapped_column(
        Moment, index=True, info=field(_l("At"), default=True, read_only=True)
    )
    action: Mapped[str] = mapped_column(sa.String(80), info=field(_l("Action"), default=True, read_only=True))
    actor_id: Mapped[int | None] = mapped_column(to("users"), index=True, info=HIDDEN)
    actor_name: Mapped[str] = mapped_column(sa.String(80), info=field(_l("By"), default=True, read_only=True))
    on_behalf_of_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    subject_type: Mapped[str] = mapped_column(
        sa.String(60), info=field(_l("Record kind"), default=True, read_only=True)
    )
    subject_id: Mapped[int | None] = mapped_column(info=HIDDEN)
    subject_name: Mapped[str | None] = mapped_column(
        sa.String(120), info=field(_l("Record"), default=True, read_only=True)
    )
    complaint_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("complaints.id", ondelete="RESTRICT"), index=True, info=HIDDEN
    )
    before: Mapped[dict[str, Any] | None] = mapped_column(
        Json, info=field(_l("Before"), Sensitivity.INTERNAL, read_only=True, filter=False, listed=False)
    )
    after: Mapped[dict[str, Any] | None] = mapped_column(
        Json, info=field(_l("After"), Sensitivity.INTERNAL, read_only=True, filter=False, listed=False)
    )
    sealed: Mapped[str | None] = mapped_column(
        sa.Text, info=HIDDEN
    )  # encrypted values of a confidential complaint
    reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason"), long_text=True, read_only=True)
    )
    request_id: Mapped[str | None] = mapped_column(sa.String(40), info=field(_l("Request"), read_only=True))
    content_digest: Mapped[str | None] = mapped_column(
        sa.String(64), info=HIDDEN
    )  # of what the entry says of a case, salted: it stays when the content is destroyed
    previous_hash: Mapped[str] = mapped_column(sa.String(64), info=HIDDEN)
    entry_hash: Mapped[str] = mapped_column(sa.String(64), unique=True, info=HIDDEN)


class AuditSalt(Base):
    """The salt of the digests that the trail holds of one case; it goes with the content."""

    __tablename__ = "audit_salts"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), unique=True, info=HIDDEN)
    salt: Mapped[str] = mapped_column(sa.String(64), info=HIDDEN)


class OutboxMessage(Stamped, Base):
    """A message written in the transaction of the act it tells of, delivered after it by the worker."""

    __tablename__ = "outbox"
    __table_args__ = (
        check("attempts >= 0", "attempts_not_negative"),
        sa.Index("ix_outbox_waiting", "status", "next_attempt_at", "id"),
    )

    recipient_id: Mapped[int] = mapped_column(to("users"), index=True, info=HIDDEN)
    complaint_id: Mapped[int | None] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    topic: Mapped[str] = mapped_column(sa.String(60), info=HIDDEN)
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=HIDDEN)
    status: Mapped[OutboxStatus] = mapped_column(
        enum_type(OutboxStatus, "outbox_status"), default=OutboxStatus.WAITING, info=HIDDEN
    )
    attempts: Mapped[int] = mapped_column(default=0, info=HIDDEN)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)
    sent_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)
    error: Mapped[str | None] = mapped_column(sa.String(300), info=HIDDEN)


class Notice(Stamped, Base):
    """A notice in somebody's inbox on the desk."""

    __tablename__ = "notices"
    __table_args__ = (sa.Index("ix_notices_inbox", "user_id", "read_at", "id"),)

    user_id: Mapped[int] = mapped_column(to("users"), info=HIDDEN)
    complaint_id: Mapped[int | None] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    topic: Mapped[str] = mapped_column(sa.String(60), info=HIDDEN)
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=HIDDEN)
    read_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)

    complaint: Mapped[Complaint | None] = relationship()


class Job(Addressed, Stamped, Base):
    """Long work done by the worker, with progress and a result to fetch."""

    __tablename__ = "jobs"
    __table_args__ = (check("progress BETWEEN 0 AND 100", "progress_percent"),)

    kind: Mapped[str] = mapped_column(sa.String(60), info=field(_l("Kind"), default=True, read_only=True))
    status: Mapped[JobStatus] = mapped_column(
        enum_type(JobStatus, "job_status"),
        default=JobStatus.QUEUED,
        info=field(_l("Status"), default=True, read_only=True),
    )
    progress: Mapped[int] = mapped_column(default=0, info=field(_l("Progress"), default=True, read_only=True))
    user_id: Mapped[int | None] = mapped_column(
        to("users"), index=True, info=field(_l("User"), shows="user", default=True, read_only=True)
    )
    arguments: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=HIDDEN)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json, info=HIDDEN)
    error: Mapped[str | None] = mapped_column(sa.String(300), info=field(_l("Error"), read_only=True))
    started_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Started at"), read_only=True))
    finished_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Finished at"), default=True, read_only=True)
    )

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])


class LedgerBatch(Addressed, Stamped, Base):
    """One import of a ledger file: what was uploaded, how it was mapped, what came of it."""

    __tablename__ = "ledger_batches"

    filename: Mapped[str] = mapped_column(
        sa.String(255), info=field(_l("File name"), default=True, read_only=True)
    )
    sha256: Mapped[str] = mapped_column(sa.String(64), info=HIDDEN)
    status: Mapped[BatchStatus] = mapped_column(
        enum_type(BatchStatus, "batch_status"),
        default=BatchStatus.UPLOADED,
        info=field(_l("Status"), default=True, read_only=True),
    )
    header_key: Mapped[str] = mapped_column(
        sa.String(64), index=True, info=HIDDEN
    )  # shape of the header row: remembers its mapping
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=HIDDEN)
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=HIDDEN)
    rows_read: Mapped[int] = mapped_column(
        default=0, info=field(_l("Rows read"), default=True, read_only=True)
    )
    rows_written: Mapped[int] = mapped_column(
        default=0, info=field(_l("Rows imported"), default=True, read_only=True)
    )
    rows_skipped: Mapped[int] = mapped_column(
        default=0, info=field(_l("Rows skipped"), default=True, read_only=True)
    )
    faults: Mapped[list[Any]] = mapped_column(Json, default=list, info=HIDDEN)
    imported_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Imported by"), shows="imported_by", default=True, read_only=True)
    )
    imported_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Imported at"), default=True, read_only=True)
    )

    undone_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Undone at"), read_only=True, listed=False)
    )
    job_id: Mapped[int | None] = mapped_column(to("jobs"), info=HIDDEN)
    """The newest job of it: dry run or writing."""
    heading: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}", info=HIDDEN)
    """Where its columns are: sheet, line, names."""
    figures: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}", info=HIDDEN)
    """What the dry run counted, and how far the writing is (services.ledger.batches)."""

    imported_by: Mapped[User | None] = relationship(foreign_keys=[imported_by_id])
    job: Mapped[Job | None] = relationship(foreign_keys=[job_id])


class StagedRow(Base):
    """A line of a ledger between the dry run and the import: no complaint yet, and gone soon after."""

    __tablename__ = "staged_rows"
    __table_args__ = (
        sa.UniqueConstraint("batch_id", "line", name="uq_staged_rows_line"),
        sa.Index("ix_staged_rows_order", "batch_id", "status", "received_at", "line"),
        check("status <> 'ready' OR (row_key IS NOT NULL AND received_at IS NOT NULL)", "ready_is_whole"),
    )

    batch_id: Mapped[int] = mapped_column(to("ledger_batches"), info=HIDDEN)
    line: Mapped[int] = mapped_column(info=HIDDEN)
    status: Mapped[RowStatus] = mapped_column(enum_type(RowStatus, "row_status"), info=HIDDEN)
    row_key: Mapped[str | None] = mapped_column(sa.String(64), info=HIDDEN)
    received_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)
    row_values: Mapped[str | None] = mapped_column(sa.Text, info=HIDDEN)
    """JSON, as services.ledger.staging writes it."""
    faults: Mapped[list[Any] | None] = mapped_column(Json, info=HIDDEN)
    """Also what was read with a doubt."""


# Whether a row of a ledger came in before is asked for each row of the next one.
sa.Index(
    "ix_complaints_imported",
    Complaint.import_key,
    postgresql_where=sa.text("import_key IS NOT NULL"),
    sqlite_where=sa.text("import_key IS NOT NULL"),
)


class DoneRequest(Base):
    """The key of a form that was carried out: a repeated POST with the same key does nothing twice."""

    __tablename__ = "done_requests"

    key: Mapped[str] = mapped_column(sa.String(64), unique=True, info=HIDDEN)
    user_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    at: Mapped[datetime] = mapped_column(Moment, index=True, info=HIDDEN)
    outcome: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=HIDDEN)
