"""Analysis: frozen reports, signals, inspections, and the measures that came out of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.analysis_enums import (
    CheckVerdict,
    InspectionKind,
    InspectionStatus,
    ReportKind,
    ReportStatus,
    SignalStatus,
    SignalSubject,
)
from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaints import Complaint
from models.fields import HIDDEN, field
from models.labels import _l
from models.measures import Measure
from models.organisation import User
from models.procedures import ProcedureVersion
from models.types import Json, Moment, enum_type


class AnalysisReport(Addressed, Versioned, Stamped, Base):
    """The figures of one period as they stood when it was over, and what its owner made of them."""

    __tablename__ = "analysis_reports"
    __table_args__ = (
        sa.UniqueConstraint("kind", "starts_on", name="uq_analysis_reports_period"),
        check("ends_on >= starts_on", "period_in_order"),
        check("status <> 'submitted' OR submitted_at IS NOT NULL", "submitted_when"),
    )

    kind: Mapped[ReportKind] = mapped_column(
        enum_type(ReportKind, "report_kind"), info=field(_l("Periodic report"), default=True, read_only=True)
    )
    starts_on: Mapped[date] = mapped_column(
        sa.Date, info=field(_l("First day"), default=True, read_only=True)
    )
    ends_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Last day"), default=True, read_only=True))
    status: Mapped[ReportStatus] = mapped_column(
        enum_type(ReportStatus, "report_status"),
        default=ReportStatus.DRAFT,
        info=field(_l("Status"), default=True, read_only=True),
    )
    owner_id: Mapped[int | None] = mapped_column(
        to("users"), index=True, info=field(_l("Owner"), shows="owner", default=True, read_only=True)
    )
    procedure_version_id: Mapped[int] = mapped_column(
        to("procedure_versions"), info=field(_l("Procedure"), shows="procedure_version", read_only=True)
    )
    produced_at: Mapped[datetime] = mapped_column(
        Moment, info=field(_l("Produced at"), default=True, read_only=True)
    )
    figures: Mapped[dict[str, Any]] = mapped_column(Json, info=HIDDEN)
    digest: Mapped[str] = mapped_column(
        sa.String(64), info=field(_l("Digest of the figures"), read_only=True)
    )
    data_check: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Check of the data"), long_text=True)
    )
    comparison: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Comparison with the period before"), long_text=True)
    )
    causes: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Causes"), long_text=True))
    improvements: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Improvement measures"), long_text=True)
    )
    submitted_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Submitted at"), default=True, read_only=True)
    )
    submitted_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Submitted by"), shows="submitted_by", read_only=True)
    )

    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id])
    procedure_version: Mapped[ProcedureVersion] = relationship()


class ReportCase(Base):
    """A complaint behind a frozen figure, with its value where the figure is a mean or a percentile."""

    __tablename__ = "report_cases"
    __table_args__ = (
        sa.UniqueConstraint("report_id", "indicator", "complaint_id", name="uq_report_cases_case"),
    )

    report_id: Mapped[int] = mapped_column(to("analysis_reports"), info=HIDDEN)
    indicator: Mapped[str] = mapped_column(sa.String(40), info=HIDDEN)
    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    is_counted: Mapped[bool] = mapped_column(default=True, info=HIDDEN)
    hours: Mapped[float | None] = mapped_column(sa.Float, info=HIDDEN)


class Signal(Addressed, Versioned, Stamped, Base):
    """More complaints about one product, batch or cause than usual (R04-10)."""

    __tablename__ = "signals"
    __table_args__ = (
        sa.UniqueConstraint("subject", "value", "starts_on", name="uq_signals_period"),
        check("status <> 'dismissed' OR reason IS NOT NULL", "dismissed_with_reason"),
        check("status <> 'measure' OR measure_id IS NOT NULL", "measure_named"),
    )

    subject: Mapped[SignalSubject] = mapped_column(
        enum_type(SignalSubject, "signal_subject"), info=field(_l("About"), default=True, read_only=True)
    )
    value: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Which"), default=True, read_only=True))
    status: Mapped[SignalStatus] = mapped_column(
        enum_type(SignalStatus, "signal_status"),
        default=SignalStatus.OPEN,
        info=field(_l("Status"), default=True, read_only=True),
    )
    starts_on: Mapped[date] = mapped_column(
        sa.Date, info=field(_l("First day"), default=True, read_only=True)
    )
    ends_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Last day"), default=True, read_only=True))
    count: Mapped[int] = mapped_column(info=field(_l("Complaints"), default=True, read_only=True))
    usual: Mapped[float] = mapped_column(
        sa.Float, info=field(_l("Usual in a month"), default=True, read_only=True)
    )
    clause: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Clause"), read_only=True))
    raised_at: Mapped[datetime] = mapped_column(
        Moment, info=field(_l("Raised at"), default=True, read_only=True)
    )
    decided_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Decided at"), default=True, read_only=True)
    )
    decided_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Decided by"), shows="decided_by", read_only=True)
    )
    reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason"), long_text=True, read_only=True)
    )
    measure_id: Mapped[int | None] = mapped_column(to("measures"), info=HIDDEN)

    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    measure: Mapped[Measure | None] = relationship()

    def __str__(self) -> str:
        return self.value


class Inspection(Addressed, Versioned, Stamped, Base):
    """An inspection, an internal audit or an evaluation: what was looked at, what was found, what follows."""

    __tablename__ = "inspections"
    __table_args__ = (
        check("status <> 'finished' OR (finished_at IS NOT NULL AND result IS NOT NULL)", "finished_result"),
        check("covers_to >= covers_from", "period_in_order"),
        check("sample_size >= 0", "sample_not_negative"),
    )

    kind: Mapped[InspectionKind] = mapped_column(
        enum_type(InspectionKind, "inspection_kind"), info=field(_l("Kind"), default=True, read_only=True)
    )
    title: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Title"), default=True))
    status: Mapped[InspectionStatus] = mapped_column(
        enum_type(InspectionStatus, "inspection_status"),
        default=InspectionStatus.OPEN,
        info=field(_l("Status"), default=True, read_only=True),
    )
    held_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Held on"), default=True))
    covers_from: Mapped[date] = mapped_column(sa.Date, info=field(_l("Covers from"), default=True))
    covers_to: Mapped[date] = mapped_column(sa.Date, info=field(_l("Covers until"), default=True))
    subject: Mapped[str] = mapped_column(
        sa.Text,
        info=field(_l("Scope"), long_text=True, help=_l("Which departments, processes and records.")),
    )
    plan: Mapped[str] = mapped_column(sa.String(60), info=HIDDEN)
    clause: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Clause"), read_only=True))
    checklist: Mapped[list[Any]] = mapped_column(Json, default=list, info=HIDDEN)
    figures: Mapped[dict[str, Any] | None] = mapped_column(Json, info=HIDDEN)
    sample_size: Mapped[int] = mapped_column(
        default=0, info=field(_l("Complaints in the sample"), read_only=True)
    )
    seed: Mapped[str | None] = mapped_column(
        sa.String(40),
        info=field(
            _l("Seed of the sample"),
            read_only=True,
            help=_l("With it anybody can draw the same sample again."),
        ),
    )
    drawn_from: Mapped[int | None] = mapped_column(info=field(_l("Drawn from"), read_only=True))
    led_by_id: Mapped[int | None] = mapped_column(
        to("users"), index=True, info=field(_l("Led by"), shows="led_by", default=True, read_only=True)
    )
    effectiveness: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Findings on effectiveness"), long_text=True)
    )
    compliance: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Findings on compliance"), long_text=True)
    )
    suggestions: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Suggestions and improvements"), long_text=True)
    )
    result: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Conclusion"), long_text=True, read_only=True)
    )
    finished_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Concluded at"), default=True, read_only=True)
    )

    led_by: Mapped[User | None] = relationship(foreign_keys=[led_by_id])

    def __str__(self) -> str:
        return self.title


class InspectionCase(Base):
    """A complaint that the sample of an inspection holds, in the order in which it was drawn."""

    __tablename__ = "inspection_cases"
    __table_args__ = (sa.UniqueConstraint("inspection_id", "complaint_id", name="uq_inspection_cases_case"),)

    inspection_id: Mapped[int] = mapped_column(to("inspections"), info=HIDDEN)
    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    position: Mapped[int] = mapped_column(info=HIDDEN)

    complaint: Mapped[Complaint] = relationship()


class InspectionFinding(Base):
    """What the check of one item came to: on a complaint of the sample, or on the whole."""

    __tablename__ = "inspection_findings"
    __table_args__ = (
        sa.Index("ix_inspection_findings_item", "inspection_id", "complaint_id", "item"),
        check("verdict <> 'fails' OR note IS NOT NULL", "failure_explained"),
    )

    inspection_id: Mapped[int] = mapped_column(to("inspections"), info=HIDDEN)
    complaint_id: Mapped[int | None] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    item: Mapped[str] = mapped_column(sa.String(60), info=HIDDEN)
    verdict: Mapped[CheckVerdict] = mapped_column(
        enum_type(CheckVerdict, "check_verdict"), info=field(_l("Verdict"))
    )
    note: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Note"), long_text=True))
    found_at: Mapped[datetime] = mapped_column(Moment, info=HIDDEN)
    found_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)


class MeasureOrigin(Base):
    """Where a measure that belongs to no single complaint comes from."""

    __tablename__ = "measure_origins"
    __table_args__ = (
        check(
            "(CASE WHEN signal_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN report_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN inspection_id IS NULL THEN 0 ELSE 1 END) = 1",
            "one_origin",
        ),
    )

    measure_id: Mapped[int] = mapped_column(to("measures"), unique=True, info=HIDDEN)
    signal_id: Mapped[int | None] = mapped_column(to("signals"), index=True, info=HIDDEN)
    report_id: Mapped[int | None] = mapped_column(to("analysis_reports"), index=True, info=HIDDEN)
    inspection_id: Mapped[int | None] = mapped_column(to("inspections"), index=True, info=HIDDEN)

    measure: Mapped[Measure] = relationship()
