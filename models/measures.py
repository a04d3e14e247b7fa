"""What is done about a complaint or an accident."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaints import Complaint
from models.enums import MeasureKind, MeasureStatus
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import Department, User
from models.remedy_enums import AppealOutcome, Bearer, CheckResult, CompensationForm, Gravity
from models.types import Moment, enum_type


class Measure(Addressed, Versioned, Stamped, Base):
    """What is done about it: who, by when, carried out, verified."""

    __tablename__ = "measures"
    __table_args__ = (
        check("status <> 'done' OR done_at IS NOT NULL", "done_when"),
        check("status <> 'verified' OR (verified_at IS NOT NULL AND done_at IS NOT NULL)", "verified_when"),
        check("status <> 'dropped' OR drop_reason IS NOT NULL", "dropped_with_reason"),
        check("amount IS NULL OR amount >= 0", "amount_not_negative"),
        check("(checked_at IS NULL) = (check_result IS NULL)", "checked_with_result"),
        check("(appeal_decided_at IS NULL) = (appeal_outcome IS NULL)", "appeal_decided_with_outcome"),
        check("appeal_outcome IS NULL OR appealed_on IS NOT NULL", "decided_after_appeal"),
    )

    complaint_id: Mapped[int | None] = mapped_column(
        to("complaints"),
        index=True,
        info=field(_l("Complaint"), shows="complaint", default=True, read_only=True),
    )
    accident_id: Mapped[int | None] = mapped_column(to("accidents"), index=True, info=HIDDEN)
    kind: Mapped[MeasureKind] = mapped_column(
        enum_type(MeasureKind, "measure_kind"), info=field(_l("Kind"), default=True)
    )
    status: Mapped[MeasureStatus] = mapped_column(
        enum_type(MeasureStatus, "measure_status"),
        default=MeasureStatus.PLANNED,
        info=field(_l("Status"), default=True, read_only=True),
    )
    text: Mapped[str] = mapped_column(sa.Text, info=field(_l("Measure"), default=True, long_text=True))
    owner_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Owner"), shows="owner", default=True)
    )
    department_id: Mapped[int | None] = mapped_column(
        to("departments"), info=field(_l("Department"), shows="department", default=True)
    )
    due_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Due"), default=True))
    amount: Mapped[Decimal | None] = mapped_column(sa.Numeric(14, 2), info=field(_l("Amount (yuan)")))
    compensation_form: Mapped[CompensationForm | None] = mapped_column(
        enum_type(CompensationForm, "compensation_form"), info=field(_l("Form of compensation"))
    )
    given_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Compensated on")))
    none_due_reason: Mapped[str | None] = mapped_column(
        sa.Text,
        info=field(
            _l("Why no compensation is due"),
            long_text=True,
            help=_l("Instead of amount, form and date."),
        ),
    )
    freight_by: Mapped[Bearer | None] = mapped_column(
        enum_type(Bearer, "freight_by"), info=field(_l("Freight borne by"))
    )
    help_asked_on: Mapped[date | None] = mapped_column(
        sa.Date, info=field(_l("Customer asked to help ship it back on"))
    )
    promised_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Promised to the customer on")))
    person_name: Mapped[str | None] = mapped_column(
        sa.String(120), info=field(_l("Person or unit penalised"), Sensitivity.INTERNAL)
    )
    severity: Mapped[Gravity | None] = mapped_column(
        enum_type(Gravity, "severity"), info=field(_l("Severity"))
    )
    agreed_with_id: Mapped[int | None] = mapped_column(
        to("departments"), info=field(_l("Agreed with department"), shows="agreed_with")
    )
    agreed_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Agreed on")))
    cause: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Cause that it removes"), long_text=True)
    )
    check_on: Mapped[date | None] = mapped_column(
        sa.Date,
        info=field(_l("Effect to be checked on"), help=_l("Left empty, the procedure sets it at closing.")),
    )
    done_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Carried out at"), read_only=True))
    done_text: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("How carried out"), long_text=True, read_only=True)
    )
    verified_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Verified at"), read_only=True)
    )
    verified_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Verified by"), shows="verified_by", read_only=True)
    )
    drop_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason for dropping"), long_text=True, read_only=True)
    )

    checked_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Effect checked at"), read_only=True)
    )
    check_result: Mapped[CheckResult | None] = mapped_column(
        enum_type(CheckResult, "check_result"), info=field(_l("Effect"), read_only=True)
    )
    check_text: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("What the check found"), long_text=True, read_only=True)
    )
    checked_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Checked by"), shows="checked_by", read_only=True)
    )
    appealed_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Appealed on"), read_only=True))
    appeal_grounds: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Grounds of the appeal"), long_text=True, read_only=True)
    )
    appeal_outcome: Mapped[AppealOutcome | None] = mapped_column(
        enum_type(AppealOutcome, "appeal_outcome"), info=field(_l("Outcome of the appeal"), read_only=True)
    )
    appeal_text: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reasons of the decision on the appeal"), long_text=True, read_only=True)
    )
    appeal_decided_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Appeal decided at"), read_only=True)
    )
    appeal_decided_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Appeal decided by"), shows="appeal_decided_by", read_only=True)
    )
    reminded_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)
    overdue_told_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)
    check_told_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)

    complaint: Mapped[Complaint | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    agreed_with: Mapped[Department | None] = relationship(foreign_keys=[agreed_with_id])
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])
    checked_by: Mapped[User | None] = relationship(foreign_keys=[checked_by_id])
    appeal_decided_by: Mapped[User | None] = relationship(foreign_keys=[appeal_decided_by_id])
