"""Acknowledging: what the complainant was told stops the clock that waits for it, and changes no state."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Acknowledgement, Complaint, User
from models.enums import Channel, ClockState, EventKind, RoleName, State
from services.errors import Invalid, NotFound, NotPermitted
from services.operations.acknowledge import acknowledge
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.acknowledging import Draft
from tests.factories import NOW, House, create_complaint, create_house
from tests.integration.operations.looking import actor_of, clocks, last_event, rows

COMPANY, BY_CHAPTERS = "company-24h-3d-7d", "enterprise-chapters"


def draft_of(session: Session, user: User, complaint: Complaint) -> Draft:
    session.info["actor"] = actor_of(session, user)
    return Draft(session, complaint, procedure_of(session, complaint), NOW)


def registered(session: Session, procedure: str, stage: str) -> tuple[House, Complaint]:
    house = create_house(session, procedure)
    session.commit()
    return house, create_complaint(session, house, stage)


def told(session: Session, house: House, complaint: Complaint, **given: Any) -> Complaint:
    office = actor_of(session, house[RoleName.FIRST_RECEIVER])
    with UnitOfWork(session, office, NOW) as work:
        return acknowledge(work, complaint.public_id, **{"channel": Channel.HOTLINE, **given})


def refused(session: Session, house: House, complaint: Complaint, **given: Any) -> set[str]:
    with pytest.raises(Invalid) as fault:
        told(session, house, complaint, **given)
    session.rollback()
    return set(fault.value.fields)


@pytest.mark.clause("R11-05")
def test_the_first_answer_stops_the_24_hours_and_keeps_what_was_said(session: Session) -> None:
    house, complaint = registered(session, COMPANY, "accepted")
    run = clocks(session, complaint)["first_reply", 1]
    assert (run.state, run.due_at - run.started_at) == (ClockState.RUNNING, timedelta(hours=24))
    draft = draft_of(session, house[RoleName.FIRST_RECEIVER], complaint)
    ready, estimated = draft.text("zh"), draft.estimated_completion
    # The last day of the limit for the decision: seven working days after acceptance.
    assert estimated is not None and estimated == clocks(session, complaint)["decide", 1].due_on
    assert f"预计完成日期：{estimated.year}年{estimated.month}月{estimated.day}日" in ready
    assert estimated.isoformat() in draft.text("en")
    # Without the date, with another date than the text says, or without the steps it is no acknowledgement.
    assert refused(session, house, complaint, text=ready) == {"estimated_completion"}
    later = estimated + timedelta(days=1)
    assert refused(session, house, complaint, text=ready, estimated_completion=later) == {"text"}
    short = f"已受理，{estimated.isoformat()}前答复。"
    assert refused(session, house, complaint, text=short, estimated_completion=estimated) == {"text"}
    assert complaint.acknowledged_at is None

    assert told(session, house, complaint, text=ready, estimated_completion=estimated).state is State.ACCEPTED
    assert clocks(session, complaint)["first_reply", 1].state is ClockState.MET
    (row,) = rows(session, Acknowledgement, complaint)
    assert (row.estimated_completion, row.text, row.signed_at) == (estimated, ready, None)
    event = last_event(session, complaint)
    assert (event.event, event.data["channel"]) == (EventKind.ACKNOWLEDGE, "hotline")
    assert event.data["estimated_completion"] == estimated.isoformat()


@pytest.mark.clause("R07-08")
def test_each_complaint_is_signed_for_and_its_steps_and_dates_are_told(session: Session) -> None:
    house, complaint = registered(session, BY_CHAPTERS, "registered")
    run = clocks(session, complaint)["acknowledge", 1]
    assert (run.state, run.due_at - run.started_at) == (ClockState.RUNNING, timedelta(hours=24))
    draft = draft_of(session, house[RoleName.FIRST_RECEIVER], complaint)
    assert [str(stage.name) for stage in draft.steps][:2] == ["Acceptance", "Handling"]
    # The text sets no further limit: what the receiver agrees on stands for the due dates.
    day = date(2026, 4, 1)
    whole = f"{draft.text('zh')}\n预计完成日期：2026年4月1日。"
    wanted: dict[str, Any] = {"text": whole, "estimated_completion": day, "signed": True}
    assert refused(session, house, complaint, **wanted | {"signed": False}) == {"signed"}
    assert refused(session, house, complaint, **wanted | {"estimated_completion": None}) == {
        "estimated_completion"
    }
    no_steps = wanted | {"text": "已收到，2026年4月1日前答复。"}
    assert refused(session, house, complaint, **no_steps) == {"text"}

    told(session, house, complaint, **wanted)
    assert clocks(session, complaint)["acknowledge", 1].state is ClockState.MET
    (row,) = rows(session, Acknowledgement, complaint)
    assert (row.signed_by_id, row.signed_at) == (house[RoleName.FIRST_RECEIVER].id, NOW)


def test_due_dates_asked_for_are_told_with_forecasts_of_clocks_that_have_not_begun(session: Session) -> None:
    house, complaint = registered(session, COMPANY, "registered")
    draft = draft_of(session, house[RoleName.FIRST_RECEIVER], complaint)
    assert [(each.clock.code, each.is_forecast) for each in draft.due_dates] == [
        ("investigate", True),
        ("decide", True),
    ]
    assert draft.text("zh").count("（预计）") == 2


def test_faults_strangers_and_other_roles(session: Session) -> None:
    house = create_house(session)
    session.commit()
    complaint = create_complaint(session, house, "in_work")
    faults: tuple[tuple[dict[str, Any], str], ...] = (
        ({"text": " "}, "text"),
        ({"text": "已收到", "channel": None}, "channel"),
        ({"text": "已收到", "language": "fr"}, "language"),
        (
            {"text": "已收到，2020-01-01前答复", "estimated_completion": date(2020, 1, 1)},
            "estimated_completion",
        ),
    )
    for given, field in faults:
        assert refused(session, house, complaint, **given) == {field}
    assert house.outsider is not None
    for user, refusal in ((house.outsider, NotFound), (house[RoleName.LEADER], NotPermitted)):
        with pytest.raises(refusal), UnitOfWork(session, actor_of(session, user)) as work:
            acknowledge(work, complaint.public_id, text="已收到", channel=Channel.EMAIL)
    assert session.get_one(Complaint, complaint.id).acknowledged_at is None
