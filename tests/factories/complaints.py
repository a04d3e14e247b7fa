"""Complaints written straight into the tables, with the visibility rows that an operation would have written."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, NamedPerson, ProcedureVersion, User
from models.enums import Channel, RoleName, State
from services.access.scope import unscoped
from services.access.visibility import refresh_visibility
from tests.factories.organisation import House

_numbers = count(1)


def create_complaint(
    session: Session, house: House, state: State = State.IN_WORK, **values: Any
) -> Complaint:
    """A complaint of the ward, in work with its handler, unless `values` say otherwise."""
    given = {
        "number": f"TS-2026-{next(_numbers):06d}",
        "state": state,
        "summary": "候诊时间过长",
        "content": "上午九点挂号,下午两点才看上病。",
        "channel": Channel.HOTLINE,
        "received_at": datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
        "procedure_version_id": session.scalars(sa.select(ProcedureVersion.id)).first(),
        "first_receiver_id": house[RoleName.FIRST_RECEIVER].id,
        "receiving_department_id": house.office.id,
        "department_id": house.ward.id,
        "handler_id": house[RoleName.HANDLER].id,
        "responsible_id": house[RoleName.HANDLER].id,
    }
    complaint = Complaint(**{**given, **values})
    with unscoped(session, "writing test data"):
        session.add(complaint)
        session.flush()
        refresh_visibility(session, complaint)
    return complaint


def make_confidential(session: Session, complaint: Complaint, *named: User) -> Complaint:
    """Only `named` know of it from now on."""
    with unscoped(session, "writing test data"):
        complaint.is_confidential = True
        complaint.number = complaint.number.replace("TS-", "TSM-")
        for person in named:
            session.add(NamedPerson(complaint_id=complaint.id, user_id=person.id))
        session.flush()
        refresh_visibility(session, complaint)
    return complaint
