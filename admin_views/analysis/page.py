"""The page of analysis: a period, its indicators beside the period before, a trend, a Pareto chart, signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.analysis import charts
from admin_views.analysis.words import (
    UNIT_WORDS,
    PartRow,
    Tile,
    list_url,
    tile,
    value_words,
)
from admin_views.base import GuardedBaseView
from admin_views.guard import acting, desk_zone
from admin_views.locale import enumerated
from admin_views.page_parts import Choice
from admin_views.procedures import requirement_words
from extensions import db
from models import Signal
from models.analysis_enums import ReportKind, SignalStatus
from services.access.permissions import Permission
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.schema import Procedure, Requirement
from services.procedures.sections.analysis import IndicatorCode
from services.reports.figures import Breakdown, breakdown, figures, of_counts
from services.reports.indicators import INDICATORS, basis_of, chosen
from services.reports.periods import Period, month_of, months_before, months_until, whole
from services.reports.slices import SCALE, SLICES, SliceCode, labels, scale_names
from services.reports.trend import Month, trend
from services.reports.wording import spoken

MONTHS_SHOWN = 12
SIGNALS_SHOWN = 5
Part = tuple[SliceCode, str | None]


@dataclass(frozen=True, kw_only=True)
class PartTable:
    """The parts of a slice as a table and a chart; grades make one for each scale."""

    title: str
    rows: Sequence[PartRow]
    charts: Sequence[charts.Chart]


@dataclass(frozen=True, kw_only=True)
class Definition:
    name: str
    numerator: str
    denominator: str
    unit: str


class AnalysisView(GuardedBaseView):
    """Figures of what the reader may see, each with the list behind it."""

    permission = Permission.ANALYSIS_READ

    @expose("/")
    def index(self) -> ResponseReturnValue:
        version = current_version(db.session())
        if version is None:
            return self.render("desk/analysis.html", page=None)
        return self.render("desk/analysis.html", page=AnalysisPage(parsed(version), desk_zone()))


class AnalysisPage:
    """What the template shows, computed when it asks; the number of statements depends on the indicators alone."""

    def __init__(self, procedure: Procedure, zone: ZoneInfo) -> None:
        self.session = db.session()
        self.procedure = procedure
        self.zone = zone
        self.today = datetime.now(UTC).astimezone(zone).date()
        self.fault = ""
        self.period = self._period()
        self.by = SLICES[_code(request.args.get("by")) or SliceCode.DEPARTMENT]
        self.parts = [part for part in map(_part, request.args.getlist("part")) if part is not None]
        self.basis = basis_of(procedure, self.period)
        self.indicators = chosen(procedure)
        self._named = {code: labels(self.session, code, [value]) for code, value in self.parts}

    # Period and slice

    def _period(self) -> Period:
        """The days asked for; this month when nothing or nothing sensible was."""
        first, last = request.args.get("from", ""), request.args.get("to", "")
        if not first and not last:
            return month_of(self.today, self.zone)
        try:
            start, end = date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            self.fault = _("Give the first and the last day of the period.")
            return month_of(self.today, self.zone)
        if start > end:
            self.fault = _("The first day lies after the last.")
            return month_of(self.today, self.zone)
        if (end - start).days > 3660:
            self.fault = _("The period may be ten years long at most.")
            return month_of(self.today, self.zone)
        return Period(start, end, self.zone)

    @property
    def conditions(self) -> list[Any]:
        return [SLICES[code].condition(value or "") for code, value in self.parts]

    def url(self, **changed: Any) -> str:
        """This page with something else: period, by, parts."""
        period: Period = changed.get("period", self.period)
        by: SliceCode = changed.get("by", self.by.code)
        parts: Sequence[Part] = changed.get("parts", self.parts)
        query = [("from", period.first.isoformat()), ("to", period.last.isoformat()), ("by", by.value)]
        query += [("part", f"{code.value}:{value or ''}") for code, value in parts]
        return f"{url_for('analysis.index')}?{urlencode(query)}"

    @property
    def quick(self) -> list[tuple[str, str, bool]]:
        """Periods that people ask for most: label, address, whether it is the one shown."""
        year = date(self.today.year, 1, 1)
        quarter = whole(ReportKind.QUARTERLY, self.today, self.zone)
        offered = (
            (_("This month"), month_of(self.today, self.zone)),
            (_("Last month"), month_of(months_before(self.today.replace(day=1), 1), self.zone)),
            (_("This quarter"), quarter),
            (_("Last quarter"), quarter.previous),
            (_("This year"), whole(ReportKind.YEARLY, year, self.zone)),
            (_("Last year"), whole(ReportKind.YEARLY, year - timedelta(days=1), self.zone)),
        )
        return [(label, self.url(period=period), period == self.period) for label, period in offered]

    @property
    def earlier_url(self) -> str:
        return self.url(period=self.period.previous)

    @property
    def slices(self) -> list[Choice]:
        return [
            Choice(value=one.code.value, label=spoken(one.names), selected=one is self.by)
            for one in SLICES.values()
        ]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The parts that all figures are restricted to, with the address without each."""
        return [
            (
                f"{spoken(SLICES[code].names)}: {spoken(self._named[code].get(value)) or _('none')}",
                self.url(parts=[part for part in self.parts if part != (code, value)]),
            )
            for code, value in self.parts
        ]

    # Figures

    @property
    def tiles(self) -> list[Tile]:
        earlier = basis_of(self.procedure, self.period.previous)
        now = figures(self.session, self.indicators, self.basis, *self.conditions)
        before = figures(self.session, self.indicators, earlier, *self.conditions)
        pairs = zip(now, before, strict=True)
        return [tile(this, that, self.basis, earlier, self.parts) for this, that in pairs]

    @property
    def heads(self) -> list[str]:
        return [spoken(one.names) for one in self.indicators]

    @property
    def tables(self) -> list[PartTable]:
        found = breakdown(self.session, self.indicators, self.basis, self.by, *self.conditions)
        if not found:
            return []
        named = labels(self.session, self.by.code, found)
        title = spoken(self.by.names)
        if self.by.code is not SliceCode.GRADE:
            return [self._table(title, found, named)]
        scales = scale_names(self.session)
        codes = sorted({value.partition(SCALE)[0] for value in found if value})
        return [
            self._table(
                spoken(scales.get(code)) or title,
                {value: row for value, row in found.items() if value and value.partition(SCALE)[0] == code},
                named,
            )
            for code in codes
        ]

    def _table(self, title: str, found: Breakdown, named: dict[Any, Any]) -> PartTable:
        rows = []
        for value, made in found.items():
            parts = [*self.parts, (self.by.code, value)]
            cells = [
                (value_words(each.value, each.indicator.unit), list_url(each, self.basis, parts))
                for each in made
            ]
            name = spoken(named.get(value)) or _("Not stated")
            rows.append(PartRow(name=name, url=self.url(parts=parts), cells=cells))
        sizes = [
            (row.name, made[0].denominator)
            for row, made in zip(rows, found.values(), strict=True)
            if made[0].denominator
        ]
        total = sum(size for _name, size in sizes)
        drawn = charts.pareto(sizes, total, _("Others")) if total else ()
        return PartTable(title=title, rows=rows, charts=drawn)

    @property
    def months(self) -> list[Month]:
        return trend(self.session, months_until(self.period, MONTHS_SHOWN), *self.conditions)

    @staticmethod
    def trend_charts(months: Sequence[Month]) -> Sequence[charts.Chart]:
        names = [f"{month.period.first:%y-%m}" for month in months]
        return charts.trend(names, [month.received for month in months], [month.closed for month in months])

    def month_url(self, month: Month, code: str) -> str:
        """The list behind a bar or a point of the trend."""
        basis = basis_of(self.procedure, month.period)
        return list_url(of_counts(INDICATORS[IndicatorCode(code)], 0, 0), basis, self.parts)

    # What the analysis rests on

    @property
    def channels(self) -> list[tuple[str, str, str]]:
        """The channels through which the procedure collects complaints, with what each brought."""
        by = SLICES[SliceCode.CHANNEL]
        found = breakdown(
            self.session, [INDICATORS[IndicatorCode.RECEIVED]], self.basis, by, *self.conditions
        )
        lines = []
        for channel in self.procedure.intake.channels:
            made = found.get(channel.code.value)
            name = spoken(channel.names) or str(channel.code.label)
            parts = [*self.parts, (SliceCode.CHANNEL, channel.code.value)]
            url = list_url(made[0], self.basis, parts) if made else ""
            lines.append((name, str(made[0].denominator) if made else "0", url))
        return lines

    @property
    def owner(self) -> str:
        analysis = self.procedure.analysis
        return str(analysis.owner.role.label) if analysis else ""

    @property
    def method(self) -> list[str]:
        analysis = self.procedure.analysis
        return [spoken(step.names) for step in analysis.method] if analysis else []

    @property
    def definitions(self) -> list[Definition]:
        return [
            Definition(
                name=spoken(one.names),
                numerator=spoken(one.numerator),
                denominator=spoken(one.denominator),
                unit=str(UNIT_WORDS[one.unit.value]),
            )
            for one in self.indicators
        ]

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What a complete record holds: when it is asked for, and the fields."""
        intake = self.procedure.intake
        lines = (
            (_("Asked at registration"), intake.asked_at_registration),
            (_("Needed for acceptance"), intake.required_for_acceptance),
        )
        return [(when, _fields(self.procedure, listed)) for when, listed in lines if listed]

    @property
    def standard_days(self) -> int | None:
        return self.basis.standard_days

    @property
    def shows_signals(self) -> bool:
        """Signals are raised over all departments and only where the procedure sets thresholds."""
        analysis = self.procedure.analysis
        return bool(analysis and analysis.thresholds) and "*" in acting().audiences

    @property
    def signals(self) -> list[tuple[Signal, str]]:
        waiting = self.session.scalars(
            sa.select(Signal)
            .where(Signal.status == SignalStatus.OPEN)
            .order_by(Signal.raised_at.desc(), Signal.id.desc())
            .limit(SIGNALS_SHOWN)
        )
        return [(one, url_for("signals.details_view", address=one.public_id)) for one in waiting]


def _fields(procedure: Procedure, listed: Sequence[Requirement]) -> str:
    return enumerated(requirement_words(procedure, each) for each in listed)


def _code(text: str | None) -> SliceCode | None:
    return SliceCode(text) if text in list(SliceCode) else None


def _part(text: str) -> Part | None:
    code, _separator, value = text.partition(":")
    known = _code(code)
    return (known, value or None) if known else None
