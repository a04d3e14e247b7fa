"""Recording that a report of an accident went out: the clocks that wait for it stop."""

from __future__ import annotations

from models import Accident
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.deadlines import clocks
from services.errors import Invalid
from services.procedures.vocabulary import ClockEvent
from services.records import grant_for_record, load_record, record_change
from services.unit_of_work import UnitOfWork

REPORTS = {
    ClockEvent.ACCIDENT_FORM_SENT: _l("Accident report form sent"),
    ClockEvent.REPORTED_UP: _l("Reported to the superior unit"),
    ClockEvent.REPORTED_TO_AUTHORITY: _l("Reported to the authority"),
    ClockEvent.WRITTEN_REPORT_SENT: _l("Written report sent"),
}


def record_accident_report(
    work: UnitOfWork, accident_id: int, version: int | None, *, kind: str, to_whom: str | None
) -> Accident:
    """The accident, with the report in its history. Invalid for a kind of report that is none."""
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    if kind not in REPORTS:
        raise Invalid({"kind": _l("Choose what was sent.")})
    clocks.stop_clocks(work, accident, ClockEvent(kind), work.now)
    earlier = audit.values_of(accident)
    record_change(
        work,
        kind,
        accident,
        earlier,
        grant=grant,
        reason=(to_whom or "").strip() or None,
        further={"report": kind},
    )
    return accident
