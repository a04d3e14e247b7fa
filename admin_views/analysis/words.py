"""Figures as people read them, and the addresses of the lists behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from admin_views.locale import locale
from models.labels import LazyString, _l
from services.reports.drilling import figure_text, part_text, report_text
from services.reports.figures import Figure
from services.reports.indicators import Basis, How, Unit
from services.reports.slices import SliceCode

UNIT_WORDS: dict[str, LazyString] = {
    Unit.COUNT.value: _l("complaints"),
    Unit.PERCENT.value: _l("per cent"),
    Unit.DAYS.value: _l("days"),
    Unit.HOURS.value: _l("hours"),
}


def value_words(value: float | None, unit: str) -> str:
    """A figure with its unit; a dash where there was no case to judge by."""
    if value is None:
        return "—"
    if unit == Unit.COUNT:
        return f"{value:,.0f}"
    if unit == Unit.PERCENT:
        return f"{value:.1f}%"
    return (
        _("%(number)s d", number=f"{value:.1f}")
        if unit == Unit.DAYS
        else _("%(number)s h", number=f"{value:.1f}")
    )


@dataclass(frozen=True)
class Change:
    """How a figure stands to the one before: in words, and whether that is good."""

    text: str
    tone: str


def change(now: float | None, before: float | None, unit: str, less_is_better: bool | None) -> Change:
    """The difference to the period before; without both figures there is nothing to compare."""
    if now is None or before is None:
        return Change("", "")
    difference = now - before
    if abs(difference) < 0.05:
        return Change(_("unchanged"), "")
    sign = "+" if difference > 0 else "−"
    size = value_words(abs(difference), unit)
    if unit == Unit.PERCENT:
        size = _("%(number)s points", number=f"{abs(difference):.1f}")
    tone = "" if less_is_better is None else "good" if (difference < 0) is less_is_better else "bad"
    return Change(f"{sign}{size}", tone)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One indicator with the period before beside it."""

    name: str
    value: str
    url: str
    before: str
    before_url: str
    change: Change
    of: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class PartRow:
    """A part of a slice: its name, and its figures, each with the list behind it."""

    name: str
    url: str
    cells: Sequence[tuple[str, str]]


def list_url(figure: Figure, basis: Basis, parts: Sequence[tuple[SliceCode, str | None]] = ()) -> str:
    """The list of exactly the cases that the figure counts (all it looks at, for means)."""
    share = figure.indicator.how is How.SHARE
    query = [("f.figure", figure_text(figure.indicator, basis, numerator=share))]
    query += [("f.part", part_text(code, value)) for code, value in parts]
    return f"{url_for('complaints.index_view')}?{urlencode(query)}"


def frozen_url(address: str, code: str, *, numerator: bool) -> str:
    text = report_text(address, code, numerator=numerator)
    return f"{url_for('complaints.index_view')}?{urlencode([('f.report', text)])}"


def tile(
    now: Figure, before: Figure, basis: Basis, earlier: Basis, parts: Sequence[tuple[SliceCode, str | None]]
) -> Tile:
    indicator = now.indicator
    of = ""
    if indicator.how is How.SHARE:
        of = _("%(part)s of %(whole)s", part=now.numerator, whole=now.denominator)
    elif indicator.hours is not None:
        of = _("from %(count)s complaints", count=now.denominator)
    return Tile(
        name=indicator.names.in_language(locale()),
        value=value_words(now.value, indicator.unit),
        url=list_url(now, basis, parts),
        before=value_words(before.value, indicator.unit),
        before_url=list_url(before, earlier, parts),
        change=change(now.value, before.value, indicator.unit, indicator.less_is_better),
        of=of,
        meaning=indicator.numerator.in_language(locale()),
    )
