"""Investigations, findings, evidence, measures, archive records and the files behind them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.archive_enums import SealVerdict
from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaints import Complaint
from models.enums import (
    Existence,
    FindingVerdict,
    InvestigationStatus,
    Need,
    Responsibility,
    Severity,
)
from models.fields import HIDDEN, Sensitivity, field
from models.groups import HandlingGroup
from models.labels import _l
from models.organisation import Department, User
from models.types import Moment, enum_type


class Attachment(Addressed, Stamped, Base):
    """A file, stored by the hash of its content outside the web root; it can't be silently replaced (R07-07)."""

    __tablename__ = "attachments"
    __table_args__ = (check("size >= 0", "size_not_negative"),)

    complaint_id: Mapped[int | None] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    accident_id: Mapped[int | None] = mapped_column(to("accidents"), index=True, info=HIDDEN)
    investigation_id: Mapped[int | None] = mapped_column(to("investigations"), index=True, info=HIDDEN)
    filename: Mapped[str] = mapped_column(
        sa.String(255), info=field(_l("File name"), default=True, read_only=True)
    )
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True, info=field("SHA-256", read_only=True))
    size: Mapped[int] = mapped_column(sa.BigInteger, info=field(_l("Size"), default=True, read_only=True))
    mime_type: Mapped[str] = mapped_column(
        sa.String(120), info=field(_l("Type"), default=True, read_only=True)
    )
    description: Mapped[str | None] = mapped_column(
        sa.String(300), info=field(_l("Description"), default=True)
    )
    is_evidence: Mapped[bool] = mapped_column(default=False, info=field(_l("Evidence")))
    evidence_kind: Mapped[str | None] = mapped_column(
        sa.String(60), info=field(_l("Kind of evidence"))
    )  # a code of the procedure's list (R07-11)
    request_id: Mapped[int | None] = mapped_column(
        to("investigation_requests"), index=True, info=HIDDEN
    )  # the request that the file answers
    taken_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Taken at")))
    taken_where: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Taken where")))
    taken_by: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Taken by")))
    uploaded_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Uploaded by"), shows="uploaded_by", read_only=True)
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Withdrawn at"), read_only=True)
    )
    withdrawn_reason: Mapped[str | None] = mapped_column(
        sa.String(300), info=field(_l("Reason for withdrawal"), read_only=True)
    )

    uploaded_by: Mapped[User | None] = relationship(foreign_keys=[uploaded_by_id])

    def __str__(self) -> str:
        return self.filename


class Investigation(Addressed, Versioned, Stamped, Base):
    """An investigation of one complaint by a team with a leader (R02-09)."""

    __tablename__ = "investigations"
    __table_args__ = (
        check(
            "status <> 'finished' OR (finished_at IS NOT NULL AND report IS NOT NULL)", "finished_has_report"
        ),
        check(
            "responsibility NOT IN ('complainant', 'undetermined') OR responsibility_explained IS NOT NULL",
            "responsibility_explained",
        ),
    )

    complaint_id: Mapped[int] = mapped_column(
        to("complaints"),
        index=True,
        info=field(_l("Complaint"), shows="complaint", default=True, read_only=True),
    )
    title: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Title"), default=True))
    status: Mapped[InvestigationStatus] = mapped_column(
        enum_type(InvestigationStatus, "investigation_status"),
        default=InvestigationStatus.OPEN,
        info=field(_l("Status"), default=True, read_only=True),
    )
    leader_id: Mapped[int] = mapped_column(
        to("users"), info=field(_l("Leader of the team"), shows="leader", default=True)
    )
    plan: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Plan"), Sensitivity.INTERNAL, long_text=True)
    )
    group_id: Mapped[int | None] = mapped_column(
        to("handling_groups"), info=field(_l("Standing handling group"), shows="group")
    )
    standard: Mapped[str | None] = mapped_column(
        sa.String(300), info=field(_l("Standard or document compared with"))
    )
    design_document: Mapped[str | None] = mapped_column(
        sa.String(300), info=field(_l("Design document compared with"))
    )
    acceptance_body: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Acceptance body")))
    problem_found: Mapped[Existence | None] = mapped_column(
        enum_type(Existence, "problem_found"), info=field(_l("Finding on quality"))
    )
    severity: Mapped[Severity | None] = mapped_column(
        enum_type(Severity, "severity"), info=field(_l("Severity"))
    )
    impact: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Impact"), long_text=True))
    hazard_analysis: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Hazard analysis"), Sensitivity.INTERNAL, long_text=True)
    )
    technical_analysis: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Technical analysis"), Sensitivity.INTERNAL, long_text=True)
    )
    site_visit: Mapped[Need | None] = mapped_column(
        enum_type(Need, "site_visit"), info=field(_l("Visit to the site"))
    )
    responsibility: Mapped[Responsibility | None] = mapped_column(
        enum_type(Responsibility, "investigation_responsibility"),
        info=field(_l("Responsibility"), read_only=True),
    )
    responsible_department_id: Mapped[int | None] = mapped_column(
        to("departments"),
        info=field(_l("Responsible department"), shows="responsible_department", read_only=True),
    )
    responsible_person_id: Mapped[int | None] = mapped_column(
        to("users"),
        info=field(_l("Responsible person"), shows="responsible_person", read_only=True),
    )
    responsibility_explained: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Explanation of the responsibility"), long_text=True, read_only=True)
    )
    customer_told_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Explained to the customer at"), read_only=True)
    )
    return_applied_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Return of the product applied for at"), read_only=True)
    )
    product_returned_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Product sent back for determination at"), read_only=True)
    )
    determined_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Responsibility determined at"), read_only=True)
    )
    determined_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Responsibility determined by"), shows="determined_by", read_only=True)
    )
    root_cause: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Root cause"), long_text=True))
    report: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Report"), Sensitivity.INTERNAL, long_text=True, read_only=True)
    )
    started_at: Mapped[datetime] = mapped_column(
        Moment, info=field(_l("Started at"), default=True, read_only=True)
    )
    finished_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Finished at"), default=True, read_only=True)
    )

    complaint: Mapped[Complaint] = relationship()
    leader: Mapped[User] = relationship(foreign_keys=[leader_id])
    group: Mapped[HandlingGroup | None] = relationship()
    responsible_department: Mapped[Department | None] = relationship()
    responsible_person: Mapped[User | None] = relationship(foreign_keys=[responsible_person_id])
    determined_by: Mapped[User | None] = relationship(foreign_keys=[determined_by_id])
    members: Mapped[list[InvestigationMember]] = relationship(
        back_populates="investigation", order_by="InvestigationMember.id"
    )
    findings: Mapped[list[Finding]] = relationship(back_populates="investigation", order_by="Finding.id")

    def __str__(self) -> str:
        return self.title


class InvestigationMember(Base):
    """A member of the team, with the part they take."""

    __tablename__ = "investigation_members"
    __table_args__ = (
        sa.UniqueConstraint("investigation_id", "user_id", name="uq_investigation_members_person"),
    )

    investigation_id: Mapped[int] = mapped_column(to("investigations"), info=HIDDEN)
    user_id: Mapped[int] = mapped_column(to("users"), index=True, info=field(_l("Member"), shows="user"))
    part: Mapped[str | None] = mapped_column(sa.String(120), info=field(_l("Part taken")))

    investigation: Mapped[Investigation] = relationship(back_populates="members")
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Finding(Versioned, Stamped, Base):
    """What was found on one allegation."""

    __tablename__ = "findings"

    investigation_id: Mapped[int] = mapped_column(to("investigations"), index=True, info=HIDDEN)
    allegation: Mapped[str] = mapped_column(sa.Text, info=field(_l("Allegation"), long_text=True))
    verdict: Mapped[FindingVerdict] = mapped_column(
        enum_type(FindingVerdict, "verdict"), info=field(_l("Verdict"))
    )
    facts: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Facts established"), long_text=True))

    investigation: Mapped[Investigation] = relationship(back_populates="findings")


class ArchiveRecord(Addressed, Stamped, Base):
    """The file of an ended complaint: number, catalogue, pages, retention, and a digest of what was filed."""

    __tablename__ = "archive_records"
    __table_args__ = (check("pages >= 0", "pages_not_negative"),)

    complaint_id: Mapped[int] = mapped_column(
        to("complaints"),
        unique=True,
        info=field(_l("Complaint"), shows="complaint", default=True, read_only=True),
    )
    file_number: Mapped[str] = mapped_column(
        sa.String(80), unique=True, info=field(_l("File number"), default=True)
    )
    catalogue: Mapped[str] = mapped_column(sa.Text, info=field(_l("Catalogue"), long_text=True))
    pages: Mapped[int] = mapped_column(info=field(_l("Pages"), default=True))
    box: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Box"), default=True))
    retention_years: Mapped[int | None] = mapped_column(info=field(_l("Kept for (years)"), default=True))
    review_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Review on"), default=True))
    digest: Mapped[str] = mapped_column(sa.String(64), info=field(_l("Digest"), read_only=True))
    seal_algorithm: Mapped[str | None] = mapped_column(
        sa.String(20), info=field(_l("Algorithm"), read_only=True, listed=False)
    )
    sealed_rows: Mapped[int | None] = mapped_column(info=field(_l("Rows sealed"), read_only=True))
    sealed_files: Mapped[int | None] = mapped_column(info=field(_l("Files sealed"), read_only=True))
    verified_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Seal checked at"), read_only=True)
    )
    verdict: Mapped[SealVerdict | None] = mapped_column(
        enum_type(SealVerdict, "seal_verdict"), info=field(_l("Seal"), default=True, read_only=True)
    )
    archived_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Archived by"), shows="archived_by", default=True, read_only=True)
    )
    archived_at: Mapped[datetime] = mapped_column(
        Moment, info=field(_l("Archived at"), default=True, read_only=True)
    )
    ended_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Taken out again at"), read_only=True)
    )  # set when the complaint is reopened
    destroyed_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Content destroyed at"), read_only=True)
    )

    complaint: Mapped[Complaint] = relationship()
    archived_by: Mapped[User | None] = relationship(foreign_keys=[archived_by_id])

    def __str__(self) -> str:
        return self.file_number
