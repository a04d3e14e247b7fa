"""From a figure to its list: the filters `f.figure`, `f.part` and `f.report` of the complaints.

`f.figure=on_time.1.20260301-20260331.15` asks for the cases that a figure counted (1) or looked at (0) in a period,
with the standard that its definition needs; `f.part=product:…` for one part of a slice; `f.report=<address>.on_time.1`
for the cases frozen in a report.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from models import AnalysisReport, Complaint, ReportCase
from services.procedures.sections.analysis import IndicatorCode
from services.reports.figures import behind
from services.reports.indicators import INDICATORS, Basis, Indicator
from services.reports.periods import period_of
from services.reports.slices import SLICES, SliceCode, labels
from services.reports.wording import spoken

_FIELDS = "~"


def figure_text(indicator: Indicator, basis: Basis, *, numerator: bool) -> str:
    """The value of `f.figure`."""
    text = f"{indicator.code.value}.{int(numerator)}.{basis.period.text}"
    if indicator.code is IndicatorCode.ON_TIME and basis.standard_days is not None:
        return f"{text}.{basis.standard_days}"
    if indicator.code is IndicatorCode.COMPLETENESS:
        return f"{text}.{_FIELDS.join(basis.fields)}"
    return text


def part_text(by: SliceCode, value: str | None) -> str:
    """The value of `f.part`."""
    return f"{by.value}:{value or ''}"


def report_text(address: str, code: str, *, numerator: bool) -> str:
    """The value of `f.report`."""
    return f"{address}.{code}.{int(numerator)}"


def figure_condition(text: str, zone: ZoneInfo) -> ColumnElement[bool]:
    """ValueError for a text that names no figure."""
    indicator, numerator, basis = parse_figure(text, zone)
    return behind(indicator, basis, numerator=numerator)


def parse_figure(text: str, zone: ZoneInfo) -> tuple[Indicator, bool, Basis]:
    code, flag, period, *standard = text.split(".")
    indicator = INDICATORS[IndicatorCode(code)]
    days: int | None = None
    fields: tuple[str, ...] = ()
    if indicator.code is IndicatorCode.ON_TIME and standard:
        days = int(standard[0])
    if indicator.code is IndicatorCode.COMPLETENESS and standard:
        fields = tuple(standard[0].split(_FIELDS))
    return indicator, _flag(flag), Basis(period_of(period, zone), days, fields)


def part_condition(text: str) -> ColumnElement[bool]:
    """ValueError for a text that names no part."""
    code, _, value = text.partition(":")
    return SLICES[SliceCode(code)].condition(value)


def report_condition(text: str) -> ColumnElement[bool]:
    """ValueError for a text that names no frozen figure."""
    address, code, flag = text.split(".")
    IndicatorCode(code)
    wanted = (
        sa.select(ReportCase.complaint_id)
        .join(AnalysisReport, AnalysisReport.id == ReportCase.report_id)
        .where(AnalysisReport.public_id == address, ReportCase.indicator == code)
    )
    if _flag(flag):
        wanted = wanted.where(ReportCase.is_counted)
    return Complaint.id.in_(wanted)


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(text)
    return text == "1"


def part_words(session: Session, text: str) -> str:
    """A part of a slice by the name that its value has: a department, a grade of its scale."""
    code, _, value = text.partition(":")
    if code not in list(SliceCode):
        return text
    named = labels(session, SliceCode(code), [value])
    return f"{spoken(SLICES[SliceCode(code)].names)}: {spoken(named.get(value)) or value or '—'}"


def figure_words(key: str, text: str) -> str:
    """What the chip above the list says of a figure, a part or a report; the text itself when it names nothing."""
    try:
        if key == "part":
            code, _, value = text.partition(":")
            return f"{spoken(SLICES[SliceCode(code)].names)}: {value or '—'}"
        name = text.split(".")[0 if key == "figure" else 1]
        said = spoken(INDICATORS[IndicatorCode(name)].names)
        if key == "figure":
            said += f" · {parse_figure(text, ZoneInfo('UTC'))[2].period}"
        return said
    except (KeyError, ValueError, IndexError):
        return text
