"""The sweep: warn before time limits end, mark the ones that ended, escalate as the procedure says.

Run by the worker every minute as the desk itself. It looks only at what the rows say, not at when it ran last: after a
day without a worker each threshold that lies behind fires, once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, ClockRun, Complaint, OutboxMessage
from models.enums import OPEN_STATES, ClockState, EventKind
from services import audit
from services.actor import SYSTEM
from services.deadlines.desk_calendar import DeskTime, desk_time
from services.deadlines.runs import clock_of, is_run_past, next_check, result_of, thresholds
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Consequence
from services.unit_of_work import UnitOfWork, reading
from services.workflow import people
from services.workflow.escalation import next_level, somebody
from services.workflow.steps import tell, tell_of_liability, write_event

Row = TypeVar("Row", Complaint, ClockRun)
BATCH = 200
log = logging.getLogger("desk.sweep")


@dataclass
class SweepReport:
    """What one sweep did."""

    warned: int = 0
    breached: int = 0
    failed: list[int] = field(default_factory=list)
    """Ids of the clock runs that could not be handled; the next sweep tries them again."""


def sweep_all(session: Session, now: datetime | None = None, batch: int = BATCH) -> SweepReport:
    """Handle every running clock whose next check is due at `now`, each in a transaction of its own.

    Goes by id, so that one that fails again and again holds up nobody behind it.
    """
    now = now or datetime.now(UTC)
    report, last = SweepReport(), 0
    while ids := _due_ids(session, now, last, batch):
        for run_id in ids:
            try:
                with UnitOfWork(session, SYSTEM, now) as work:
                    done = sweep(work, run_id)
                report.warned += done.warned
                report.breached += done.breached
            except Exception as error:
                # The text of an exception may carry personal data; the log gets its kind only.
                log.error("clock run %s: %s", run_id, type(error).__name__)
                report.failed.append(run_id)
        last = ids[-1]
    return report


def _due_ids(session: Session, now: datetime, last: int, batch: int) -> list[int]:
    """A plain read, not a unit of work: most minutes there is nothing to do, and no writer need wait for that."""
    query = sa.select(ClockRun.id).where(
        ClockRun.state == ClockState.RUNNING, ClockRun.next_check_at <= now, ClockRun.id > last
    )
    with reading(session, SYSTEM):
        return list(session.scalars(query.order_by(ClockRun.id).limit(batch)))


def sweep(uow: UnitOfWork, run_id: int) -> SweepReport:
    """Fire what lies behind on one run. Locks the complaint first, as every operation does."""
    report = SweepReport()
    complaint_id = uow.session.scalar(sa.select(ClockRun.complaint_id).where(ClockRun.id == run_id))
    complaint = _locked(uow, Complaint, complaint_id) if complaint_id else None
    run = _locked(uow, ClockRun, run_id)
    if run is None or run.state is not ClockState.RUNNING or run.next_check_at is None:
        return report
    time = desk_time(uow.session)
    if complaint is not None and complaint.state not in OPEN_STATES:
        run.next_check_at = None
        return report
    _fire(uow, run, complaint, time, report)
    run.next_check_at = next_check(run, result_of(run, time), time)
    return report


def _locked(work: UnitOfWork, model: type[Row], row_id: int) -> Row | None:
    query = sa.select(model).where(model.id == row_id).with_for_update(of=model)
    return work.session.scalars(query.execution_options(populate_existing=True)).first()


def _fire(
    work: UnitOfWork, run: ClockRun, complaint: Complaint | None, time: DeskTime, report: SweepReport
) -> None:
    clock = clock_of(run)
    for mark, moment in thresholds(run, result_of(run, time), time):
        if moment <= work.now:
            run.warned = [*run.warned, mark]
            _tell_of(work, run, complaint, EventKind.CLOCK_WARNED, clock.at_warn)
            report.warned += 1
    if run.breached_at is None and is_run_past(run, work.now):
        run.breached_at = run.due_at
        _tell_of(work, run, complaint, EventKind.CLOCK_BREACHED, clock.at_breach)
        if complaint is not None:
            tell_of_liability(work, complaint, run)
        report.breached += 1


def _tell_of(
    work: UnitOfWork, run: ClockRun, complaint: Complaint | None, event: EventKind, consequence: Consequence
) -> None:
    facts: dict[str, Any] = {
        "clock": run.code,
        "name_zh": run.name_zh,
        "name_en": run.name_en,
        "due_at": run.due_at,
    }
    if complaint is None:
        _tell_of_accident(work, run, event, consequence, facts)
        return
    write_event(
        work,
        complaint,
        event,
        clause=run.clause,
        run=run.public_id,
        is_lower_bound=run.is_lower_bound or None,
        **facts,
    )
    work.record(
        audit.Draft(
            f"complaint.{event.value}",
            "complaint",
            complaint.id,
            complaint.number,
            complaint,
            after={"clock": run.code},
        )
    )
    told = people.of_roles(work.session, complaint, consequence.notify)
    tell(work, complaint, somebody(work.session, complaint, told), event.value, **facts)
    if consequence.escalate:
        _escalate(work, complaint, facts)


def _escalate(work: UnitOfWork, complaint: Complaint, facts: dict[str, Any]) -> None:
    """One level up, also when nobody is assigned; at the top its people are told again. No clock is touched."""
    raised = next_level(work, complaint)
    if raised is None:
        top = procedure_of(work.session, complaint).escalation[-1].level
        level, found = top.value, people.of_level(work.session, complaint, top)
    else:
        level, found = raised
        number = complaint.escalation_level
        write_event(work, complaint, EventKind.ESCALATE, level=level, number=number, automatic=True, **facts)
    tell(work, complaint, somebody(work.session, complaint, found), "escalated", level=level, **facts)


def _tell_of_accident(
    work: UnitOfWork, run: ClockRun, event: EventKind, consequence: Consequence, facts: dict[str, Any]
) -> None:
    """An accident has no history of events of its own: the run is marked and those in charge are told."""
    accident = work.session.get_one(Accident, run.accident_id)
    told = people.holders(work.session, consequence.notify, accident.department_id)
    told += [accident.reported_by_id] if accident.reported_by_id else []
    case = work.session.get(Complaint, accident.complaint_id) if accident.complaint_id else None
    if case is not None:
        told = somebody(work.session, case, people.only_named(work.session, case, told))
    for person in dict.fromkeys(told):
        payload = {key: audit.plain(value) for key, value in facts.items()}
        work.session.add(
            OutboxMessage(
                recipient_id=person,
                complaint_id=accident.complaint_id,
                topic=f"accident_{event.value}",
                payload={"by": work.actor.name, "accident": accident.number, **payload},
                next_attempt_at=work.now,
            )
        )
    work.record(
        audit.Draft(
            f"accident.{event.value}",
            "accident",
            accident.id,
            accident.number,
            case,
            after={"clock": run.code},
        )
    )
