"""The rounds of the worker: reports of periods that are over, and signals of the running month.

They look at what the rows say, not at when they ran last: after a week without a worker every report that is due is
made, once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AnalysisReport, Complaint
from models.analysis_enums import ReportKind
from services.actor import SYSTEM
from services.deadlines.desk_calendar import desk_zone
from services.operations.produce_report import produce_report
from services.operations.raise_signals import raise_signals
from services.reports.owners import analysis_in_force
from services.reports.periods import Period, whole
from services.unit_of_work import UnitOfWork, reading

log = logging.getLogger("desk.analysis")
_SIGNALS_AT = 7
"""The minute of the hour at which signals are looked for."""
MOST_BACK = 12
"""Periods that are made up for after the worker was away."""


def analyse(session: Session, now: datetime | None = None) -> list[tuple[ReportKind, Period]]:
    """Produce every report that is due, and once an hour look for signals; the worker calls this every minute."""
    now = now or datetime.now(UTC)
    made = []
    for kind, period in list(due_reports(session, now)):
        with UnitOfWork(session, SYSTEM, now) as work:
            produce_report(work, kind, period)
        log.info("%s report of %s produced", kind.value, period.text)
        made.append((kind, period))
    if now.minute == _SIGNALS_AT:
        with UnitOfWork(session, SYSTEM, now) as work:
            raise_signals(work)
    return made


def due_reports(session: Session, now: datetime) -> Iterator[tuple[ReportKind, Period]]:
    """The periods that are over and have no report: the last one, and those since the report before it."""
    with reading(session, SYSTEM):
        found = list(_due(session, now))
    yield from found


def _due(session: Session, now: datetime) -> Iterator[tuple[ReportKind, Period]]:
    analysis = analysis_in_force(session)
    if analysis is None or not analysis.reports:
        return
    zone = desk_zone(session)
    first_case = session.scalar(sa.select(sa.func.min(Complaint.received_at)))
    for asked in analysis.reports:
        last = session.scalar(
            sa.select(sa.func.max(AnalysisReport.starts_on)).where(AnalysisReport.kind == asked.kind)
        )
        period = whole(asked.kind, now.astimezone(zone).date(), zone).previous
        wanted: list[Period] = []
        while len(wanted) < MOST_BACK and (last is None or period.first > last):
            wanted.append(period)
            if last is None or (first_case is not None and period.start <= first_case):
                break
            period = period.previous
        for each in reversed(wanted):
            yield asked.kind, each
