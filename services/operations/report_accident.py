"""Reporting a quality accident, alone or out of a complaint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Accident, Complaint
from models.enums import AccidentStatus, EventKind
from models.labels import _l
from services.access.permissions import Permission
from services.deadlines import clocks
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.vocabulary import ClockEvent
from services.records import grant_for_record, put_values, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.numbers import take_number
from services.workflow.steps import write_event
from services.workflow.typed import not_in_future, open_department

PREFIX = "SG"


def report_accident(
    work: UnitOfWork, *, values: Mapping[str, Any], complaint_id: int | None = None
) -> Accident:
    """The reported accident with its number; the procedure's accident clocks run from now on.

    NotPermitted without ACCIDENT_WRITE for its department, Invalid for a moment that lies ahead.
    """
    complaint = None
    if complaint_id is not None:
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.id == complaint_id)).first()
        if complaint is None:
            raise Invalid({"complaint_id": _l("Pick one of the records offered.")})
    not_in_future(work, values.get("happened_at"), "happened_at")
    open_department(work, values.get("department_id"), "department_id")
    accident = Accident(
        complaint_id=complaint.id if complaint else None,
        status=AccidentStatus.REPORTED,
        reported_at=work.now,
        reported_by_id=work.actor.user_id,
    )
    put_values(accident, values)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    year = work.now.astimezone(desk_zone(work.session)).year
    confidential = complaint is not None and complaint.is_confidential
    accident.number = take_number(work.session, PREFIX, year, confidential=confidential)
    work.session.add(accident)
    save(work, accident)
    _start_clocks(work, accident)
    record_change(work, "report", accident, grant=grant)
    if complaint is not None:
        write_event(
            work,
            complaint,
            EventKind.ACCIDENT_LINKED,
            text=accident.title,
            grant=grant,
            accident=accident.number,
        )
    return accident


def _start_clocks(work: UnitOfWork, accident: Accident) -> None:
    version = current_version(work.session)
    if version is None:
        return
    procedure = parsed(version)
    clocks.start_clocks(
        work, accident, ClockEvent.ACCIDENT_HAPPENED, accident.happened_at, procedure=procedure
    )
    clocks.stop_clocks(work, accident, ClockEvent.ACCIDENT_REPORTED, work.now)
    clocks.start_clocks(work, accident, ClockEvent.ACCIDENT_REPORTED, work.now, procedure=procedure)
