"""What tests of accidents share: reporting one, changing it, looking at its clocks and at what is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, AccidentReport, ClockRun, User
from models.accident_enums import AccidentScope, ReportKind
from models.enums import AccidentGrade, ClockState, RoleName
from services.actor import SYSTEM
from services.operations.close_accident import what_is_missing
from services.operations.edit_accident import edit_accident
from services.operations.report_accident import report_accident
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, House, actor_of
from tests.factories.documents import put_accident_documents

R = RoleName
G = AccidentGrade
K = ReportKind
HOUR = timedelta(hours=1)


def do(session: Session, user: User, operation: Callable[..., Any], *args: Any, **form: Any) -> Any:
    """One operation by this person; the moment is `now` of the form."""
    now: datetime = form.pop("now", NOW)
    with UnitOfWork(session, actor_of(session, user, now), now) as work:
        return operation(work, *args, **form)


def report(session: Session, house: House, *, now: datetime = NOW, **typed: Any) -> Accident:
    """An accident of the ward, reported by its handler."""
    told_at = typed.pop("quality_told_at", None)
    scope = (
        AccidentScope.NONCONFORMING_PRODUCT
        if house.organisation.procedure_code == "medical-device-store"
        else AccidentScope.WRONG_DISPATCH
    )
    values = {
        "title": "血压计整批读数偏差",
        "scope": scope,
        "happened_at": now - timedelta(minutes=30),
        "department_id": house.ward.id,
        "facts": "售出的一批血压计读数偏高。",
    }
    made = do(
        session, house[R.HANDLER], report_accident, values=values | typed, now=now, quality_told_at=told_at
    )
    session.info["actor"] = SYSTEM
    put_accident_documents(session, house, made.id, now=now)
    return session.get_one(Accident, made.id)


def change(session: Session, house: House, accident: Accident, **typed: Any) -> Accident:
    do(session, house[R.HANDLER], edit_accident, accident.id, None, values=typed, complaint_id=None)
    session.info["actor"] = SYSTEM
    return session.get_one(Accident, accident.id, populate_existing=True)


def running(session: Session, accident: Accident) -> dict[str, datetime]:
    """Due moments of the time limits that run, by code."""
    session.info["actor"] = SYSTEM
    runs = session.scalars(
        sa.select(ClockRun)
        .where(ClockRun.accident_id == accident.id, ClockRun.state == ClockState.RUNNING)
        .execution_options(populate_existing=True)
    )
    return {run.code: run.due_at for run in runs}


def states(session: Session, accident: Accident) -> dict[str, ClockState]:
    session.info["actor"] = SYSTEM
    query = sa.select(ClockRun).where(ClockRun.accident_id == accident.id)
    return {r.code: r.state for r in session.scalars(query.execution_options(populate_existing=True))}


def reports(session: Session, accident: Accident) -> list[AccidentReport]:
    session.info["actor"] = SYSTEM
    query = sa.select(AccidentReport).where(AccidentReport.accident_id == accident.id)
    return list(session.scalars(query.order_by(AccidentReport.id)))


def missing(session: Session, accident: Accident) -> set[str]:
    session.info["actor"] = SYSTEM
    fresh = session.get_one(Accident, accident.id, populate_existing=True)
    return {reason.code for reason in what_is_missing(session, fresh)}
