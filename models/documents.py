"""Documents that were issued, to whom they went, and the organisation's own templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.accidents import Accident
from models.base import Addressed, Base, Stamped, check, to
from models.complaints import Complaint
from models.enums import Channel, DeliveryKind
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import Department, User
from models.types import Json, Moment, enum_type


class IssuedDocument(Addressed, Stamped, Base):
    """A letter or form as it was issued: both files by their hash, what was merged into them, who and when."""

    __tablename__ = "issued_documents"
    __table_args__ = (
        check("(complaint_id IS NULL) <> (accident_id IS NULL)", "one_subject"),
        check("round >= 1", "round_counts_from_one"),
        sa.UniqueConstraint("number", name="uq_issued_documents_number"),
    )

    complaint_id: Mapped[int | None] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    accident_id: Mapped[int | None] = mapped_column(to("accidents"), index=True, info=HIDDEN)
    number: Mapped[str] = mapped_column(
        sa.String(60), info=field(_l("Document number"), default=True, read_only=True)
    )
    form: Mapped[str] = mapped_column(sa.String(60), info=HIDDEN)
    name_zh: Mapped[str] = mapped_column(
        sa.String(120), info=field(_l("Letter or form"), default=True, read_only=True)
    )
    name_en: Mapped[str] = mapped_column(sa.String(120), info=HIDDEN)
    audience: Mapped[str] = mapped_column(sa.String(40), info=HIDDEN)
    round: Mapped[int] = mapped_column(default=1, info=field(_l("Round"), read_only=True))
    language: Mapped[str] = mapped_column(sa.String(10), info=HIDDEN)
    template: Mapped[str] = mapped_column(
        sa.String(120), info=field(_l("Template"), read_only=True)
    )  # procedure and version, or the digest of the organisation's own file
    typed: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=HIDDEN)
    content_hash: Mapped[str] = mapped_column(
        sa.String(64), info=field(_l("Digest of the content"), read_only=True)
    )
    pdf_sha256: Mapped[str] = mapped_column(
        sa.String(64), index=True, info=field(_l("SHA-256 of the PDF"), read_only=True)
    )
    pdf_size: Mapped[int] = mapped_column(sa.BigInteger, info=HIDDEN)
    word_sha256: Mapped[str] = mapped_column(
        sa.String(64), index=True, info=field(_l("SHA-256 of the Word file"), read_only=True)
    )
    word_size: Mapped[int] = mapped_column(sa.BigInteger, info=HIDDEN)
    issued_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Issued by"), shows="issued_by", read_only=True)
    )
    issued_for_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    issued_at: Mapped[datetime] = mapped_column(
        Moment, info=field(_l("Issued at"), default=True, read_only=True)
    )

    complaint: Mapped[Complaint | None] = relationship()
    accident: Mapped[Accident | None] = relationship()
    issued_by: Mapped[User | None] = relationship(foreign_keys=[issued_by_id])
    deliveries: Mapped[list[DocumentDelivery]] = relationship(
        back_populates="document", order_by="DocumentDelivery.id"
    )

    def __str__(self) -> str:
        return self.number


class DocumentDelivery(Stamped, Base):
    """That a document went to somebody: the complainant, a department, leadership or an authority."""

    __tablename__ = "document_deliveries"
    __table_args__ = (
        check("kind <> 'department' OR department_id IS NOT NULL", "to_a_department"),
        check("kind <> 'leadership' OR user_id IS NOT NULL", "to_a_leader"),
        check("kind <> 'authority' OR recipient IS NOT NULL", "to_an_authority"),
        check("kind NOT IN ('complainant', 'authority') OR channel IS NOT NULL", "outside_by_a_channel"),
    )

    document_id: Mapped[int] = mapped_column(to("issued_documents"), index=True, info=HIDDEN)
    kind: Mapped[DeliveryKind] = mapped_column(
        enum_type(DeliveryKind, "delivery_kind"), info=field(_l("Handed to"), read_only=True)
    )
    department_id: Mapped[int | None] = mapped_column(
        to("departments"), index=True, info=field(_l("Department"), shows="department", read_only=True)
    )
    user_id: Mapped[int | None] = mapped_column(
        to("users"), index=True, info=field(_l("Person"), shows="user", read_only=True)
    )
    recipient: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Authority"), read_only=True))
    channel: Mapped[Channel | None] = mapped_column(
        enum_type(Channel, "delivery_channel"), info=field(_l("Channel"), read_only=True)
    )
    sent_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Handed over at"), read_only=True))
    remark: Mapped[str | None] = mapped_column(
        sa.String(300), info=field(_l("Remark"), Sensitivity.INTERNAL, read_only=True)
    )
    recorded_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Recorded by"), shows="recorded_by", read_only=True)
    )

    document: Mapped[IssuedDocument] = relationship(back_populates="deliveries")
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])


class DocumentTemplate(Addressed, Stamped, Base):
    """A Word template of the organisation's own for one form. A replaced one stays, with the day it ended."""

    __tablename__ = "document_templates"
    __table_args__ = (
        sa.Index(
            "uq_document_templates_open",
            "form",
            "language",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        ),
    )

    form: Mapped[str] = mapped_column(sa.String(60), info=HIDDEN)
    language: Mapped[str] = mapped_column(sa.String(10), info=field(_l("Language"), read_only=True))
    filename: Mapped[str] = mapped_column(sa.String(255), info=field(_l("File name"), read_only=True))
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True, info=field("SHA-256", read_only=True))
    size: Mapped[int] = mapped_column(sa.BigInteger, info=field(_l("Size"), read_only=True))
    uploaded_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Uploaded by"), shows="uploaded_by", read_only=True)
    )
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Ended at"), read_only=True))

    uploaded_by: Mapped[User | None] = relationship(foreign_keys=[uploaded_by_id])

    def __str__(self) -> str:
        return self.filename
