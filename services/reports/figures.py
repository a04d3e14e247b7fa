"""Figures: indicators over a period, whole or by slice, and the condition of the list behind each of them.

Two rules hold for every figure of the desk. The scope of the reader applies, as to any list: a department sees its own
figures. And confidential complaints are counted nowhere, not even for those named on them: whoever compares two
readers' figures, or a figure with its list, learns nothing of a case that they may not know of.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from models import Complaint
from services.reports.indicators import Basis, How, Indicator
from services.reports.slices import Slice

P90 = 0.9


@dataclass(frozen=True)
class Figure:
    """One indicator's value: None where there was no case to judge by."""

    indicator: Indicator
    value: float | None
    numerator: int
    denominator: int


def counted_at_all() -> ColumnElement[bool]:
    """The rule above: confidential complaints are part of no figure."""
    return Complaint.is_confidential.is_(False)


def behind(
    indicator: Indicator, basis: Basis, *, numerator: bool, parts: Iterable[ColumnElement[bool]] = ()
) -> ColumnElement[bool]:
    """The condition of the list that a figure leads to: exactly the cases that it counts."""
    return sa.and_(counted_at_all(), indicator.condition(basis, numerator=numerator), *parts)


def figures(
    session: Session, indicators: Iterable[Indicator], basis: Basis, *parts: ColumnElement[bool]
) -> list[Figure]:
    """Indicators over the period, for the session's reader."""
    return [figure(session, indicator, basis, *parts) for indicator in indicators]


def figure(session: Session, indicator: Indicator, basis: Basis, *parts: ColumnElement[bool]) -> Figure:
    """One indicator."""
    where = behind(indicator, basis, numerator=False, parts=parts)
    if indicator.hours is not None:
        hours = indicator.hours()
        rows = session.scalars(sa.select(hours).where(Complaint.id.is_not(None), where))
        return of_hours(indicator, list(rows))
    counted = indicator.counted(basis) if indicator.counted else sa.true()
    total, hits = session.execute(
        sa.select(sa.func.count(Complaint.id), sa.func.count(sa.case((counted, 1)))).where(where)
    ).one()
    return of_counts(indicator, hits, total)


def of_counts(indicator: Indicator, hits: int, total: int) -> Figure:
    """A number, or the share of `hits` in `total` in per cent."""
    if indicator.how is How.NUMBER:
        return Figure(indicator, float(total), total, total)
    return Figure(indicator, 100 * hits / total if total else None, hits, total)


def of_hours(indicator: Indicator, hours: Sequence[float]) -> Figure:
    """The mean, or the 90th percentile by nearest rank, in the unit of the indicator."""
    count = len(hours)
    if not count:
        return Figure(indicator, None, 0, 0)
    in_hours = sum(hours) / count if indicator.how is How.MEAN else sorted(hours)[math.ceil(P90 * count) - 1]
    per_unit = 24 if indicator.unit == "days" else 1
    return Figure(indicator, in_hours / per_unit, count, count)


Breakdown = dict[str | None, list[Figure]]


def breakdown(
    session: Session, indicators: Sequence[Indicator], basis: Basis, by: Slice, *parts: ColumnElement[bool]
) -> Breakdown:
    """The same indicators for each part of a slice, the part with most cases first; one statement an indicator."""
    found: dict[str | None, dict[Any, Figure]] = defaultdict(dict)
    for indicator in indicators:
        for value, made in _by(session, indicator, basis, by, parts):
            found[value][indicator.code] = made
    empty = {one.code: of_hours(one, []) if one.hours else of_counts(one, 0, 0) for one in indicators}
    filled = {
        value: [row.get(one.code, empty[one.code]) for one in indicators] for value, row in found.items()
    }
    return dict(
        sorted(filled.items(), key=lambda item: (item[0] is None, -item[1][0].denominator, item[0] or ""))
    )


def _by(
    session: Session, indicator: Indicator, basis: Basis, by: Slice, parts: Iterable[ColumnElement[bool]]
) -> Iterable[tuple[str | None, Figure]]:
    where = behind(indicator, basis, numerator=False, parts=parts)
    key = by.key().label("part")
    if indicator.hours is not None:
        values: dict[str | None, list[float]] = defaultdict(list)
        for part, hours in session.execute(
            sa.select(key, indicator.hours()).where(Complaint.id.is_not(None), where)
        ):
            values[part].append(hours)
        return [(part, of_hours(indicator, hours)) for part, hours in values.items()]
    counted = indicator.counted(basis) if indicator.counted else sa.true()
    rows = session.execute(
        sa.select(key, sa.func.count(Complaint.id), sa.func.count(sa.case((counted, 1))))
        .where(where)
        .group_by(sa.literal_column("part"))
    )
    return [(part, of_counts(indicator, hits, total)) for part, total, hits in rows]
