"""The result: told, followed up in rounds, evaluated, registered, before a case is closed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import ArchiveRecord, Attachment, Complaint, ComplaintEvent, Evaluation, FollowUp, Reply
from models.enums import Channel, EventKind, FollowUpResult, PartyKind, PartySide, RoleName, State, Verdict
from services.access.scope import unscoped
from services.errors import Invalid, Refused, WrongState
from services.operations.register import NewParty
from services.procedures.published import publish_pack
from services.procedures.registry import PACKS_FOLDER, Pack, load_pack, parse
from tests.factories import NOW, PATHS, House, create_complaint, create_house, take
from tests.integration.operations.looking import events, rows, told, values

E = EventKind
R = RoleName


def of(session: Session, procedure: str) -> House:
    made = create_house(session, procedure)
    session.commit()
    return made


def codes(caught: Any) -> list[str]:
    return [reason.code for reason in caught.value.reasons]


def walk(session: Session, house: House, complaint: Complaint, *steps: tuple[EventKind, RoleName]) -> None:
    for event, role in steps:
        take(session, house, complaint, event, role)


def approved(session: Session, house: House, procedure: str, **typed: Any) -> Complaint:
    """A complaint whose opinion is approved, with what the regulation asks for before acceptance."""
    complaint = create_complaint(session, house, **typed)
    if procedure == "construction-company":
        with unscoped(session, "a photo that nobody needs to upload here"):
            photo = {"sha256": "0" * 64, "size": 1, "mime_type": "image/png", "is_evidence": True}
            session.add(Attachment(complaint_id=complaint.id, filename="现场.png", **photo))
            session.commit()
    for event, role in PATHS["approved"]:
        take(session, house, complaint, event, role)
    return complaint


BOTH = (
    NewParty(PartySide.COMPLAINANT, name="张某", phone="13800000000"),
    NewParty(PartySide.COMPLAINED_ABOUT, kind=PartyKind.ORGANISATION, name="某某建设公司"),
)
TOLD = [
    pytest.param("construction-company", {"parties": BOTH}, marks=pytest.mark.clause("R02-12")),
    pytest.param("production", {"product": "电机"}, marks=pytest.mark.clause("R06-06")),
    pytest.param("factory", {}, marks=pytest.mark.clause("R18-09")),
]


@pytest.mark.parametrize(("procedure", "typed"), TOLD)
def test_no_closing_before_the_result_was_told(
    session: Session, procedure: str, typed: dict[str, Any]
) -> None:
    house = of(session, procedure)
    complaint = approved(session, house, procedure, **typed)
    with pytest.raises(WrongState):
        take(session, house, complaint, E.CLOSE, R.LEADER)
    take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE, text="已答复并解释。")
    [reply] = rows(session, Reply, complaint)
    assert (reply.text, reply.round) == ("已答复并解释。", 1)
    walk(session, house, complaint, (E.START_FOLLOW_UP, R.FIRST_RECEIVER), (E.FOLLOW_UP, R.FIRST_RECEIVER))
    reply.round = 9  # told, but not the result of this round: no operation leads there, older rows may
    session.commit()
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.CLOSE, R.LEADER)
    assert codes(caught) == ["result_told_this_round"]
    reply.round = 1
    session.commit()
    take(session, house, complaint, E.CLOSE, R.LEADER)
    assert values(session, complaint)["state"] is State.CLOSED


@pytest.mark.parametrize(("procedure", "typed"), TOLD)
def test_who_can_not_be_reached_is_closed_with_the_reason(
    session: Session, procedure: str, typed: dict[str, Any]
) -> None:
    house = of(session, procedure)
    complaint = approved(session, house, procedure, **typed)
    why = {"text": None, "channel": None, "not_notifiable_reason": "三次致电无人接听，地址不存在。"}
    take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, **why)
    take(session, house, complaint, E.CLOSE, R.LEADER)
    assert values(session, complaint)["close_kind"].value == "not_notifiable"


ANONYMOUS = (NewParty(PartySide.COMPLAINANT, kind=PartyKind.ANONYMOUS),)


@pytest.mark.clause("R15-17")
def test_whoever_gave_a_name_is_told_in_writing_and_only_the_anonymous_not(session: Session) -> None:
    house = of(session, "construction-supervision")
    named = create_complaint(session, house, "approved")
    why = {"text": None, "channel": None, "not_notifiable_reason": "无法联系。"}
    with pytest.raises(Invalid) as caught:
        take(session, house, named, E.REPLY, R.FIRST_RECEIVER, **why)
    assert set(caught.value.fields) == {"not_notifiable_reason"}
    with pytest.raises(WrongState):
        take(session, house, named, E.CLOSE, R.LEADER)
    with pytest.raises(Invalid) as caught:
        take(session, house, named, E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    assert set(caught.value.fields) == {"channel"}
    take(session, house, named, E.REPLY, R.FIRST_RECEIVER, channel=Channel.LETTER)
    take(session, house, named, E.CLOSE, R.LEADER)
    unknown = create_complaint(session, house, "approved", parties=ANONYMOUS)
    assert values(session, unknown)["is_anonymous"]
    take(session, house, unknown, E.REPLY, R.FIRST_RECEIVER, **why)
    take(session, house, unknown, E.CLOSE, R.LEADER)
    assert values(session, unknown)["state"] is State.CLOSED


@pytest.mark.clause("R15-11")
def test_every_complaint_has_a_result(session: Session) -> None:
    house = of(session, "construction-supervision")
    complaint = create_complaint(session, house, "in_work")
    with pytest.raises(Invalid) as caught:
        take(session, house, complaint, E.SUBMIT_OPINION, R.HANDLER, result=" ")
    assert "result" in caught.value.fields
    walk(
        session, house, complaint,
        (E.SUBMIT_OPINION, R.HANDLER), (E.APPROVE, R.LEADER), (E.REPLY, R.FIRST_RECEIVER),
    )  # fmt: skip
    with unscoped(session, "a row that an operation would not write"):
        row = session.get_one(Complaint, complaint.id)
        row.result = None
        session.commit()
    with pytest.raises(Refused) as refused:
        take(session, house, complaint, E.CLOSE, R.LEADER)
    assert codes(refused) == ["final_result"]


def answered(session: Session, house: House, complaint: Complaint) -> None:
    """From work to the next question to the complainant."""
    walk(
        session, house, complaint,
        (E.SUBMIT_OPINION, R.HANDLER), (E.APPROVE, R.LEADER), (E.REPLY, R.FIRST_RECEIVER),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("procedure", "typed"),
    [
        pytest.param("general-quality", {}, marks=pytest.mark.clause("R04-08")),
        pytest.param("production", {"product": "电机"}, marks=pytest.mark.clause("R06-12")),
    ],
)
def test_rounds_until_the_complainant_is_satisfied(
    session: Session, procedure: str, typed: dict[str, Any]
) -> None:
    house = of(session, procedure)
    complaint = create_complaint(session, house, "replied", **typed)
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.CLOSE, R.LEADER)
    assert codes(caught) == ["no_follow_up"]
    dissatisfied = {"result": FollowUpResult.DISSATISFIED, "words": "仍不满意", "execution": "已换货"}
    for round_ in (1, 2):
        take(session, house, complaint, E.START_FOLLOW_UP, R.FIRST_RECEIVER)
        take(session, house, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER, **dissatisfied)
        now = values(session, complaint)
        assert (now["state"], now["round"]) == (State.IN_WORK, round_ + 1)
        answered(session, house, complaint)
        with pytest.raises(Refused) as caught:
            take(session, house, complaint, E.CLOSE, R.LEADER)
        assert codes(caught) == ["dissatisfied"]
    take(session, house, complaint, E.START_FOLLOW_UP, R.FIRST_RECEIVER)
    take(session, house, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER, execution="已换货")
    take(session, house, complaint, E.CLOSE, R.LEADER)
    kept = [(row.round, row.result.value) for row in rows(session, FollowUp, complaint)]
    assert kept == [(1, "dissatisfied"), (2, "dissatisfied"), (3, "satisfied")]


def test_the_way_out_is_the_leaders_and_only_where_it_is_turned_on(session: Session) -> None:
    house = of(session, "general-quality")
    pack = load_pack(PACKS_FOLDER / "general-quality.yaml")
    text = pack.text.replace("version: 2", "version: 3").replace(
        "until_satisfied: true\n", "until_satisfied: true\n  exit_with_leader_approval: true\n"
    )
    publish_pack(session, Pack(pack.path, text, parse(text)), NOW)
    session.commit()
    complaint = create_complaint(session, house, "following_up")
    dissatisfied = {"result": FollowUpResult.DISSATISFIED, "words": "仍不满意", "execution": "已换货"}
    take(session, house, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER, **dissatisfied)
    answered(session, house, complaint)
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.CLOSE, R.HEAD_OF_QUALITY, external_route="市场监督管理局")
    assert codes(caught) == ["leader_only"]
    with pytest.raises(Invalid) as invalid:
        take(session, house, complaint, E.CLOSE, R.LEADER)
    assert set(invalid.value.fields) == {"external_route"}
    take(session, house, complaint, E.CLOSE, R.LEADER, external_route="市场监督管理局")
    now = values(session, complaint)
    assert (now["close_kind"].value, now["end_reason"]) == ("leader_exit", "市场监督管理局")


@pytest.mark.clause("R04-07")
def test_the_follow_up_records_execution_and_satisfaction(session: Session) -> None:
    house = of(session, "general-quality")
    complaint = create_complaint(session, house, "replied")
    take(session, house, complaint, E.START_FOLLOW_UP, R.FIRST_RECEIVER)
    with pytest.raises(Invalid) as caught:
        take(session, house, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER, execution=" ")
    assert set(caught.value.fields) == {"execution"}
    take(session, house, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER, execution="3月9日已上门更换。")
    [asked] = rows(session, FollowUp, complaint)
    assert (asked.execution, asked.result) == ("3月9日已上门更换。", FollowUpResult.SATISFIED)
    assert values(session, complaint)["satisfaction"] is FollowUpResult.SATISFIED


@pytest.mark.clause("R10-10")
def test_the_leadership_evaluates_the_result_and_sends_it_back(session: Session) -> None:
    house = of(session, "three-level")
    complaint = create_complaint(session, house, "satisfied")
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.CLOSE, R.HEAD_OF_QUALITY)
    assert codes(caught) == ["accepting_evaluation"]
    rectify = {"verdict": Verdict.RECTIFY, "opinion": "未见根本原因，请整改。"}
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.EVALUATE, R.HEAD_OF_QUALITY, **rectify)
    assert codes(caught) == ["not_the_post"]
    take(session, house, complaint, E.EVALUATE, R.LEADER, **rectify)
    now = values(session, complaint)
    assert (now["state"], now["round"]) == (State.IN_WORK, 2)
    assert told(session, complaint, "rectify") == {house[R.HANDLER].id}
    answered(session, house, complaint)
    walk(session, house, complaint, (E.START_FOLLOW_UP, R.FIRST_RECEIVER), (E.FOLLOW_UP, R.FIRST_RECEIVER))
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.CLOSE, R.HEAD_OF_QUALITY)
    assert codes(caught) == ["accepting_evaluation"], "the earlier one was of another round"
    take(session, house, complaint, E.EVALUATE, R.LEADER)
    take(session, house, complaint, E.CLOSE, R.HEAD_OF_QUALITY)
    kept = [(row.round, row.verdict.value) for row in rows(session, Evaluation, complaint)]
    assert kept == [(1, "rectify"), (2, "accepted")]


@pytest.mark.clause("R16-17")
def test_the_superior_gives_an_opinion_after_the_handling(session: Session) -> None:
    house = of(session, "quality-system-admin-office")
    complaint = create_complaint(session, house, "satisfied")
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.CLOSE, R.HEAD_OF_QUALITY)
    assert codes(caught) == ["accepting_evaluation"]
    with pytest.raises(Invalid) as invalid:
        take(session, house, complaint, E.EVALUATE, R.LEADER, opinion=" ")
    assert set(invalid.value.fields) == {"opinion"}
    take(session, house, complaint, E.EVALUATE, R.LEADER, opinion="处理及时，同意结案。")
    take(session, house, complaint, E.CLOSE, R.HEAD_OF_QUALITY)
    [opinion] = rows(session, Evaluation, complaint)
    assert (opinion.opinion, opinion.by_id) == ("处理及时，同意结案。", house[R.LEADER].id)


@pytest.mark.clause("R16-05")
def test_reminders_are_logged_and_reach_whoever_has_it(session: Session) -> None:
    house = of(session, "quality-system-admin-office")
    complaint = create_complaint(session, house, "in_work")
    take(session, house, complaint, E.URGE, R.FIRST_RECEIVER, text="请于周五前反馈进程。")
    take(session, house, complaint, E.URGE, R.LEADER, text="请加快。")
    log = [row for row in rows(session, ComplaintEvent, complaint) if row.event is E.URGE]
    assert [(row.text, row.actor_id) for row in log] == [
        ("请于周五前反馈进程。", house[R.FIRST_RECEIVER].id),
        ("请加快。", house[R.LEADER].id),
    ]
    assert told(session, complaint, "urged") == {house[R.HANDLER].id}


@pytest.mark.clause("R16-06")
def test_the_final_result_is_registered_and_filed(session: Session) -> None:
    house = of(session, "quality-system-admin-office")
    complaint = create_complaint(session, house, "satisfied")
    assert values(session, complaint)["result"] == "情况属实，已整改。"
    walk(session, house, complaint, (E.EVALUATE, R.LEADER), (E.CLOSE, R.LEADER), (E.ARCHIVE, R.ARCHIVIST))
    [filed] = rows(session, ArchiveRecord, complaint)
    assert filed.review_on.year == values(session, complaint)["closed_at"].year + 5
    assert filed.file_number.startswith("TS-") or filed.file_number.startswith("KH-")


@pytest.mark.clause("R18-10")
def test_the_process_is_logged_step_by_step(session: Session) -> None:
    house = of(session, "factory")
    complaint = create_complaint(session, house, "archived")
    everything = rows(session, ComplaintEvent, complaint)
    assert all(row.actor_name and row.at for row in everything)
    # Measures that the regulation demands are logged between the steps, as records of their own.
    log = [row for row in everything if not row.event.value.startswith("measure_")]
    assert [row.event.value for row in log] == [
        "register", "accept", "transfer", "sign_for", "submit_opinion", "approve", "reply",
        "start_follow_up", "follow_up", "close", "archive",
    ]  # fmt: skip
    assert all(row.actor_name and row.at and row.role for row in log)
    assert log[4].text == "情况属实，已整改。"
    [filed] = rows(session, ArchiveRecord, complaint)
    assert filed.review_on.year == values(session, complaint)["closed_at"].year + 5


def test_an_evaluation_is_no_step_of_the_handlers(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "replied")
    take(session, house, complaint, E.EVALUATE, R.LEADER)
    assert events(session, complaint)[-1] == "evaluate"
