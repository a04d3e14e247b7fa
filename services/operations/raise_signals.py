"""Raising signals: what exceeds the usual this month, once for each product, batch or cause."""

from __future__ import annotations

import sqlalchemy as sa

from models import OutboxMessage, Signal
from models.analysis_enums import SignalStatus
from services.deadlines.desk_calendar import desk_zone
from services.errors import NotPermitted
from services.procedures.sections.analysis import clauses_text
from services.records import record_change, save
from services.reports.owners import analysis_in_force, owners
from services.reports.periods import month_of
from services.reports.signals import heaps
from services.unit_of_work import UnitOfWork


def raise_signals(work: UnitOfWork) -> list[Signal]:
    """The new signals of the running month; those that wait already get the count of today. The desk does this."""
    if not work.actor.is_system:
        raise NotPermitted
    analysis = analysis_in_force(work.session)
    if analysis is None:
        return []
    zone = desk_zone(work.session)
    month = month_of(work.now.astimezone(zone).date(), zone)
    raised = []
    for heap in heaps(work.session, analysis, month):
        known = work.session.scalar(
            sa.select(Signal).where(
                Signal.subject == heap.threshold.subject,
                Signal.value == heap.value,
                Signal.starts_on == month.first,
            )
        )
        if known is not None:
            if known.status is SignalStatus.OPEN and known.count != heap.count:
                known.count = heap.count
            continue
        signal = Signal(
            subject=heap.threshold.subject,
            value=heap.value,
            status=SignalStatus.OPEN,
            starts_on=month.first,
            ends_on=month.last,
            count=heap.count,
            usual=round(heap.usual, 2),
            clause=clauses_text(heap.threshold.clause),
            raised_at=work.now,
        )
        work.session.add(signal)
        save(work, signal)
        record_change(work, "raise", signal)
        raised.append(signal)
    if raised:
        for person in owners(work.session, analysis):
            work.session.add(
                OutboxMessage(
                    recipient_id=person,
                    topic="signal.raised",
                    payload={"by": work.actor.name, "count": len(raised)},
                    next_attempt_at=work.now,
                )
            )
    return raised
