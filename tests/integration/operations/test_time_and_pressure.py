"""Pausing, extending, supervising, urging, escalating, correcting: what moves a due date and what never does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import Complaint, Extension, Supervision
from models.enums import Channel, EventKind, PauseReason, RoleName
from services.errors import Invalid, Refused
from tests.factories import NOW, House, create_complaint, extendable_clock, take
from tests.integration.operations.looking import clocks, last_audit, last_event, rows, told, values

E = EventKind
R = RoleName


@pytest.fixture
def running(session: Session, house: House) -> Complaint:
    return create_complaint(session, house, "in_work")


@pytest.mark.clause("R01-16")
def test_thirty_days_in_all_and_no_more(session: Session, house: House, running: Complaint) -> None:
    due = values(session, running)["due_at"]
    take(session, house, running, E.REQUEST_EXTENSION, R.HANDLER, amount=20)
    assert values(session, running)["due_at"] == due, "asking moves nothing"
    assert told(session, running, "extension.requested") == {house[R.LEADER].id}
    take(session, house, running, E.EXTEND, R.LEADER, amount=20)
    with pytest.raises(Invalid):
        take(session, house, running, E.EXTEND, R.LEADER, amount=11)
    with pytest.raises(Refused) as caught:
        take(session, house, running, E.EXTEND, R.HEAD_OF_QUALITY, amount=10)
    assert [reason.code for reason in caught.value.reasons] == ["not_the_post"]
    take(session, house, running, E.EXTEND, R.LEADER, amount=10)
    run = clocks(session, running)["close", 1]
    assert (run.extended_by, run.original_due_at) == (30, due)
    assert run.due_at == values(session, running)["due_at"] == due + timedelta(days=30)
    assert [row.status.value for row in rows(session, Extension, running)] == ["granted", "granted"]
    assert all(row.told_how == "电话告知" for row in rows(session, Extension, running))
    assert told(session, running, "extension.decided") == {house[R.HANDLER].id}


def test_no_extension_once_it_is_over(session: Session, house: House, running: Complaint) -> None:
    late = clocks(session, running)["close", 1].due_at + timedelta(days=1)
    with pytest.raises(Refused) as caught:
        take(session, house, running, E.EXTEND, R.LEADER, now=late)
    assert [reason.code for reason in caught.value.reasons] == ["already_over"]


def test_a_stopped_time_limit_is_not_extended(session: Session, house: House, running: Complaint) -> None:
    clock = extendable_clock(session, running.public_id)
    take(session, house, running, E.REFER, R.FIRST_RECEIVER)
    take(session, house, running, E.REOPEN, R.LEADER)
    take(session, house, running, E.SUPERVISE, R.LEADER)
    with pytest.raises(Invalid) as caught:
        take(session, house, running, E.REQUEST_EXTENSION, R.HANDLER, clock=clock)
    assert set(caught.value.fields) == {"clock"}


def test_time_stands_still_only_for_the_listed_reasons(
    session: Session, house: House, running: Complaint
) -> None:
    due = values(session, running)["due_at"]
    with pytest.raises(Refused) as caught:
        take(session, house, running, E.PAUSE, R.LEADER, reason=PauseReason.TEST)
    assert [reason.code for reason in caught.value.reasons] == ["no_clock_to_pause"]
    take(session, house, running, E.PAUSE, R.DEPARTMENT_HEAD)
    assert values(session, running)["due_at"] is None
    for event, role in ((E.NOTE, R.HANDLER), (E.ESCALATE, R.HANDLER), (E.CORRECT, R.HANDLER)):
        take(session, house, running, event, role)
    assert clocks(session, running)["close", 1].state.value == "paused"
    take(session, house, running, E.RESUME, R.HANDLER, now=NOW + timedelta(days=7))
    assert values(session, running)["due_at"] > due


@pytest.mark.clause("R01-08")
def test_a_supervision_order_is_on_record(session: Session, house: House, running: Complaint) -> None:
    due = values(session, running)["due_at"]
    with pytest.raises(Invalid):
        take(session, house, running, E.SUPERVISE, R.LEADER, due_at=NOW)
    take(session, house, running, E.SUPERVISE, R.LEADER, due_at=NOW + timedelta(days=3))
    [order] = rows(session, Supervision, running)
    assert (order.ordered_by_id, order.demand, order.ended_at) == (
        house[R.LEADER].id,
        "三日内报告进展。",
        None,
    )
    assert told(session, running, "supervised") == {house[R.HANDLER].id, house[R.DEPARTMENT_HEAD].id}
    assert values(session, running)["supervised_at"] == NOW
    assert values(session, running)["due_at"] == due


@pytest.mark.clause("R06-05")
def test_escalation_goes_up_and_touches_no_clock(session: Session, house: House, running: Complaint) -> None:
    before = {key: (run.due_at, run.state) for key, run in clocks(session, running).items()}
    expected = [
        ("department_head", house[R.DEPARTMENT_HEAD].id),
        ("leader", house[R.LEADER].id),
        ("general_manager", house[R.LEADER].id),
    ]
    for level, person in expected:
        take(session, house, running, E.ESCALATE, R.HANDLER)
        assert last_event(session, running).data["level"] == level
        assert person in told(session, running, "escalated")
    assert {key: (run.due_at, run.state) for key, run in clocks(session, running).items()} == before


def test_escalation_passes_over_a_head_who_left(session: Session, house: House, running: Complaint) -> None:
    house[R.DEPARTMENT_HEAD].is_active = False
    session.commit()
    take(session, house, running, E.ESCALATE, R.HANDLER)
    assert last_event(session, running).data["level"] == "leader"
    assert told(session, running, "escalated") == {house[R.LEADER].id}


def test_without_a_department_no_foreign_head_is_told(session: Session, house: House) -> None:
    complaint = create_complaint(session, house)
    complaint.receiving_department_id = None
    session.commit()
    take(session, house, complaint, E.ESCALATE, R.FIRST_RECEIVER)
    assert told(session, complaint, "escalated") == {house[R.LEADER].id}


@pytest.mark.clause("R16-05")
def test_a_reminder_reaches_whoever_has_it(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "dispatched")
    take(session, house, complaint, E.URGE, R.LEADER)
    assert told(session, complaint, "urged") == {house[R.FIRST_RECEIVER].id, house[R.HANDLER].id}


def test_a_correction_is_kept_with_old_and_new(session: Session, house: House, running: Complaint) -> None:
    before = values(session, running)
    earlier = NOW - timedelta(days=5)
    corrected = {"place": "门诊三楼", "received_at": earlier}
    take(session, house, running, E.CORRECT, R.HANDLER, values=corrected)
    now = values(session, running)
    assert (now["place"], now["received_at"], now["due_at"]) == ("门诊三楼", earlier, before["due_at"])
    entry = last_audit(session, running)
    assert entry.before == {"place": None, "received_at": before["received_at"].isoformat()}
    assert entry.after == {"place": "门诊三楼", "received_at": earlier.isoformat()}
    version = now["version"]
    take(session, house, running, E.CORRECT, R.HANDLER, values=corrected)
    assert values(session, running)["version"] == version, "nothing changed, nothing written"


@pytest.mark.parametrize(
    "field, value",
    [
        ("state", "closed"),
        ("due_at", NOW),
        ("summary", ""),
        ("summary", "长" * 201),
        ("content", " "),
        ("channel", None),
        ("received_at", NOW + timedelta(days=1)),
        ("passed_on_by", None),
    ],
)
def test_what_no_correction_may_write(
    session: Session, house: House, running: Complaint, field: str, value: object
) -> None:
    typed = {field: value}
    if field == "passed_on_by":
        typed["channel"] = Channel.THIRD_PARTY
    with pytest.raises(Invalid) as caught:
        take(session, house, running, E.CORRECT, R.HANDLER, values=typed)
    assert set(caught.value.fields) == {field}


def test_a_grade_keeps_the_one_before(session: Session, house: House, running: Complaint) -> None:
    take(session, house, running, E.GRADE, R.HANDLER)
    take(session, house, running, E.GRADE, R.LEADER, level="serious", reason="涉及多个科室")
    assert last_event(session, running).data == {"level": "serious", "earlier": "ordinary"}
    assert values(session, running)["grade"] == "serious"
