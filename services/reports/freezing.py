"""Freezing the figures of a period, and deriving them again: the same, or what differs and why.

A frozen report keeps the definitions with the figures, the standards they were computed by, and every case behind every
figure. Its digest covers all of that. `rederive` computes the same figures from today's rows by the kept standards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AnalysisReport, Complaint, ComplaintEvent, ReportCase
from models.enums import EventKind
from services.access.scope import unscoped
from services.procedures.parts import Text
from services.procedures.schema import Procedure
from services.procedures.sections.analysis import IndicatorCode
from services.reports.figures import Figure, behind, breakdown, figure, of_counts, of_hours
from services.reports.indicators import INDICATORS, Basis, Indicator, basis_of, chosen
from services.reports.periods import Period, period_of
from services.reports.slices import SLICES, SliceCode, labels
from services.reports.slices import Words as Words

SLICED_BY = (
    SliceCode.CATEGORY,
    SliceCode.DEPARTMENT,
    SliceCode.PRODUCT,
    SliceCode.BATCH,
    SliceCode.CAUSE,
    SliceCode.RESPONSIBILITY,
    SliceCode.CHANNEL,
    SliceCode.GRADE,
)
SLICED_FIGURES = (
    IndicatorCode.RECEIVED,
    IndicatorCode.CLOSED,
    IndicatorCode.ON_TIME,
    IndicatorCode.MEAN_HANDLING,
)
PARTS_KEPT = 20


@dataclass(frozen=True)
class FrozenCase:
    """A case behind a figure. Hours are kept to a hundredth, so that both engines say the same."""

    indicator: str
    complaint_id: int
    is_counted: bool
    hours: float | None


@dataclass(frozen=True)
class Frozen:
    """Everything a report keeps of its period."""

    figures: dict[str, Any]
    cases: list[FrozenCase]

    @property
    def digest(self) -> str:
        return digest(self.figures, self.cases)


def digest(figures: Mapping[str, Any], cases: Iterable[FrozenCase]) -> str:
    """SHA-256 over the figures with their definitions and over every case behind them."""
    kept = sorted((one.indicator, one.complaint_id, one.is_counted, one.hours) for one in cases)
    text = json.dumps([figures, kept], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(session: Session, procedure: Procedure, period: Period) -> Frozen:
    """The indicators that the procedure works with, over the period, for the session's reader."""
    return _freeze(session, chosen(procedure), basis_of(procedure, period))


def _freeze(session: Session, indicators: Sequence[Indicator], basis: Basis) -> Frozen:
    cases = [case for indicator in indicators for case in _cases(session, indicator, basis)]
    figures = {
        "period": basis.period.text,
        "zone": basis.period.zone.key,
        "standard_days": basis.standard_days,
        "fields": list(basis.fields),
        "indicators": [described(one, _of_cases(one, cases)) for one in indicators],
        "before": _before(session, indicators, basis),
        "slices": [_sliced(session, code, indicators, basis) for code in SLICED_BY],
    }
    return Frozen(figures, cases)


def _cases(session: Session, indicator: Indicator, basis: Basis) -> list[FrozenCase]:
    counted = indicator.counted(basis) if indicator.counted else sa.true()
    hours = indicator.hours() if indicator.hours else sa.null()
    rows = session.execute(
        sa.select(Complaint.id, sa.case((counted, 1), else_=0), hours)
        .where(behind(indicator, basis, numerator=False))
        .order_by(Complaint.id)
    )
    return [
        FrozenCase(indicator.code.value, row[0], bool(row[1]), None if row[2] is None else round(row[2], 2))
        for row in rows
    ]


def _of_cases(indicator: Indicator, cases: Iterable[FrozenCase]) -> Figure:
    own = [case for case in cases if case.indicator == indicator.code.value]
    if indicator.hours is not None:
        return of_hours(indicator, [case.hours for case in own if case.hours is not None])
    return of_counts(indicator, sum(case.is_counted for case in own), len(own))


def _value(made: Figure) -> dict[str, Any]:
    return {
        "value": None if made.value is None else round(made.value, 4),
        "numerator": made.numerator,
        "denominator": made.denominator,
    }


def described(indicator: Indicator, made: Figure) -> dict[str, Any]:
    """A figure with the definition it was computed by, as a record keeps it."""
    return {
        "code": indicator.code.value,
        "names": indicator.names.model_dump(),
        "counted": indicator.numerator.model_dump(),
        "out_of": indicator.denominator.model_dump() if indicator.denominator else None,
        "unit": indicator.unit.value,
        "how": indicator.how.value,
        "less_is_better": indicator.less_is_better,
        **_value(made),
    }


def _before(session: Session, indicators: Sequence[Indicator], basis: Basis) -> dict[str, Any]:
    """The same figures of the period before, computed now by the same standards."""
    earlier = Basis(basis.period.previous, basis.standard_days, basis.fields)
    return {
        "period": earlier.period.text,
        "values": {one.code.value: _value(figure(session, one, earlier)) for one in indicators},
    }


def _sliced(
    session: Session, code: SliceCode, indicators: Sequence[Indicator], basis: Basis
) -> dict[str, Any]:
    shown = [one for one in indicators if one.code in SLICED_FIGURES]
    found = breakdown(session, shown, basis, SLICES[code]) if shown else {}
    named = labels(session, code, found)
    rows = [
        {
            "part": part,
            "name": _both(named.get(part), part),
            "values": {each.indicator.code.value: _value(each) for each in made},
        }
        for part, made in list(found.items())[:PARTS_KEPT]
    ]
    return {"code": code.value, "left_out": max(0, len(found) - PARTS_KEPT), "rows": rows}


def _both(words: Words | None, part: str | None) -> dict[str, str] | None:
    """A name that a report can show in both languages; labels of closed lists are looked up when it is shown."""
    if isinstance(words, Text):
        return words.model_dump()
    return {"zh": words, "en": words} if isinstance(words, str) and words != part else None


# Deriving again


@dataclass(frozen=True)
class Difference:
    """One figure that comes out differently today, and the cases that make the difference."""

    indicator: Indicator
    frozen: float | None
    today: float | None
    cases: list[ChangedCase] = field(default_factory=list)
    hidden: int = 0
    """Further cases that the reader may not see."""


@dataclass(frozen=True)
class ChangedCase:
    number: str
    address: str
    registered_later: bool
    events: list[tuple[EventKind, datetime]]
    """What happened to it since the report was produced."""


@dataclass(frozen=True)
class Rederived:
    """What a check found: whether the kept figures are as they were stored, and what differs today."""

    is_intact: bool
    digest_today: str
    differences: list[Difference]

    @property
    def is_same(self) -> bool:
        return self.is_intact and not self.differences


def kept_cases(session: Session, report: AnalysisReport) -> list[FrozenCase]:
    """Every case of a report, also those that the reader may no longer see: the digest covers them all."""
    query = sa.select(
        ReportCase.indicator, ReportCase.complaint_id, ReportCase.is_counted, ReportCase.hours
    ).where(ReportCase.report_id == report.id)
    with unscoped(session, "the digest of a report covers every case; only visible ones are named"):
        return [FrozenCase(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def basis_kept(report: AnalysisReport) -> tuple[list[Indicator], Basis]:
    """The indicators and standards that a report was computed by."""
    kept = report.figures
    zone = ZoneInfo(kept["zone"])
    basis = Basis(period_of(kept["period"], zone), kept["standard_days"], tuple(kept["fields"]))
    return [INDICATORS[IndicatorCode(line["code"])] for line in kept["indicators"]], basis


def rederive(session: Session, report: AnalysisReport) -> Rederived:
    """Compute the report again from today's rows, by the standards that it was computed by."""
    every_case = kept_cases(session, report)
    indicators, basis = basis_kept(report)
    today = _freeze(session, indicators, basis)
    differences = [
        one
        for indicator in indicators
        if (one := _difference(session, report, indicator, every_case, today)) is not None
    ]
    return Rederived(digest(report.figures, every_case) == report.digest, today.digest, differences)


def _difference(
    session: Session,
    report: AnalysisReport,
    indicator: Indicator,
    every_case: Sequence[FrozenCase],
    today: Frozen,
) -> Difference | None:
    code = indicator.code.value
    then = {case.complaint_id: (case.is_counted, case.hours) for case in every_case if case.indicator == code}
    now = {case.complaint_id: (case.is_counted, case.hours) for case in today.cases if case.indicator == code}
    changed = {key for key in then.keys() | now.keys() if then.get(key) != now.get(key)}
    frozen = next(line["value"] for line in report.figures["indicators"] if line["code"] == code)
    value = next(line["value"] for line in today.figures["indicators"] if line["code"] == code)
    if not changed and frozen == value:
        return None
    shown = _changed_cases(session, report, changed)
    return Difference(indicator, frozen, value, shown, len(changed) - len(shown))


def _changed_cases(session: Session, report: AnalysisReport, ids: set[int]) -> list[ChangedCase]:
    rows = session.execute(
        sa.select(Complaint.id, Complaint.number, Complaint.public_id, Complaint.created_at)
        .where(Complaint.id.in_(ids))
        .order_by(Complaint.id)
    ).all()
    happened: dict[int, list[tuple[EventKind, datetime]]] = {}
    for case_id, event, at in session.execute(
        sa.select(ComplaintEvent.complaint_id, ComplaintEvent.event, ComplaintEvent.at)
        .where(ComplaintEvent.complaint_id.in_(ids), ComplaintEvent.at > report.produced_at)
        .order_by(ComplaintEvent.at, ComplaintEvent.id)
    ):
        happened.setdefault(case_id, []).append((event, at))
    return [
        ChangedCase(row.number, row.public_id, row.created_at > report.produced_at, happened.get(row.id, []))
        for row in rows
    ]
