"""What goes with measures: solutions offered, warranty, appraisals, referrals for penalty."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaints import Complaint
from models.enums import (
    MeasureKind,
)
from models.fields import field
from models.labels import _l
from models.organisation import User
from models.remedy_enums import AppraisalBody, AppraisalResult, Bearer, PenaltyGround, SolutionAnswer
from models.types import Moment, enum_type


class Solution(Addressed, Versioned, Stamped, Base):
    """A solution offered to the customer, with the date and what the customer answered (R04-16)."""

    __tablename__ = "solutions"
    __table_args__ = (check("(answer = 'open') = (answered_on IS NULL)", "answered_when"),)

    complaint_id: Mapped[int] = mapped_column(
        to("complaints"),
        index=True,
        info=field(_l("Complaint"), shows="complaint", default=True, read_only=True),
    )
    kind: Mapped[MeasureKind] = mapped_column(
        enum_type(MeasureKind, "solution_kind"), info=field(_l("Kind"), default=True)
    )
    text: Mapped[str] = mapped_column(
        sa.Text, info=field(_l("Solution offered"), default=True, long_text=True)
    )
    offered_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Offered on"), default=True))
    offered_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Offered by"), shows="offered_by", read_only=True)
    )
    answer: Mapped[SolutionAnswer] = mapped_column(
        enum_type(SolutionAnswer, "solution_answer"),
        default=SolutionAnswer.OPEN,
        info=field(_l("Answer"), default=True, read_only=True),
    )
    answered_on: Mapped[date | None] = mapped_column(
        sa.Date, info=field(_l("Answered on"), default=True, read_only=True)
    )
    answer_text: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Customer's words"), long_text=True, read_only=True)
    )

    complaint: Mapped[Complaint] = relationship()
    offered_by: Mapped[User | None] = relationship(foreign_keys=[offered_by_id])


class Warranty(Addressed, Versioned, Stamped, Base):
    """What is needed to say whether a building part is under warranty; the answer is computed (R15-03 to R15-09)."""

    __tablename__ = "warranties"
    __table_args__ = (
        check("design_life_years IS NULL OR design_life_years > 0", "design_life_positive"),
        check("contract_years IS NULL OR contract_years > 0", "contract_positive"),
        check("(visited_on IS NULL) = (visit_found IS NULL)", "visited_with_finding"),
    )

    complaint_id: Mapped[int] = mapped_column(
        to("complaints"),
        unique=True,
        info=field(_l("Complaint"), shows="complaint", default=True, read_only=True),
    )
    project: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Project"), default=True))
    part: Mapped[str] = mapped_column(sa.String(40), info=field(_l("Building part")))
    completed_on: Mapped[date | None] = mapped_column(
        sa.Date,
        info=field(
            _l("Completion acceptance on"),
            default=True,
            help=_l("Left empty while the project is still under construction."),
        ),
    )
    design_life_years: Mapped[int | None] = mapped_column(
        info=field(_l("Design working life (years)"), help=_l("As the design documents state it."))
    )
    contract_years: Mapped[int | None] = mapped_column(
        info=field(_l("Term of the contract (years)"), help=_l("Counts where it is longer than the minimum."))
    )
    appeared_on: Mapped[date | None] = mapped_column(
        sa.Date,
        info=field(
            _l("Defect appeared on"),
            help=_l("Left empty, the day on which it happened, else the day of receipt."),
        ),
    )
    visited_on: Mapped[date | None] = mapped_column(
        sa.Date, info=field(_l("Investigated on site on"), default=True)
    )
    visit_found: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Found on site"), long_text=True))

    complaint: Mapped[Complaint] = relationship()


class Appraisal(Addressed, Versioned, Stamped, Base):
    """An appraisal that the complainant asked for; who bears its cost follows from its result (R15-14, R15-15)."""

    __tablename__ = "appraisals"
    __table_args__ = (
        check("cost IS NULL OR cost >= 0", "cost_not_negative"),
        check("(result = 'open') = (result_on IS NULL)", "result_when"),
        check("(result = 'open') = (borne_by IS NULL)", "bearer_with_result"),
        check("body_kind <> 'qualified' OR qualification IS NOT NULL", "qualified_body_shows_it"),
    )

    complaint_id: Mapped[int] = mapped_column(
        to("complaints"),
        index=True,
        info=field(_l("Complaint"), shows="complaint", default=True, read_only=True),
    )
    subject: Mapped[str] = mapped_column(sa.String(300), info=field(_l("What is inspected"), default=True))
    body_kind: Mapped[AppraisalBody] = mapped_column(
        enum_type(AppraisalBody, "appraisal_body"), info=field(_l("Carried out by"))
    )
    body: Mapped[str] = mapped_column(
        sa.String(200), info=field(_l("Appraisal body or experts"), default=True)
    )
    qualification: Mapped[str | None] = mapped_column(
        sa.String(120),
        info=field(_l("Certificate of qualification"), help=_l("Number; needed for an appraisal body.")),
    )
    requested_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Requested by the complainant on")))
    commissioned_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Commissioned on"), default=True))
    cost: Mapped[Decimal | None] = mapped_column(sa.Numeric(14, 2), info=field(_l("Cost (yuan)")))
    advanced_by: Mapped[Bearer] = mapped_column(
        enum_type(Bearer, "advanced_by"), info=field(_l("Cost advanced by"), read_only=True)
    )
    result: Mapped[AppraisalResult] = mapped_column(
        enum_type(AppraisalResult, "appraisal_result"),
        default=AppraisalResult.OPEN,
        info=field(_l("Result"), default=True, read_only=True),
    )
    result_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Result of"), read_only=True))
    result_text: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Findings of the appraisal"), long_text=True, read_only=True)
    )
    borne_by: Mapped[Bearer | None] = mapped_column(
        enum_type(Bearer, "borne_by"), info=field(_l("Cost borne by"), default=True, read_only=True)
    )
    bearer_clause: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Clause"), read_only=True))
    settled_on: Mapped[date | None] = mapped_column(
        sa.Date, info=field(_l("Cost settled on"), read_only=True)
    )

    complaint: Mapped[Complaint] = relationship()


class PenaltyReferral(Addressed, Versioned, Stamped, Base):
    """A responsible party put forward to the authority for penalty, and what came of it (R15-18)."""

    __tablename__ = "penalty_referrals"
    __table_args__ = (check("(outcome IS NULL) = (outcome_on IS NULL)", "outcome_when"),)

    complaint_id: Mapped[int] = mapped_column(
        to("complaints"),
        index=True,
        info=field(_l("Complaint"), shows="complaint", default=True, read_only=True),
    )
    party: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Responsible party"), default=True))
    authority: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Authority"), default=True))
    referred_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Put forward on"), default=True))
    ground: Mapped[PenaltyGround] = mapped_column(
        enum_type(PenaltyGround, "penalty_ground"), info=field(_l("Ground"), default=True)
    )
    facts: Mapped[str] = mapped_column(sa.Text, info=field(_l("Facts"), long_text=True))
    outcome: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Outcome"), default=True, long_text=True, read_only=True)
    )
    outcome_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Outcome of"), read_only=True))
    recorded_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Outcome entered at"), read_only=True)
    )

    complaint: Mapped[Complaint] = relationship()
