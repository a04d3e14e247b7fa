"""Procedures that people write in the panel: drafts with every state they were in, and which one the desk works by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.draft_enums import AdoptionStatus, DraftAct, DraftStatus
from models.fields import HIDDEN, field
from models.labels import _l
from models.organisation import User
from models.procedures import ProcedureVersion
from models.types import Json, Moment, enum_type


class ProcedureDraft(Addressed, Versioned, Stamped, Base):
    """A procedure on its way to being published. Its text may have faults until it is submitted."""

    __tablename__ = "procedure_drafts"
    __table_args__ = (
        check("status <> 'published' OR published_version_id IS NOT NULL", "published_as_version"),
        check("status <> 'submitted' OR submitted_by_id IS NOT NULL", "submitted_by_somebody"),
    )

    code: Mapped[str] = mapped_column(sa.String(80), info=field(_l("Code"), default=True, read_only=True))
    name_zh: Mapped[str] = mapped_column(
        sa.String(200), info=field(_l("Name (Chinese)"), default=True, read_only=True)
    )
    name_en: Mapped[str] = mapped_column(
        sa.String(200), info=field(_l("Name (English)"), default=True, read_only=True)
    )
    status: Mapped[DraftStatus] = mapped_column(
        enum_type(DraftStatus, "status"),
        default=DraftStatus.EDITING,
        info=field(_l("State"), default=True, read_only=True),
    )
    faults: Mapped[int] = mapped_column(default=0, info=field(_l("Faults"), default=True, read_only=True))
    purpose: Mapped[str] = mapped_column(
        sa.String(300),
        info=field(_l("Purpose of the change"), default=True, help=_l("Read by whoever approves it.")),
    )
    source_code: Mapped[str] = mapped_column(sa.String(80), info=HIDDEN)
    source_number: Mapped[int] = mapped_column(info=HIDDEN)
    source_text: Mapped[str] = mapped_column(sa.Text, info=HIDDEN)
    text: Mapped[str] = mapped_column(sa.Text, info=HIDDEN)
    author_id: Mapped[int] = mapped_column(
        to("users"), info=field(_l("Author"), shows="author", default=True, read_only=True)
    )
    submitted_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Submitted by"), shows="submitted_by", read_only=True)
    )
    decided_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Decided by"), shows="decided_by", read_only=True)
    )
    published_version_id: Mapped[int | None] = mapped_column(
        to("procedure_versions"),
        info=field(_l("Published version"), shows="published_version", read_only=True),
    )

    author: Mapped[User] = relationship(foreign_keys=[author_id])
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    published_version: Mapped[ProcedureVersion | None] = relationship()

    def __str__(self) -> str:
        return f"{self.name_zh or self.code}"


class ProcedureDraftStep(Base):
    """Something done with a draft, by whom, and the text as it stood afterwards."""

    __tablename__ = "procedure_draft_steps"

    draft_id: Mapped[int] = mapped_column(to("procedure_drafts"), index=True, info=HIDDEN)
    at: Mapped[datetime] = mapped_column(Moment, info=HIDDEN)
    act: Mapped[DraftAct] = mapped_column(enum_type(DraftAct, "act"), info=HIDDEN)
    by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    by_name: Mapped[str] = mapped_column(sa.String(120), info=HIDDEN)
    for_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    note: Mapped[str | None] = mapped_column(sa.Text, info=HIDDEN)
    text: Mapped[str] = mapped_column(sa.Text, info=HIDDEN)


class ProcedureAdoption(Addressed, Versioned, Stamped, Base):
    """That the organisation changes to another procedure for new complaints: proposed by one, decided by another."""

    __tablename__ = "procedure_adoptions"
    __table_args__ = (
        check("status = 'proposed' OR decided_by_id IS NOT NULL", "decided_by_somebody"),
        check("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", "two_people"),
    )

    code: Mapped[str] = mapped_column(sa.String(80), info=field(_l("New procedure"), default=True))
    former_code: Mapped[str] = mapped_column(
        sa.String(80), info=field(_l("Former procedure"), default=True, read_only=True)
    )
    status: Mapped[AdoptionStatus] = mapped_column(
        enum_type(AdoptionStatus, "status"),
        default=AdoptionStatus.PROPOSED,
        info=field(_l("State"), default=True, read_only=True),
    )
    reason: Mapped[str] = mapped_column(sa.Text, info=field(_l("Reason"), long_text=True, default=True))
    proposed_by_id: Mapped[int] = mapped_column(
        to("users"), info=field(_l("Proposed by"), shows="proposed_by", default=True, read_only=True)
    )
    decided_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Decided by"), shows="decided_by", default=True, read_only=True)
    )
    decided_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Decided at"), default=True, read_only=True)
    )
    decision: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Remark on the decision"), long_text=True, read_only=True)
    )

    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    def __str__(self) -> str:
        return self.code


class ProcedureChange(Stamped, Base):
    """That a running case was put under another version, why, and what became of its clocks."""

    __tablename__ = "procedure_changes"
    __table_args__ = (check("from_version_id <> to_version_id", "another_version"),)

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    from_version_id: Mapped[int] = mapped_column(to("procedure_versions"), info=HIDDEN)
    to_version_id: Mapped[int] = mapped_column(to("procedure_versions"), info=HIDDEN)
    reason: Mapped[str] = mapped_column(sa.Text, info=HIDDEN)
    changed_by_id: Mapped[int] = mapped_column(to("users"), info=HIDDEN)
    clocks: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, info=HIDDEN)
    """Of each clock that changed: code, both names, and both due dates as people say them."""

    from_version: Mapped[ProcedureVersion] = relationship(foreign_keys=[from_version_id])
    to_version: Mapped[ProcedureVersion] = relationship(foreign_keys=[to_version_id])
    changed_by: Mapped[User] = relationship()
