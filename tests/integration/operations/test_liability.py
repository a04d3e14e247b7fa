"""A customer's own date: what happens when it is missed, and how long the answering goes on (R16-10, R16-13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Complaint, Liability, User
from models.enums import (
    Channel,
    ClockState,
    EventKind,
    FollowUpResult,
    Responsibility,
    RoleName,
    State,
    Verdict,
)
from models.liability import LiabilityStatus
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.errors import Invalid, NotPermitted, Refused, Stale
from services.operations.confirm_liability import confirm_liability
from services.operations.excuse_liability import excuse_liability
from services.operations.state_liability_reason import state_liability_reason
from services.operations.sweep import sweep_all
from services.procedures.vocabulary import Field
from services.unit_of_work import UnitOfWork
from services.workflow.acceptance import FIELD_LABELS, still_asked
from services.workflow.gates import Situation
from tests.factories import NOW, House, actor_of, create_complaint, create_house, grant_role, take
from tests.integration.operations.looking import clocks, rows, told

E, R = EventKind, RoleName
DUE = date(2026, 3, 12)
"""Two days after NOW."""
LATE = NOW + timedelta(days=3)


@pytest.fixture
def office(session: Session) -> House:
    made = create_house(session, "quality-system-admin-office")
    session.commit()
    return made


def act(session: Session, user: User, verb: Callable[..., Any], *given: Any, **named: Any) -> Any:
    with UnitOfWork(session, actor_of(session, user, LATE), LATE) as work:
        return verb(work, *given, **named)


def missed(session: Session, office: House) -> tuple[Complaint, Liability]:
    """Taken down by the ward's handler, in work with them, and not answered by the customer's date."""
    complaint = create_complaint(session, office, "in_work", customer_due_on=DUE)
    assert sweep_all(session, LATE).breached == 1
    [record] = rows(session, Liability, complaint)
    return complaint, record


@pytest.mark.clause("R16-10")
def test_the_customer_sets_the_date_at_registration_or_later(session: Session, office: House) -> None:
    asked = create_complaint(session, office, customer_due_on=DUE)
    run = clocks(session, asked)["customer_date", 1]
    assert (run.state, run.due_on, run.started_at) == (ClockState.RUNNING, DUE, asked.received_at)
    later = create_complaint(session, office)
    assert ("customer_date", 1) not in clocks(session, later)
    assert FIELD_LABELS[Field.CUSTOMER_DATE] in asked_of(session, office, later)
    assert FIELD_LABELS[Field.CUSTOMER_DATE] not in asked_of(session, office, asked)
    named = {"values": {"customer_due_on": DUE}}
    take(session, office, later, E.CORRECT, R.FIRST_RECEIVER, **named)
    run = clocks(session, later)["customer_date", 1]
    assert (run.state, run.due_on, run.started_at) == (ClockState.RUNNING, DUE, later.received_at)
    take(
        session,
        office,
        later,
        E.CORRECT,
        R.FIRST_RECEIVER,
        values={"customer_due_on": DUE + timedelta(days=9)},
    )
    assert clocks(session, later)["customer_date", 1].due_on == DUE, "a correction moves no due date"


@pytest.mark.clause("R16-10")
def test_a_missed_date_makes_the_first_asked_person_answer_for_it(session: Session, office: House) -> None:
    complaint, record = missed(session, office)
    first = office[R.HANDLER]
    assert (record.person_id, record.status, record.clause) == (first.id, LiabilityStatus.OPEN, "R16-10")
    assert record.breached_at == clocks(session, complaint)["customer_date", 1].due_at
    assert told(session, complaint, "liability.open") == {first.id, office[R.LEADER].id}
    assert sweep_all(session, LATE + timedelta(days=9)).breached == 0
    assert len(rows(session, Liability, complaint)) == 1, "once for each broken time limit"
    actions = [entry.action for entry in rows(session, AuditEntry, complaint)]
    assert actions.count("liability.create") == 1
    in_time = create_complaint(session, office, "replied", customer_due_on=DUE)
    assert rows(session, Liability, in_time) == []


@pytest.mark.clause("R16-10")
def test_an_answer_too_late_is_found_without_the_worker(session: Session, office: House) -> None:
    complaint = create_complaint(session, office, "approved", customer_due_on=DUE)
    take(session, office, complaint, E.REPLY, R.FIRST_RECEIVER, now=LATE)
    [record] = rows(session, Liability, complaint)
    assert clocks(session, complaint)["customer_date", 1].state is ClockState.MISSED
    assert record.person_id == office[R.HANDLER].id


@pytest.mark.clause("R16-10")
def test_the_person_states_a_reason_and_the_approver_accepts_it(session: Session, office: House) -> None:
    complaint, record = missed(session, office)
    first, leader = office[R.HANDLER], office[R.LEADER]
    assert office.outsider is not None
    for user in (office[R.DEPARTMENT_HEAD], office[R.FIRST_RECEIVER], leader):
        with pytest.raises(NotPermitted):
            act(session, user, state_liability_reason, record.id, None, reason="代为说明")
    with pytest.raises(Invalid):
        act(session, first, state_liability_reason, record.id, None, reason=" ")
    act(session, first, state_liability_reason, record.id, None, reason="等待检测报告。")
    act(session, first, state_liability_reason, record.id, None, reason="等待客户寄回样品。")
    [stated] = rows(session, Liability, complaint)
    assert (stated.stated_reason, stated.stated_at) == ("等待客户寄回样品。", LATE)
    assert told(session, complaint, "liability.stated") == {leader.id, office[R.HEAD_OF_QUALITY].id}
    with pytest.raises(NotPermitted):
        act(session, office[R.HEAD_OF_QUALITY], excuse_liability, record.id, None, text="属实")
    with pytest.raises(Stale):
        act(session, leader, excuse_liability, record.id, stated.version - 1, text="属实")
    with pytest.raises(Invalid):
        act(session, leader, excuse_liability, record.id, None, text="")
    act(session, leader, excuse_liability, record.id, None, text="样品确于期满后寄到。")
    [excused] = rows(session, Liability, complaint)
    assert (excused.status, excused.decided_by_id) == (LiabilityStatus.EXCUSED, leader.id)
    assert told(session, complaint, "liability.excused") == {first.id}
    for user, verb, words in (
        (first, state_liability_reason, {"reason": "补充"}),
        (leader, excuse_liability, {"text": "再次"}),
        (office[R.HEAD_OF_QUALITY], confirm_liability, {"text": "再次"}),
    ):
        with pytest.raises(Refused):
            act(session, user, verb, record.id, None, **words)


@pytest.mark.clause("R16-10")
def test_without_an_accepted_reason_the_head_of_quality_finds_them_liable(
    session: Session, office: House
) -> None:
    complaint, record = missed(session, office)
    with pytest.raises(NotPermitted):
        act(session, office[R.LEADER], confirm_liability, record.id, None, text="无理由")
    act(session, office[R.HEAD_OF_QUALITY], confirm_liability, record.id, None, text="未说明任何理由。")
    [found] = rows(session, Liability, complaint)
    assert (found.status, found.decided_at) == (LiabilityStatus.CONFIRMED, LATE)
    assert told(session, complaint, "liability.confirmed") == {office[R.HANDLER].id}
    actions = [entry.action for entry in rows(session, AuditEntry, complaint)]
    assert actions.count("liability.find_liable") == 1


@pytest.mark.clause("R16-10")
def test_nobody_decides_on_their_own_liability(session: Session, office: House) -> None:
    _complaint, record = missed(session, office)
    first = office[R.HANDLER]
    for role in (R.LEADER, R.HEAD_OF_QUALITY):
        grant_role(session, first, role)
    session.commit()
    for verb in (excuse_liability, confirm_liability):
        with pytest.raises(NotPermitted):
            act(session, first, verb, record.id, None, text="自行决定")
    with unscoped(session, "a test looks at the result"):
        assert session.scalar(sa.select(Liability.status)) is LiabilityStatus.OPEN


@pytest.mark.clause("R16-13")
def test_at_the_companys_cause_the_department_answers_in_time_until_the_customer_is_satisfied(
    session: Session, office: House
) -> None:
    complaint = create_complaint(session, office, "replied", customer_due_on=DUE)
    assert complaint.responsibility is Responsibility.DEPARTMENT
    assert clocks(session, complaint)["customer_date", 1].state is ClockState.MET
    asked_again(session, office, complaint)
    answered(session, office, complaint, Responsibility.DEPARTMENT)
    assert "dissatisfied" in refused(session, office, complaint), "not yet satisfied"
    asked_again(session, office, complaint)
    answered(session, office, complaint, Responsibility.DEPARTMENT)
    assert "dissatisfied" in refused(session, office, complaint), "and again"
    for event in (E.START_FOLLOW_UP, E.FOLLOW_UP):
        take(session, office, complaint, event, R.FIRST_RECEIVER)
    take(session, office, complaint, E.EVALUATE, R.LEADER, verdict=Verdict.ACCEPTED)
    assert take(session, office, complaint, E.CLOSE, R.LEADER).state is State.CLOSED


@pytest.mark.clause("R16-13")
def test_at_the_customers_own_cause_one_more_answer_is_enough(session: Session, office: House) -> None:
    complaint = create_complaint(session, office, "replied", customer_due_on=DUE)
    asked_again(session, office, complaint)
    answered(session, office, complaint, Responsibility.COMPLAINANT)
    assert "dissatisfied" not in refused(session, office, complaint)


@pytest.mark.clause("R16-13")
def test_an_answer_is_given_in_any_form_or_the_reason_for_none(session: Session, office: House) -> None:
    spoken = create_complaint(session, office, "approved", customer_due_on=DUE)
    take(session, office, spoken, E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    unreachable = create_complaint(session, office, "approved", customer_due_on=DUE)
    said = {"text": None, "channel": None, "not_notifiable_reason": "三次致电均无人接听。"}
    take(session, office, unreachable, E.REPLY, R.FIRST_RECEIVER, **said)
    open_ = create_complaint(session, office, "in_work", customer_due_on=DUE)
    assert clocks(session, open_)["customer_date", 1].state is ClockState.RUNNING
    for case in (spoken, unreachable):
        assert clocks(session, case)["customer_date", 1].state is ClockState.MET


def asked_of(session: Session, office: House, complaint: Complaint) -> list[Any]:
    """What is asked for at registration and not known yet."""
    session.info["actor"] = SYSTEM
    return still_asked(Situation(session, complaint, actor_of(session, office[R.HANDLER]), None, NOW))


def asked_again(session: Session, office: House, complaint: Complaint) -> None:
    take(session, office, complaint, E.START_FOLLOW_UP, R.FIRST_RECEIVER)
    unhappy = {"result": FollowUpResult.DISSATISFIED, "words": "仍不满意。"}
    take(session, office, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER, **unhappy)


def answered(session: Session, office: House, complaint: Complaint, cause: Responsibility) -> None:
    take(session, office, complaint, E.SUBMIT_OPINION, R.HANDLER, responsibility=cause)
    take(session, office, complaint, E.APPROVE, R.LEADER)
    take(session, office, complaint, E.REPLY, R.FIRST_RECEIVER)


def refused(session: Session, office: House, complaint: Complaint) -> list[str]:
    """What stands in the way of closing."""
    with pytest.raises(Refused) as caught:
        take(session, office, complaint, E.CLOSE, R.LEADER)
    return [reason.code for reason in caught.value.reasons]
