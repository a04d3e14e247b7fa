"""Measures that a step of the case brings with it: tasks out of an approved opinion, checks of effect after closing."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import sqlalchemy as sa

from models import Complaint, Measure
from models.enums import EventKind, MeasureStatus
from services.access.scope import unscoped
from services.deadlines.desk_calendar import desk_zone
from services.procedures.schema import Procedure
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.remedies import SETTLED
from services.workflow.steps import tell, write_event


def today(work: UnitOfWork) -> date:
    """The local day of this unit of work."""
    return work.now.astimezone(desk_zone(work.session)).date()


def create_tasks(work: UnitOfWork, complaint: Complaint, procedure: Procedure) -> list[Measure]:
    """The measures that the procedure makes out of an approved opinion (R08-11); one still planned is not doubled."""
    planned = set(
        work.session.scalars(
            sa.select(Measure.kind).where(
                Measure.complaint_id == complaint.id, Measure.status == MeasureStatus.PLANNED
            )
        )
    )
    made = []
    for task in procedure.measures.on_approval:
        if task.kind in planned:
            continue
        measure = Measure(
            complaint_id=complaint.id,
            kind=task.kind,
            status=MeasureStatus.PLANNED,
            text=task.names.zh,
            owner_id=complaint.handler_id,
            department_id=complaint.department_id,
            due_on=today(work) + timedelta(days=task.days),
        )
        work.session.add(measure)
        save(work, measure)
        record_change(work, "create", measure)
        write_event(
            work,
            complaint,
            EventKind.MEASURE_RECORDED,
            text=measure.text,
            clause=", ".join(task.clause) or None,
            done="planned",
        )
        tell(work, complaint, [measure.owner_id], "measure.planned", text=measure.text)
        made.append(measure)
    return made


def plan_effect_checks(work: UnitOfWork, complaint: Complaint, procedure: Procedure) -> None:
    """A day for the check of each measure carried out, where the procedure wants one and none is set (R10-11)."""
    rule = procedure.measures.effect_check
    if rule is None:
        return
    with unscoped(work.session, "every measure carried out gets its check, also one the closer may not read"):
        query = sa.select(Measure).where(
            Measure.complaint_id == complaint.id,
            Measure.status.in_(SETTLED),
            Measure.check_on.is_(None),
            Measure.none_due_reason.is_(None),
        )
        for measure in work.session.scalars(query):
            measure.check_on = months_later(today(work), rule.months)
        work.session.flush()


def months_later(day: date, months: int) -> date:
    """The corresponding day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
