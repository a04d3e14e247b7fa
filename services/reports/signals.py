"""Where complaints heap up: counts of a month that exceed both the threshold and the usual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint
from models.analysis_enums import SignalSubject
from services.procedures.sections.analysis import Analysis, Threshold
from services.reports.figures import counted_at_all
from services.reports.indicators import Basis, received
from services.reports.periods import Period, months_before
from services.reports.slices import SLICES, SliceCode

_SLICE = {
    SignalSubject.PRODUCT: SliceCode.PRODUCT,
    SignalSubject.BATCH: SliceCode.BATCH,
    SignalSubject.CAUSE: SliceCode.CAUSE,
}
VALUE_LENGTH = 200


@dataclass(frozen=True)
class Heap:
    """A product, batch or cause with more complaints in the month than usual."""

    threshold: Threshold
    value: str
    count: int
    usual: float


def slice_of(subject: SignalSubject) -> SliceCode:
    """The slice whose parts a subject of signals names."""
    return _SLICE[subject]


def heaps(session: Session, analysis: Analysis, month: Period) -> Iterator[Heap]:
    """Everything that exceeds its threshold in the month, for the session's reader."""
    for threshold in analysis.thresholds:
        yield from _over(session, threshold, month)


def _over(session: Session, threshold: Threshold, month: Period) -> Iterator[Heap]:
    """A count that reaches `at_least` and is more than `times_usual` times the mean month before."""
    now = _counts(session, threshold, month)
    high = {value: count for value, count in now.items() if count >= threshold.at_least}
    if not high:
        return
    first = months_before(month.first, threshold.usual_months)
    before = _counts(session, threshold, Period(first, month.previous.last, month.zone))
    for value, count in sorted(high.items()):
        usual = before.get(value, 0) / threshold.usual_months
        if count > threshold.times_usual * usual:
            yield Heap(threshold, value[:VALUE_LENGTH], count, usual)


def _counts(session: Session, threshold: Threshold, period: Period) -> dict[str, int]:
    key = SLICES[slice_of(threshold.subject)].key().label("part")
    rows = session.execute(
        sa.select(key, sa.func.count(Complaint.id))
        .where(counted_at_all(), received(Basis(period)))
        .group_by(sa.literal_column("part"))
    )
    return {value: count for value, count in rows if value}
