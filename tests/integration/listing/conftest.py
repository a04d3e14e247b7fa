"""Complaints of two departments, written straight into the tables: lists read, they decide nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Complaint, ComplaintVisibility, ProcedureVersion, User
from models.enums import Channel, State
from services.actor import SYSTEM, Actor
from tests.factories import House, actor_of, create_house

START = datetime(2026, 1, 1, tzinfo=UTC)
Put = Callable[..., Complaint]


@pytest.fixture
def house(session: Session) -> House:
    session.info["actor"] = SYSTEM
    made = create_house(session)
    session.commit()
    return made


@pytest.fixture
def put(session: Session, house: House) -> Put:
    """`put(7, department=house.ward, state=…)`: complaint number 7 of that department, seen by it and by "*"."""
    procedure = session.query(ProcedureVersion).one().id

    def put(number: int, department: Any = None, *, only: str | None = None, **values: Any) -> Complaint:
        department = department or house.ward
        session.info["actor"] = SYSTEM
        complaint = Complaint(
            **{
                "number": f"TS-{number:05d}",
                "state": State.REGISTERED,
                "summary": f"候诊太久 {number}",
                "content": "候诊区噪音很大。",
                "received_at": START + timedelta(hours=number),
                "channel": Channel.HOTLINE,
                "procedure_version_id": procedure,
                "department_id": department.id,
                **values,
            }
        )
        session.add(complaint)
        session.flush()
        audiences = [only] if only else [f"d{department.id}", "*"]
        orders = {"received_at": complaint.received_at, "due_at": complaint.due_at}
        session.add_all(
            ComplaintVisibility(complaint_id=complaint.id, audience=each, **orders) for each in audiences
        )
        session.commit()
        return complaint

    return put


@pytest.fixture
def acts(session: Session) -> Callable[[User], Actor]:
    """`acts(user)`: from now on the session works for this person; returns the actor."""

    def acts(user: User) -> Actor:
        session.info["actor"] = SYSTEM
        actor = actor_of(session, session.get_one(User, user.id))
        session.rollback()
        session.info["actor"] = actor
        return actor

    return acts
