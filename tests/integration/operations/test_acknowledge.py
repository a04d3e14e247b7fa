"""Acknowledging: what the complainant was told stops the clock that waits for it, and changes no state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Complaint
from models.enums import Channel, ClockState, EventKind, RoleName, State
from services.errors import Invalid, NotFound, NotPermitted
from services.operations.acknowledge import acknowledge
from services.unit_of_work import UnitOfWork
from tests.factories import create_complaint, create_house
from tests.integration.operations.looking import actor_of, clocks, last_event

COMPANY = "company-24h-3d-7d"


@pytest.mark.clause("R11-05", "R07-08")
def test_the_first_answer_stops_the_24_hours_and_keeps_what_was_said(session: Session) -> None:
    house = create_house(session, COMPANY)
    session.commit()
    complaint = create_complaint(session, house, "accepted")
    run = clocks(session, complaint)["first_reply", 1]
    assert (run.state, run.due_at - run.started_at) == (ClockState.RUNNING, timedelta(hours=24))
    office = actor_of(session, house[RoleName.FIRST_RECEIVER])
    with UnitOfWork(session, office, run.started_at + timedelta(hours=3)) as work:
        told = acknowledge(
            work,
            complaint.public_id,
            complaint.version,
            text="已受理，三个工作日内完成调查，七个工作日内答复。",
            channel=Channel.HOTLINE,
            expected_on=(work.now + timedelta(days=9)).date(),
        )
        assert told.state is State.ACCEPTED
    assert clocks(session, complaint)["first_reply", 1].state is ClockState.MET
    assert complaint.acknowledged_at is not None
    event = last_event(session, complaint)
    assert (event.event, event.data["channel"]) == (EventKind.ACKNOWLEDGE, "hotline")
    assert event.text is not None and event.text.startswith("已受理")


def test_faults_strangers_and_other_roles(session: Session) -> None:
    house = create_house(session)
    session.commit()
    complaint = create_complaint(session, house, "in_work")
    office = actor_of(session, house[RoleName.FIRST_RECEIVER])
    faults: tuple[tuple[dict[str, Any], str], ...] = (
        ({"text": " ", "channel": Channel.EMAIL}, "text"),
        ({"text": "已收到", "channel": None}, "channel"),
    )
    for given, field in faults:
        with pytest.raises(Invalid) as fault, UnitOfWork(session, office) as work:
            acknowledge(work, complaint.public_id, **given)
        assert field in fault.value.fields
    assert house.outsider is not None
    for user, refusal in ((house.outsider, NotFound), (house[RoleName.LEADER], NotPermitted)):
        with pytest.raises(refusal), UnitOfWork(session, actor_of(session, user)) as work:
            acknowledge(work, complaint.public_id, text="已收到", channel=Channel.EMAIL)
    assert session.get_one(Complaint, complaint.id).acknowledged_at is None
