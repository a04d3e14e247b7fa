"""The indicators of the desk, each defined once: what is counted, out of what, in which unit, in both languages.

Screen, drill-down, report, workbook and document all take an indicator from here, so that a figure and the list behind
it can't come from two definitions. Whose cases are counted is not said here: the scope rule of the session adds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from models import ClockRun, Complaint, ComplaintEvent
from models.enums import ClockState, EventKind, FollowUpResult, State
from services.listing.frequency import common
from services.procedures.parts import Text
from services.procedures.schema import Procedure
from services.procedures.sections.analysis import IndicatorCode
from services.reports.completeness import asked_fields, is_complete, of_case
from services.reports.elapsed import hours_between
from services.reports.periods import Period

REPEAT_WITHIN_DAYS = 365
SUGGESTION = "suggestion"
"""The nature by which procedures mark a suggestion."""


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    DAYS = "days"
    HOURS = "hours"


class How(StrEnum):
    """How the figure comes from its cases."""

    NUMBER = "number"
    SHARE = "share"
    MEAN = "mean"
    P90 = "p90"


@dataclass(frozen=True)
class Basis:
    """What definitions depend on: the period, and the standards of the procedure that counts."""

    period: Period
    standard_days: int | None = None
    fields: tuple[str, ...] = ()


def basis_of(procedure: Procedure, period: Period) -> Basis:
    """The standards of this procedure over the period."""
    timing = procedure.analysis.standard_time if procedure.analysis else None
    return Basis(period, timing.days if timing else None, tuple(asked_fields(procedure)))


Condition = Callable[[Basis], ColumnElement[bool]]


@dataclass(frozen=True)
class Indicator:
    """One indicator. `cases` is what it looks at (the denominator), `counted` which of them (the numerator)."""

    code: IndicatorCode
    names: Text
    numerator: Text
    denominator: Text | None
    unit: Unit
    how: How
    cases: Condition
    counted: Condition | None = None
    hours: Callable[[], ColumnElement[Any]] | None = None
    less_is_better: bool | None = None
    """None where more is neither good nor bad."""

    def condition(self, basis: Basis, *, numerator: bool) -> ColumnElement[bool]:
        """The cases behind the figure: those counted, or all it looks at."""
        cases = self.cases(basis)
        return sa.and_(cases, self.counted(basis)) if numerator and self.counted else cases


def received(basis: Basis) -> ColumnElement[bool]:
    """Received in the period, whatever became of it."""
    return sa.and_(Complaint.received_at >= basis.period.start, Complaint.received_at < basis.period.end)


def closed(basis: Basis) -> ColumnElement[bool]:
    """Ended in the period and not taken up again since; one merged into another is no case of its own."""
    return sa.and_(
        Complaint.closed_at >= basis.period.start,
        Complaint.closed_at < basis.period.end,
        Complaint.state != State.MERGED,
    )


def open_at_end(basis: Basis) -> ColumnElement[bool]:
    """Received before the end of the period and not ended by then."""
    # Most that was ever received has ended: the others are found by their end, each way by its range of an index.
    case = aliased(Complaint)
    unended = sa.union_all(
        sa.select(case.id).where(case.closed_at.is_(None)),
        sa.select(case.id).where(case.closed_at >= basis.period.end),
    )
    return sa.and_(Complaint.received_at < basis.period.end, Complaint.id.in_(unended))


def timed(basis: Basis) -> ColumnElement[bool]:
    """Closed, with a time limit to judge it by: a clock that ran, or the standard time of the procedure."""
    if basis.standard_days is not None:
        return closed(basis)
    return sa.and_(closed(basis), _has_run(ClockState.MET, ClockState.MISSED))


def on_time(basis: Basis) -> ColumnElement[bool]:
    """No clock met late or passed; without a clock, closed within the standard time."""
    late = of_case(
        ClockRun,
        sa.or_(ClockRun.state == ClockState.MISSED, ClockRun.breached_at.is_not(None)),
        ClockRun.state != ClockState.VOID,
    )
    in_time = sa.not_(late)
    if basis.standard_days is None:
        return in_time
    quick = hours_between(Complaint.received_at, Complaint.closed_at) <= basis.standard_days * 24
    return sa.and_(in_time, sa.or_(_has_run(ClockState.MET, ClockState.MISSED), quick))


def _has_run(*states: ClockState) -> ColumnElement[bool]:
    return of_case(ClockRun, ClockRun.state.in_(states))


def reopened(basis: Basis) -> ColumnElement[bool]:
    """Reopened in the period."""
    return Complaint.id.in_(
        sa.select(ComplaintEvent.complaint_id).where(
            ComplaintEvent.event == sa.literal_column(f"'{EventKind.REOPEN}'"),  # as in its index
            ComplaintEvent.at >= basis.period.start,
            ComplaintEvent.at < basis.period.end,
        )
    )


def closed_or_reopened(basis: Basis) -> ColumnElement[bool]:
    return sa.or_(closed(basis), reopened(basis))


def asked(basis: Basis) -> ColumnElement[bool]:
    """Closed, and the complainant said whether they are satisfied."""
    answers = (FollowUpResult.SATISFIED, FollowUpResult.DISSATISFIED)
    return sa.and_(closed(basis), common(Complaint.satisfaction.in_(answers)))


def satisfied(basis: Basis) -> ColumnElement[bool]:
    return Complaint.satisfaction == FollowUpResult.SATISFIED


def repeated(basis: Basis) -> ColumnElement[bool]:
    """Marked as a repeat, merged into an earlier one, or from a telephone that had complained in the year before."""
    earlier = aliased(Complaint)
    apart = hours_between(earlier.received_at, Complaint.received_at)
    before = (
        sa.select(earlier.id)
        .where(
            earlier.complainant_phone == Complaint.complainant_phone,
            earlier.received_at < Complaint.received_at,
            apart <= REPEAT_WITHIN_DAYS * 24,
        )
        .correlate(Complaint)
        .exists()
    )
    return sa.or_(Complaint.is_repeat, Complaint.master_id.is_not(None), before)


def complete(basis: Basis) -> ColumnElement[bool]:
    """Every field that the procedure asks for is filled in (services.reports.completeness)."""
    return is_complete(basis.fields)


def registered_here(basis: Basis) -> ColumnElement[bool]:
    """Received in the period and taken down on the desk: an imported ledger says nothing of the lag."""
    return sa.and_(received(basis), sa.not_(Complaint.is_imported))


def suggestion(basis: Basis) -> ColumnElement[bool]:
    """Received as a suggestion rather than as a complaint."""
    return sa.and_(received(basis), Complaint.nature == SUGGESTION)


def _handling() -> ColumnElement[Any]:
    return hours_between(Complaint.received_at, Complaint.closed_at)


def _lag() -> ColumnElement[Any]:
    return hours_between(Complaint.received_at, Complaint.created_at)


C = IndicatorCode
_RECEIVED = Text(zh="期内收到的投诉", en="complaints received in the period")
_CLOSED = Text(
    zh="期内办结且未再重新办理的投诉（不含并案）",
    en="complaints ended in the period and not reopened since, merged ones left out",
)

INDICATORS: dict[IndicatorCode, Indicator] = {
    one.code: one
    for one in (
        Indicator(
            C.RECEIVED, Text(zh="收到", en="Received"), _RECEIVED, None, Unit.COUNT, How.NUMBER, received
        ),
        Indicator(C.CLOSED, Text(zh="办结", en="Closed"), _CLOSED, None, Unit.COUNT, How.NUMBER, closed),
        Indicator(
            C.OPEN,
            Text(zh="期末在办", en="Open at the end"),
            Text(
                zh="期末以前收到、到期末尚未办结的投诉",
                en="complaints received before the end of the period and not ended by then",
            ),
            None,
            Unit.COUNT,
            How.NUMBER,
            open_at_end,
            less_is_better=True,
        ),
        Indicator(
            C.ON_TIME,
            Text(zh="按期办结率", en="On time"),
            Text(
                zh="其中各项时限均未超期的；未设时限的，在规定天数内办结",
                en="those of them that passed no time limit; without a clock, those closed within the standard days",
            ),
            Text(
                zh="期内办结且有时限可核的投诉",
                en="complaints closed in the period that a time limit applied to",
            ),
            Unit.PERCENT,
            How.SHARE,
            timed,
            on_time,
            less_is_better=False,
        ),
        Indicator(
            C.MEAN_HANDLING,
            Text(zh="平均办理时长", en="Mean handling time"),
            Text(zh="从收到到办结的日历时间的平均值", en="mean calendar time from receipt to closing"),
            _CLOSED,
            Unit.DAYS,
            How.MEAN,
            closed,
            hours=_handling,
            less_is_better=True,
        ),
        Indicator(
            C.P90_HANDLING,
            Text(zh="办理时长第90百分位", en="Handling time, 90th percentile"),
            Text(
                zh="十件中有九件在此时间内办结（最近秩法）",
                en="nine of ten were closed within this time (nearest rank)",
            ),
            _CLOSED,
            Unit.DAYS,
            How.P90,
            closed,
            hours=_handling,
            less_is_better=True,
        ),
        Indicator(
            C.REOPENED,
            Text(zh="重新办理率", en="Reopened"),
            Text(zh="其中期内重新办理的", en="those of them reopened in the period"),
            Text(zh="期内办结或重新办理的投诉", en="complaints closed or reopened in the period"),
            Unit.PERCENT,
            How.SHARE,
            closed_or_reopened,
            reopened,
            less_is_better=True,
        ),
        Indicator(
            C.SATISFACTION,
            Text(zh="满意率", en="Satisfied"),
            Text(zh="其中最近一次回访表示满意的", en="those of them satisfied at the last follow-up"),
            Text(
                zh="期内办结且回访得到明确答复的投诉",
                en="complaints closed in the period whose complainant gave an answer",
            ),
            Unit.PERCENT,
            How.SHARE,
            asked,
            satisfied,
            less_is_better=False,
        ),
        Indicator(
            C.REPEATED,
            Text(zh="重复投诉率", en="Repeated"),
            Text(
                zh="其中标为重复投诉的、已并入先前投诉的，或同一电话一年内曾投诉过的",
                en="those of them marked as repeats, merged into an earlier one,"
                " or from a telephone that complained in the year before",
            ),
            _RECEIVED,
            Unit.PERCENT,
            How.SHARE,
            received,
            repeated,
            less_is_better=True,
        ),
        Indicator(
            C.COMPLETENESS,
            Text(zh="信息完整率", en="Complete"),
            Text(
                zh="其中制度要求的项目均已填写的",
                en="those of them with every field filled in that the procedure asks for",
            ),
            _RECEIVED,
            Unit.PERCENT,
            How.SHARE,
            received,
            complete,
            less_is_better=False,
        ),
        Indicator(
            C.REGISTRATION_LAG,
            Text(zh="登记滞后时间", en="Lag from receipt to registration"),
            Text(zh="从收到到登记的平均时间", en="mean time from receipt to registration"),
            Text(
                zh="期内收到并在本系统登记的投诉（不含导入的台账）",
                en="complaints received in the period and registered here, imported ones left out",
            ),
            Unit.HOURS,
            How.MEAN,
            registered_here,
            hours=_lag,
            less_is_better=True,
        ),
        Indicator(
            C.SUGGESTIONS,
            Text(zh="意见和建议", en="Suggestions"),
            Text(zh="期内收到的意见和建议", en="suggestions received in the period"),
            None,
            Unit.COUNT,
            How.NUMBER,
            suggestion,
        ),
    )
}

WITHOUT_SECTION = (C.RECEIVED, C.CLOSED, C.OPEN)
"""What is counted for a procedure that says nothing of analysis."""


def chosen(procedure: Procedure) -> list[Indicator]:
    """The indicators that the procedure works with, in its order."""
    codes = [one.code for one in procedure.analysis.indicators] if procedure.analysis else WITHOUT_SECTION
    return [INDICATORS[code] for code in codes]
