"""Reporting a quality accident, alone or out of a complaint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from models import Accident, Complaint
from models.enums import AccidentStatus, EventKind
from models.labels import _l
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid
from services.procedures.published import current_version
from services.records import grant_for_record, put_values, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow import accidents
from services.workflow.numbers import take_number
from services.workflow.steps import write_event
from services.workflow.typed import not_in_future, open_department

PREFIX = "SG"


def report_accident(
    work: UnitOfWork,
    *,
    values: Mapping[str, Any],
    complaint_id: int | None = None,
    quality_told_at: datetime | None = None,
) -> Accident:
    """The reported accident with its number and the grade that the facts give; its time limits run from now on.

    Quality management is told at once (R09-04); `quality_told_at` says that somebody told it earlier by another way.
    NotPermitted without ACCIDENT_WRITE for its department, Invalid for a moment that lies ahead or a kind of accident
    that the procedure does not count.
    """
    complaint = None
    if complaint_id is not None:
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.id == complaint_id)).first()
        if complaint is None:
            raise Invalid({"complaint_id": _l("Pick one of the records offered.")})
    not_in_future(work, values.get("happened_at"), "happened_at")
    not_in_future(work, quality_told_at, "quality_told_at")
    open_department(work, values.get("department_id"), "department_id")
    version = current_version(work.session)
    accident = Accident(
        complaint_id=complaint.id if complaint else None,
        procedure_version_id=version.id if version else None,
        status=AccidentStatus.REPORTED,
        reported_at=work.now,
        reported_by_id=work.actor.user_id,
    )
    put_values(accident, accidents.typed_values(work.session, accident, values))
    accidents.check_scope(work, accident)
    accidents.put_grade(work, accident)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    year = work.now.astimezone(desk_zone(work.session)).year
    confidential = complaint is not None and complaint.is_confidential
    accident.number = take_number(work.session, PREFIX, year, confidential=confidential)
    work.session.add(accident)
    save(work, accident)
    accidents.renew_clocks(work, accident)
    _tell_quality(work, accident, complaint, quality_told_at)
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


def _tell_quality(
    work: UnitOfWork, accident: Accident, complaint: Complaint | None, told_at: datetime | None
) -> None:
    """The desk's message is itself the report where the procedure has the desk make it."""
    told = accidents.tell_quality(work, accident, complaint)
    scheme = accidents.scheme_of(work.session, accident)
    for duty in scheme.reports if scheme else ():
        if duty.by_desk and (told or told_at):
            for recipient in duty.recipients:
                accidents.add_report(work, accident, duty.kind, recipient, told_at or work.now)
