"""Quality accidents and the reports of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.accident_enums import AccidentSanction, AccidentScope, ReportKind, ReportRecipient
from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaints import Complaint
from models.enums import AccidentGrade, AccidentStatus
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import Department, User
from models.procedures import ProcedureVersion
from models.types import Moment, enum_type


class Accident(Addressed, Versioned, Stamped, Base):
    """A quality accident; it may come from a complaint or stand alone."""

    __tablename__ = "accidents"
    __table_args__ = (
        check("loss IS NULL OR loss >= 0", "loss_not_negative"),
        check("casualties IS NULL OR casualties >= 0", "casualties_not_negative"),
        check("status <> 'closed' OR closed_at IS NOT NULL", "closed_when"),
        check("(scene_arrived_at IS NULL) = (scene_visitor_id IS NULL)", "scene_visited_by_somebody"),
        check("(quality_signed_at IS NULL) = (quality_signed_by_id IS NULL)", "quality_signed_by_somebody"),
        check("(head_signed_at IS NULL) = (head_signed_by_id IS NULL)", "head_signed_by_somebody"),
        check(
            "quality_signed_by_id IS NULL OR head_signed_by_id IS NULL"
            " OR quality_signed_by_id <> head_signed_by_id",
            "signed_by_two",
        ),
        check(
            "disposition IS NOT NULL OR (quality_signed_at IS NULL AND head_signed_at IS NULL)",
            "signature_under_words",
        ),
        check("sanction IS NULL OR concealed_at IS NOT NULL", "sanction_for_concealment"),
        check("concealed_at IS NULL OR concealed_reason IS NOT NULL", "concealed_with_reason"),
    )

    number: Mapped[str] = mapped_column(
        sa.String(40), unique=True, info=field(_l("Number"), default=True, read_only=True)
    )
    complaint_id: Mapped[int | None] = mapped_column(
        to("complaints"), index=True, info=field(_l("Complaint"), shows="complaint", read_only=True)
    )
    procedure_version_id: Mapped[int | None] = mapped_column(
        to("procedure_versions"),
        index=True,
        info=field(_l("Procedure"), shows="procedure_version", read_only=True, import_=False),
    )
    title: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Title"), default=True))
    status: Mapped[AccidentStatus] = mapped_column(
        enum_type(AccidentStatus, "accident_status"),
        default=AccidentStatus.REPORTED,
        info=field(_l("Status"), default=True, read_only=True),
    )
    grade: Mapped[AccidentGrade] = mapped_column(
        enum_type(AccidentGrade, "accident_grade"),
        default=AccidentGrade.UNDETERMINED,
        info=field(_l("Grade"), default=True),
    )
    grade_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason for another grade"), long_text=True, read_only=True)
    )  # set when somebody decided otherwise than the facts
    scope: Mapped[AccidentScope | None] = mapped_column(
        enum_type(AccidentScope, "accident_scope"), info=field(_l("Kind of accident"))
    )
    happened_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Happened at"), default=True))
    reported_at: Mapped[datetime] = mapped_column(
        Moment, info=field(_l("Reported at"), default=True, read_only=True)
    )
    department_id: Mapped[int] = mapped_column(
        to("departments"), index=True, info=field(_l("Department"), shows="department", default=True)
    )
    reported_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Reported by"), shows="reported_by", read_only=True)
    )
    product: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Product, project or service")))
    batch: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Batch or part")))
    loss: Mapped[Decimal | None] = mapped_column(
        sa.Numeric(14, 2), info=field(_l("Loss (yuan)"), default=True)
    )
    casualties: Mapped[int | None] = mapped_column(info=field(_l("Casualties"), default=True))
    counterfeit: Mapped[bool] = mapped_column(default=False, info=field(_l("Counterfeit or shoddy goods")))
    whole_batch_scrapped: Mapped[bool] = mapped_column(default=False, info=field(_l("Whole batch scrapped")))
    spoiled_on_display: Mapped[bool] = mapped_column(
        default=False, info=field(_l("Displayed goods spoiled by poor keeping"))
    )
    vile_nature: Mapped[bool] = mapped_column(default=False, info=field(_l("Vile in nature")))
    grave_impact: Mapped[bool] = mapped_column(default=False, info=field(_l("Grave impact")))
    facts: Mapped[str] = mapped_column(sa.Text, info=field(_l("Facts"), long_text=True))
    emergency_measures: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Emergency measures"), long_text=True)
    )
    scene_protection: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Protection of the scene"), long_text=True)
    )
    scene_arrived_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Quality management on site at"), read_only=True)
    )
    scene_visitor_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("On site for quality management"), shows="scene_visitor", read_only=True)
    )
    cause: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Cause"), long_text=True))
    responsibility: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Responsibility"), Sensitivity.INTERNAL, long_text=True)
    )
    self_examination: Mapped[str | None] = mapped_column(
        sa.Text,
        info=field(_l("Written self-examination"), Sensitivity.INTERNAL, long_text=True, read_only=True),
    )
    self_examined_on: Mapped[date | None] = mapped_column(
        sa.Date, info=field(_l("Self-examination handed in on"), read_only=True)
    )
    disposition: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Disposition"), Sensitivity.INTERNAL, long_text=True, read_only=True)
    )
    quality_signed_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Signed by quality management at"), read_only=True)
    )
    quality_signed_by_id: Mapped[int | None] = mapped_column(
        to("users"),
        info=field(_l("Signed for quality management by"), shows="quality_signed_by", read_only=True),
    )
    head_signed_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Signed by the head of the enterprise at"), read_only=True)
    )
    head_signed_by_id: Mapped[int | None] = mapped_column(
        to("users"),
        info=field(_l("Signed as head of the enterprise by"), shows="head_signed_by", read_only=True),
    )
    outcome: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Outcome of the handling"), Sensitivity.INTERNAL, long_text=True)
    )
    announced_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Announced on"), read_only=True))
    announced_where: Mapped[str | None] = mapped_column(
        sa.String(200), info=field(_l("Announced at the meeting"), read_only=True)
    )
    concealed_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Found concealed at"), read_only=True)
    )
    concealed_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("What was concealed"), Sensitivity.INTERNAL, long_text=True, read_only=True)
    )
    sanction: Mapped[AccidentSanction | None] = mapped_column(
        enum_type(AccidentSanction, "accident_sanction"),
        info=field(_l("Sanction"), Sensitivity.INTERNAL, read_only=True),
    )
    sanction_reason: Mapped[str | None] = mapped_column(
        sa.Text,
        info=field(_l("Gravity and people sanctioned"), Sensitivity.INTERNAL, long_text=True, read_only=True),
    )
    closed_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Closed at"), read_only=True))

    complaint: Mapped[Complaint | None] = relationship(foreign_keys=[complaint_id])
    procedure_version: Mapped[ProcedureVersion | None] = relationship()
    department: Mapped[Department] = relationship()
    reported_by: Mapped[User | None] = relationship(foreign_keys=[reported_by_id])
    scene_visitor: Mapped[User | None] = relationship(foreign_keys=[scene_visitor_id])
    quality_signed_by: Mapped[User | None] = relationship(foreign_keys=[quality_signed_by_id])
    head_signed_by: Mapped[User | None] = relationship(foreign_keys=[head_signed_by_id])

    def __str__(self) -> str:
        return self.number


class AccidentReport(Addressed, Stamped, Base):
    """A report of an accident that went out: what, to whom, when; late when its time limit was over by then."""

    __tablename__ = "accident_reports"

    accident_id: Mapped[int] = mapped_column(to("accidents"), index=True, info=HIDDEN)
    kind: Mapped[ReportKind] = mapped_column(
        enum_type(ReportKind, "report_kind"), info=field(_l("Report"), default=True)
    )
    recipient: Mapped[ReportRecipient] = mapped_column(
        enum_type(ReportRecipient, "report_recipient"), info=field(_l("Recipient"), default=True)
    )
    to_whom: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Name, document number")))
    sent_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Sent at"), default=True))
    is_late: Mapped[bool] = mapped_column(default=False, info=field(_l("Late"), default=True))
    by_id: Mapped[int | None] = mapped_column(to("users"), info=field(_l("Recorded by"), shows="by"))

    accident: Mapped[Accident] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])

    def __str__(self) -> str:
        return self.kind.value
