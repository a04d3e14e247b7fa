"""Reminders of measures: soon due as the procedure says, overdue once for every procedure, effect to be checked.

Run by the worker every minute as the desk itself. It looks only at what the rows say: after a day without a worker each
reminder that lies behind is sent, once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Measure, OutboxMessage, ProcedureVersion
from models.enums import MeasureStatus, RoleName
from services.actor import SYSTEM
from services.deadlines.desk_calendar import desk_zone
from services.procedures.of_complaint import parsed, procedure_of
from services.unit_of_work import UnitOfWork, reading
from services.workflow import people
from services.workflow.escalation import somebody
from services.workflow.remedies import SETTLED
from services.workflow.steps import tell

log = logging.getLogger("desk.measures")


@dataclass
class Reminded:
    """What one round did; ids in `failed` are tried again by the next."""

    due: int = 0
    overdue: int = 0
    checks: int = 0
    failed: list[int] = field(default_factory=list)


def remind_all(session: Session, now: datetime | None = None) -> Reminded:
    """Send every reminder that is due at `now`, each in a transaction of its own."""
    now = now or datetime.now(UTC)
    report = Reminded()
    for measure_id in _waiting(session, now):
        try:
            with UnitOfWork(session, SYSTEM, now) as work:
                remind_of_measure(work, measure_id, report)
        except Exception as error:
            # The text of an exception may carry personal data; the log gets its kind only.
            log.error("measure %s: %s", measure_id, type(error).__name__)
            report.failed.append(measure_id)
    return report


def _waiting(session: Session, now: datetime) -> list[int]:
    """Ids of the measures somebody has to be told of now. A plain read: most minutes there are none."""
    with reading(session, SYSTEM):
        today = now.astimezone(desk_zone(session)).date()
        days = _days_before(session)
        ahead = today + timedelta(days=max(days.values(), default=0))
        planned = Measure.status == MeasureStatus.PLANNED
        query = (
            sa.select(Measure.id, Measure.status, Measure.due_on, Complaint.procedure_version_id)
            .outerjoin(Complaint, Complaint.id == Measure.complaint_id)
            .where(
                sa.or_(
                    sa.and_(planned, Measure.due_on < today, Measure.overdue_told_at.is_(None)),
                    sa.and_(planned, Measure.due_on.between(today, ahead), Measure.reminded_at.is_(None)),
                    sa.and_(
                        Measure.status.in_(SETTLED),
                        Measure.check_on <= today,
                        Measure.checked_at.is_(None),
                        Measure.check_told_at.is_(None),
                    ),
                )
            )
            .order_by(Measure.id)
        )
        return [
            row.id
            for row in session.execute(query)
            if row.status is not MeasureStatus.PLANNED
            or row.due_on <= today + timedelta(days=days.get(row.procedure_version_id, -1))
        ]


def _days_before(session: Session) -> dict[int, int]:
    """How many days ahead each published version reminds; one that says nothing reminds nobody ahead."""
    found = {}
    for version in session.scalars(sa.select(ProcedureVersion)):
        rule = parsed(version).measures.reminders
        if rule is not None:
            found[version.id] = rule.days_before
    return found


def remind_of_measure(work: UnitOfWork, measure_id: int, report: Reminded | None = None) -> Reminded:
    """Tell of one measure whatever is due by now, and note that it was told."""
    report = report or Reminded()
    measure = work.session.scalars(
        sa.select(Measure)
        .where(Measure.id == measure_id)
        .with_for_update(of=Measure)
        .execution_options(populate_existing=True)
    ).one()
    complaint = work.session.get(Complaint, measure.complaint_id) if measure.complaint_id else None
    today = work.now.astimezone(desk_zone(work.session)).date()
    if measure.status is MeasureStatus.PLANNED and measure.due_on is not None:
        if measure.due_on < today:
            if measure.overdue_told_at is None:
                measure.overdue_told_at = work.now
                _tell(work, measure, complaint, "measure.overdue", measure.due_on)
                report.overdue += 1
        elif measure.reminded_at is None and _is_soon(work, complaint, measure.due_on, today):
            measure.reminded_at = work.now
            _tell(work, measure, complaint, "measure.due", measure.due_on)
            report.due += 1
    if _check_is_due(measure, today):
        measure.check_told_at = work.now
        _tell_of_check(work, measure, complaint)
        report.checks += 1
    return report


def _is_soon(work: UnitOfWork, complaint: Complaint | None, due_on: date, today: date) -> bool:
    rule = procedure_of(work.session, complaint).measures.reminders if complaint else None
    return rule is not None and due_on <= today + timedelta(days=rule.days_before)


def _check_is_due(measure: Measure, today: date) -> bool:
    return (
        measure.status in SETTLED
        and measure.check_on is not None
        and measure.check_on <= today
        and measure.checked_at is None
        and measure.check_told_at is None
    )


def _tell(work: UnitOfWork, measure: Measure, complaint: Complaint | None, topic: str, day: date) -> None:
    """The owner; without one the handler of the case, or who must not miss it."""
    if complaint is not None:
        found = [measure.owner_id or complaint.handler_id]
        told = people.only_named(work.session, complaint, found)
        tell(work, complaint, somebody(work.session, complaint, told), topic, day=day)
    elif measure.owner_id is not None:
        message = OutboxMessage(
            recipient_id=measure.owner_id,
            topic=topic,
            payload={"by": work.actor.name, "day": day.isoformat()},
            next_attempt_at=work.now,
        )
        work.session.add(message)


def _tell_of_check(work: UnitOfWork, measure: Measure, complaint: Complaint | None) -> None:
    """Those who check: head of the department and head of quality, never the owner."""
    if complaint is None:
        return
    roles = (RoleName.DEPARTMENT_HEAD, RoleName.HEAD_OF_QUALITY)
    found = [p for p in people.of_roles(work.session, complaint, roles) if p != measure.owner_id]
    tell(work, complaint, somebody(work.session, complaint, found), "measure.check")
