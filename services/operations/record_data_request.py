"""Taking down that somebody asks for a copy, a correction, a supplement or the erasure of their data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from models import Complaint, DataRequest, DataRequestCase, Party
from models.labels import _l
from models.privacy_requests import DataRequestStatus
from services.access.permissions import Permission
from services.archives.data_requests import ANSWER_WITHIN_DAYS
from services.archives.retention import today_of
from services.errors import Invalid, NotPermitted, Text
from services.records import put_values, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.numbers import take_number

SERIES = "GR"
"""Prefix of their numbers (个人信息)."""


def record_data_request(
    work: UnitOfWork, values: Mapping[str, Any], complaint_numbers: Collection[str]
) -> DataRequest:
    """The open request with its number and the day by which it has to be answered.

    Invalid for a complaint that is out of scope or that no party of this name stands on.
    """
    grant = work.actor.grant_for(Permission.DATA_REQUEST_WRITE)
    if grant is None:
        raise NotPermitted
    cases = _cases(work, complaint_numbers)
    _check(work, values, cases)
    request = DataRequest(
        number=take_number(work.session, SERIES, today_of(work.session, work.now).year),
        status=DataRequestStatus.OPEN,
        due_on=today_of(work.session, values["received_at"]) + timedelta(days=ANSWER_WITHIN_DAYS),
        recorded_by_id=work.actor.user_id,
    )
    request.cases = [DataRequestCase(complaint_id=case.id) for case in cases]
    with work.session.no_autoflush:
        put_values(request, values)
    work.session.add(request)
    save(work, request)
    record_change(work, "create", request, grant=grant)
    return request


def _cases(work: UnitOfWork, numbers: Collection[str]) -> list[Complaint]:
    wanted = list(dict.fromkeys(number.strip() for number in numbers if number.strip()))
    if not wanted:
        raise Invalid({"complaints": _l("Give the numbers of the complaints.")})
    query = sa.select(Complaint).where(Complaint.number.in_(wanted)).order_by(Complaint.id)
    found = list(work.session.scalars(query))
    missing = [number for number in wanted if number not in {case.number for case in found}]
    if missing:
        message = _l("There is no complaint %(numbers)s.", numbers=", ".join(missing))
        raise Invalid({"complaints": message})
    return found


def _check(work: UnitOfWork, values: Mapping[str, Any], cases: list[Complaint]) -> None:
    faults: dict[str, Text] = {}
    if values["received_at"] > work.now:
        faults["received_at"] = _l("It can't have been received in the future.")
    subject = (values.get("subject") or "").strip()
    for case in cases:
        stands = sa.select(Party.id).where(Party.complaint_id == case.id, Party.name == subject)
        if case.destroyed_at is None and work.session.scalar(stands.limit(1)) is None:
            faults["subject"] = _l("No party of this name stands on %(number)s.", number=case.number)
    if faults:
        raise Invalid(faults)
