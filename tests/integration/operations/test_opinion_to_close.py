"""Opinion, approval, reply, follow-up, closing: in this order, by different people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Complaint, FollowUp, Measure, Opinion, Pause, Reply, Supervision
from models.enums import (
    Channel,
    CloseKind,
    EventKind,
    FollowUpResult,
    MeasureKind,
    MeasureStatus,
    RoleName,
    State,
)
from services.errors import Invalid, Refused
from tests.factories import NOW, House, create_complaint, take
from tests.integration.operations.looking import clocks, leads, rows, told, values

E = EventKind
R = RoleName


def codes(caught: Any) -> list[str]:
    return [reason.code for reason in caught.value.reasons]


def test_the_opinion_waits_for_the_leader(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "awaiting_approval")
    now = values(session, complaint)
    assert now["result"] == "情况属实，已整改。"
    assert told(session, complaint, "opinion.submitted") == {house[R.LEADER].id}
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER)
    assert codes(caught) == ["not_approved"]


@pytest.mark.clause("R01-14")
def test_approval_then_written_notice_in_this_order(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "approved")
    [opinion] = rows(session, Opinion, complaint)
    assert (opinion.approved_by_id, opinion.meaning) == (house[R.LEADER].id, "同意处理意见。")
    assert opinion.content_hash
    assert told(session, complaint, "opinion.approved") == {house[R.HANDLER].id}
    with pytest.raises(Invalid) as caught:
        take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, sent_at=NOW - timedelta(minutes=1))
    assert set(caught.value.fields) == {"sent_at"}
    with pytest.raises(Invalid):
        take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, sent_at=NOW + timedelta(minutes=1))
    take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, sent_at=NOW)
    [letter] = rows(session, Reply, complaint)
    assert (letter.sent_at, letter.sent_by_id) == (NOW, house[R.FIRST_RECEIVER].id)
    assert values(session, complaint)["replied_at"] == NOW


def test_approved_once_and_taken_back_by_returning(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "approved")
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.APPROVE, R.LEADER)
    assert codes(caught) == ["approved_already"]
    take(session, house, complaint, E.RETURN_OPINION, R.LEADER)
    [opinion] = rows(session, Opinion, complaint)
    assert (opinion.approved_at, opinion.return_reason) == (None, "请补充调查经过。")
    assert values(session, complaint)["state"] is State.IN_WORK
    take(session, house, complaint, E.SUBMIT_OPINION, R.HANDLER)
    with pytest.raises(Refused):
        take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER)


@pytest.mark.clause("R01-14")
def test_the_notice_is_written(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "approved")
    with pytest.raises(Invalid) as caught:
        take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    assert set(caught.value.fields) == {"channel"}
    take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, channel=Channel.EMAIL)
    assert values(session, complaint)["state"] is State.REPLIED


def test_a_reply_or_a_reason_never_both(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "approved")
    with pytest.raises(Invalid):
        take(session, house, complaint, E.REPLY, R.HANDLER, not_notifiable_reason="查无此人")
    take(
        session,
        house,
        complaint,
        E.REPLY,
        R.HANDLER,
        text=None,
        channel=None,
        not_notifiable_reason="查无此人",
    )
    now = values(session, complaint)
    assert (now["replied_at"], now["not_notifiable_reason"]) == (None, "查无此人")
    take(session, house, complaint, E.CLOSE, R.LEADER)
    assert values(session, complaint)["close_kind"] is CloseKind.NOT_NOTIFIABLE


def test_dissatisfied_means_another_round(session: Session, house: House) -> None:
    """The hospital asks once: answered anew, the case may be closed (R04 asks until satisfied, see test_follow_up)."""
    complaint = create_complaint(session, house, "following_up")
    first = clocks(session, complaint)["close", 1]
    take(
        session,
        house,
        complaint,
        E.FOLLOW_UP,
        R.FIRST_RECEIVER,
        result=FollowUpResult.DISSATISFIED,
        words="仍不满意",
    )
    now = values(session, complaint)
    assert (now["state"], now["round"], now["replied_at"]) == (State.IN_WORK, 2, NOW)
    assert (now["handler_id"], leads(session, complaint)) == (house[R.HANDLER].id, ["signed"])
    assert told(session, complaint, "dissatisfied") == {house[R.HANDLER].id}
    runs = clocks(session, complaint)
    assert runs["close", 1].due_at == first.due_at and runs["close", 1].state.value == "running"
    assert ("close", 2) in runs
    for event, role in (
        (E.SUBMIT_OPINION, R.HANDLER),
        (E.APPROVE, R.LEADER),
        (E.REPLY, R.FIRST_RECEIVER),
    ):
        take(session, house, complaint, event, role)
    take(session, house, complaint, E.CLOSE, R.LEADER)
    assert [row.result.value for row in rows(session, FollowUp, complaint)] == ["dissatisfied"]
    assert {run.state.value for run in clocks(session, complaint).values()} == {"met"}


def test_closing_says_all_that_is_missing(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "following_up")
    session.add(
        Measure(
            complaint_id=complaint.id,
            kind=MeasureKind.TRAINING,
            status=MeasureStatus.PLANNED,
            text="培训",
        )
    )
    session.commit()
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.CLOSE, R.LEADER)
    assert codes(caught) == ["no_follow_up", "open_measures"]
    assert all(reason.link for reason in caught.value.reasons)


def test_closing_ends_what_was_under_way(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "satisfied")
    take(session, house, complaint, E.SUPERVISE, R.LEADER)
    take(session, house, complaint, E.CLOSE, R.LEADER)
    now = values(session, complaint)
    assert (now["close_kind"], now["closed_at"], now["due_at"]) == (CloseKind.NORMAL, NOW, None)
    assert now["supervised_at"] is None
    assert rows(session, Supervision, complaint)[0].ended_at == NOW
    assert leads(session, complaint) == ["ended"]
    assert told(session, complaint, "closed") == {house[R.HANDLER].id}


def test_whatever_ends_a_complaint_ends_pause_and_supervision(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "in_work")
    take(session, house, complaint, E.SUPERVISE, R.LEADER)
    take(session, house, complaint, E.PAUSE, R.LEADER)
    take(session, house, complaint, E.REFER, R.FIRST_RECEIVER)
    now = values(session, complaint)
    assert (now["paused_at"], now["supervised_at"], now["due_at"]) == (None, None, None)
    assert [row.ended_at for row in rows(session, Pause, complaint)] == [NOW]
    assert [row.ended_at for row in rows(session, Supervision, complaint)] == [NOW]
    assert {run.state.value for run in clocks(session, complaint).values()} <= {"met", "void"}


@pytest.mark.clause("R01-02")
def test_solved_on_the_spot(session: Session, house: House) -> None:
    complaint: Complaint = create_complaint(session, house)
    take(session, house, complaint, E.CLOSE_ON_SPOT, R.HANDLER)
    now = values(session, complaint)
    assert (now["state"], now["close_kind"]) == (State.CLOSED, CloseKind.ON_SPOT)
    assert now["result"] == now["reply_text"] == "当场说明并致歉。"
    other = create_complaint(session, house, first_receiver_id=house[R.INVESTIGATOR].id)
    with pytest.raises(Refused) as caught:
        take(session, house, other, E.CLOSE_ON_SPOT, R.HANDLER)
    assert codes(caught) == ["not_first_receiver"]
