"""Changing the record of an accident: what is known of it, its grade, the complaint it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Accident, Complaint
from models.enums import AccidentStatus, EventKind
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid
from services.records import grant_for_record, load_record, put_values, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow import accidents
from services.workflow.steps import write_event
from services.workflow.typed import not_in_future


def edit_accident(
    work: UnitOfWork,
    accident_id: int,
    version: int | None,
    *,
    values: Mapping[str, Any],
    complaint_id: int | None,
) -> Accident:
    """The changed accident, graded and timed by the facts as they stand now.

    Refused once it is closed, or when it is taken off a complaint it was linked to.
    """
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    accidents.require_open_accident(accident)
    earlier, linked = audit.values_of(accident), None
    if complaint_id != accident.complaint_id:
        linked = _complaint(work, accident, complaint_id)
        accident.complaint_id = linked.id
    put_values(accident, accidents.typed_values(work.session, accident, values))
    not_in_future(work, accident.happened_at, "happened_at")
    accidents.check_scope(work, accident)
    accidents.put_grade(work, accident)
    if accident.cause and accident.status is AccidentStatus.REPORTED:
        accident.status = AccidentStatus.HANDLED  # the cause is known: from here on it is about the measures
    save(work, accident)
    accidents.renew_clocks(work, accident)
    record_change(work, "edit", accident, earlier, grant=grant)
    if linked is not None:
        write_event(
            work,
            linked,
            EventKind.ACCIDENT_LINKED,
            text=accident.title,
            grant=grant,
            accident=accident.number,
        )
    return accident


def _complaint(work: UnitOfWork, accident: Accident, complaint_id: int | None) -> Complaint:
    found = work.session.scalars(sa.select(Complaint).where(Complaint.id == complaint_id)).first()
    if accident.complaint_id is not None or found is None:
        raise Invalid({"complaint_id": _l("An accident stays with the complaint it was linked to.")})
    return found
