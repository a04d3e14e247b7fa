"""Planning a measure out of the analysis: from a signal, a report, or an inspection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import AnalysisReport, Inspection, Measure, MeasureOrigin, OutboxMessage, Signal
from models.analysis_enums import SignalStatus
from models.enums import MeasureStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import NotPermitted, Reason, Refused
from services.records import load_record, put_values, record_change, save
from services.reports.owners import owner_grant
from services.unit_of_work import UnitOfWork
from services.workflow.typed import active_user


def plan_measure(
    work: UnitOfWork,
    source: type[Signal] | type[AnalysisReport] | type[Inspection],
    source_id: int,
    version: int | None,
    *,
    values: Mapping[str, Any],
) -> Measure:
    """The planned measure; its owner is told. A signal is decided by it: Refused when it has been decided already."""
    record: Any = load_record(work, source, source_id, version)
    grant = (
        work.actor.grant_for(Permission.INSPECTION_WRITE)
        if source is Inspection
        else owner_grant(work.session, work.actor)
    )
    if grant is None:
        raise NotPermitted
    active_user(work, values.get("owner_id"), "owner_id")
    if isinstance(record, Signal) and record.status is not SignalStatus.OPEN:
        raise Refused([Reason("decided", _l("The signal has been decided on already."))])
    measure = Measure(status=MeasureStatus.PLANNED)
    put_values(measure, values)
    work.session.add(measure)
    save(work, measure)
    work.session.add(MeasureOrigin(measure_id=measure.id, **{_COLUMNS[source]: record.id}))
    record_change(work, "create", measure, grant=grant)
    if isinstance(record, Signal):
        earlier = audit.values_of(record)
        record.status = SignalStatus.MEASURE
        record.measure_id = measure.id
        record.decided_at, record.decided_by_id = work.now, work.actor.user_id
        record_change(work, "decide", record, earlier, grant=grant, further={"measure": measure.text})
    if measure.owner_id != work.actor.user_id:
        work.session.add(
            OutboxMessage(
                recipient_id=measure.owner_id,
                topic="measure.planned",
                payload={"by": work.actor.name, "text": measure.text[:120]},
                next_attempt_at=work.now,
            )
        )
    return measure


_COLUMNS: dict[type[Any], str] = {
    Signal: "signal_id",
    AnalysisReport: "report_id",
    Inspection: "inspection_id",
}
