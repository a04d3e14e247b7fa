"""The hospital's way: the office's acts, who sees what, approval before the notice. And R11's decision in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from models import ArchiveRecord, Complaint
from models.enums import Channel, ClockState, EventKind, RoleName, State
from services.errors import NotFound, Refused
from tests.factories import NOW, House, create_complaint, create_house, fire, take
from tests.integration.operations.looking import clocks, events, last_event, rows, sees, told, values

E = EventKind
R = RoleName


@pytest.mark.clause("R01-08")
def test_the_offices_acts_are_six_records_of_their_own(session: Session, house: House) -> None:
    """Assigned, transferred, supervised, fed back, replied, filed: each with its own line, person and words."""
    complaint = create_complaint(session, house, "accepted")
    take(session, house, complaint, E.ADD_CO_HANDLER, R.FIRST_RECEIVER)  # 分办
    take(session, house, complaint, E.TRANSFER, R.FIRST_RECEIVER)  # 转办
    take(session, house, complaint, E.SUPERVISE, R.FIRST_RECEIVER, demand="三日内报告。")  # 督办
    take(session, house, complaint, E.SIGN_FOR, R.HANDLER)
    fire(session, house.outsider, E.SIGN_CO_HANDLING, complaint)
    fire(session, house.outsider, E.GIVE_CO_OPINION, complaint, opinion="检验无误。")  # 反馈
    for event, role in (
        (E.SUBMIT_OPINION, R.HANDLER),
        (E.APPROVE, R.LEADER),
        (E.REPLY, R.FIRST_RECEIVER),  # 回复
        (E.START_FOLLOW_UP, R.FIRST_RECEIVER),
        (E.FOLLOW_UP, R.FIRST_RECEIVER),
        (E.CLOSE, R.LEADER),
        (E.ARCHIVE, R.ARCHIVIST),  # 归档立卷
    ):
        take(session, house, complaint, event, role)
    acts = ["add_co_handler", "transfer", "supervise", "give_co_opinion", "reply", "archive"]
    assert [event for event in events(session, complaint) if event in acts] == acts
    [filed] = rows(session, ArchiveRecord, complaint)
    closed = values(session, complaint)["closed_at"].date()
    assert filed.review_on == date(closed.year + 10, closed.month, closed.day)


@pytest.mark.clause("R01-09")
def test_a_department_sees_and_works_its_own_alone(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "in_work")
    outsider = house.outsider
    assert not sees(session, outsider, complaint)
    with pytest.raises(NotFound):
        fire(session, outsider, E.NOTE, complaint, text="旁观")
    assert sees(session, house[R.HANDLER], complaint)
    take(session, house, complaint, E.NOTE, R.HANDLER)
    take(session, house, complaint, E.ADD_CO_HANDLER, R.FIRST_RECEIVER)
    assert sees(session, outsider, complaint)
    fire(session, outsider, E.SIGN_CO_HANDLING, complaint)
    assert last_event(session, complaint).event is E.SIGN_CO_HANDLING


@pytest.mark.clause("R01-14")
def test_on_the_spot_is_exempt_from_approval(session: Session, house: House) -> None:
    complaint = create_complaint(session, house)
    take(session, house, complaint, E.CLOSE_ON_SPOT, R.FIRST_RECEIVER)
    assert values(session, complaint)["state"] is State.CLOSED


@pytest.mark.clause("R01-14")
def test_no_notice_before_the_leader_approves(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "awaiting_approval")
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER)
    assert [reason.code for reason in caught.value.reasons] == ["not_approved"]
    take(session, house, complaint, E.APPROVE, R.LEADER)
    nobody = {"text": None, "channel": None, "not_notifiable_reason": "多次致电无人接听。"}
    take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, **nobody)
    take(session, house, complaint, E.CLOSE, R.LEADER)
    assert values(session, complaint)["close_kind"].value == "not_notifiable"


@pytest.mark.clause("R01-15")
def test_to_a_statutory_route_with_what_was_explained(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "in_work")
    take(session, house, complaint, E.PAUSE, R.LEADER)
    assert clocks(session, complaint)["close", 1].state is ClockState.PAUSED
    take(session, house, complaint, E.RESUME, R.LEADER)
    take(session, house, complaint, E.STATUTORY_ROUTE, R.LEADER)
    now = values(session, complaint)
    assert (now["state"], now["end_reason"]) == (
        State.STATUTORY_ROUTE,
        "医疗事故鉴定\n已向投诉人说明。",
    )
    assert clocks(session, complaint)["close", 1].state is ClockState.VOID


@pytest.fixture
def company(session: Session) -> House:
    made = create_house(session, "company-24h-3d-7d")
    session.commit()
    return made


@pytest.mark.clause("R11-09")
def test_seven_working_days_to_decide_and_to_tell(session: Session, company: House) -> None:
    complaint = create_complaint(session, company, "accepted")
    run = clocks(session, complaint)["decide", 1]
    assert (run.clause, run.due_on) == ("R11-09", date(2026, 3, 19))
    for event, role in (
        (E.TRANSFER, R.FIRST_RECEIVER),
        (E.SIGN_FOR, R.HANDLER),
        (E.SUBMIT_OPINION, R.HANDLER),
        (E.APPROVE, R.HEAD_OF_QUALITY),
    ):
        take(session, company, complaint, event, role)
    assert clocks(session, complaint)["decide", 1].state is ClockState.RUNNING, "decided is not told"
    head = company[R.DEPARTMENT_HEAD].id
    assert head not in told(session, complaint, "replied")
    take(session, company, complaint, E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    assert {head, company[R.HANDLER].id} <= told(session, complaint, "replied")
    assert clocks(session, complaint)["decide", 1].state is ClockState.MET


@pytest.mark.clause("R11-09")
def test_an_eighth_working_day_is_late(session: Session, company: House) -> None:
    complaint = create_complaint(session, company, "approved")
    late = NOW + timedelta(days=11)
    take(session, company, complaint, E.REPLY, R.FIRST_RECEIVER, now=late, channel=Channel.HOTLINE)
    assert clocks(session, complaint)["decide", 1].state is ClockState.MISSED


def graded_clock(session: Session) -> tuple[House, Complaint]:
    """A hospital whose file has a shorter time limit for grave complaints."""
    from services.procedures.published import publish_pack
    from services.procedures.registry import PACKS_FOLDER, Pack, load_pack, parse

    house = create_house(session)
    pack = load_pack(PACKS_FOLDER / "hospital-complaint-office.yaml")
    short = """  - code: grave
    names: {zh: 重大投诉办结, en: Close a grave complaint}
    clause: R01-13
    start_event: accepted
    stop_event: closed
    unit: working_day
    amount: 5
    levels: [grave]

handover:
"""
    text = pack.text.replace("version: 2", "version: 9", 1).replace("handover:\n", short, 1)
    publish_pack(session, Pack(pack.path, text, parse(text)), NOW)
    session.commit()
    return house, create_complaint(session, house, "accepted")


def test_a_grades_own_time_limit_counts_from_acceptance_and_stays_on_record(session: Session) -> None:
    house, complaint = graded_clock(session)
    assert ("grave", 1) not in clocks(session, complaint)
    late = NOW + timedelta(days=1)
    take(session, house, complaint, E.GRADE, R.FIRST_RECEIVER, now=late, level="grave")
    run = clocks(session, complaint)["grave", 1]
    assert (run.started_at, run.due_on) == (NOW, date(2026, 3, 17)), "from acceptance, not from the grading"
    take(session, house, complaint, E.GRADE, R.FIRST_RECEIVER, now=late, level="ordinary")
    ended = clocks(session, complaint)["grave", 1]
    assert (ended.state, ended.due_on) == (ClockState.VOID, date(2026, 3, 17))
    take(session, house, complaint, E.GRADE, R.FIRST_RECEIVER, now=late, level="grave")
    again = clocks(session, complaint)["grave", 1]
    assert (again.id, again.state, again.started_at) == (ended.id, ClockState.RUNNING, NOW)
