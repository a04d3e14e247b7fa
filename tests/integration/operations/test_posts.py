"""Steps ask for a post of the procedure: the approver, the arbiter, the office, whoever replies to this grade."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import PostBinding, Reply
from models.enums import Channel, EventKind, PostName, RoleName, State
from services.errors import Invalid, NotPermitted, Refused
from tests.factories import NOW, House, create_complaint, create_house, create_user, fire, take, valid_form
from tests.integration.operations.looking import last_event, reasons_of, rows, told, values

E = EventKind
R = RoleName


def codes(caught: Any) -> list[str]:
    return [reason.code for reason in caught.value.reasons]


def of(session: Session, procedure: str) -> House:
    """The house under the regulation's own file."""
    made = create_house(session, procedure)
    session.commit()
    return made


def test_the_hospitals_leader_approves_and_not_the_head_of_quality(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "awaiting_approval")
    for event in (E.APPROVE, E.RETURN_OPINION):
        with pytest.raises(Refused) as caught:
            take(session, house, complaint, event, R.HEAD_OF_QUALITY)
        assert codes(caught) == ["not_the_post"]
    take(session, house, complaint, E.APPROVE, R.LEADER)


@pytest.mark.clause("R08-04")
def test_the_distributors_opinion_is_approved_by_the_head_of_quality(session: Session) -> None:
    house = of(session, "pharma-distributor-classic-a")
    on_the_spot = create_complaint(session, house)
    with pytest.raises(Refused) as caught:
        take(session, house, on_the_spot, E.CLOSE_ON_SPOT, R.FIRST_RECEIVER)
    assert codes(caught) == ["needs_approval"]
    complaint = create_complaint(session, house, "awaiting_approval")
    assert told(session, complaint, "opinion.submitted") == {house[R.HEAD_OF_QUALITY].id}
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.APPROVE, R.LEADER)
    assert codes(caught) == ["not_the_post"]
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER)
    assert codes(caught) == ["not_approved"]
    take(session, house, complaint, E.APPROVE, R.HEAD_OF_QUALITY)
    take(session, house, complaint, E.ESCALATE, R.FIRST_RECEIVER)
    take(session, house, complaint, E.ESCALATE, R.FIRST_RECEIVER)
    assert last_event(session, complaint).data["level"] == "head_of_quality"
    assert house[R.HEAD_OF_QUALITY].id in told(session, complaint, "escalated")
    take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER)
    assert values(session, complaint)["state"] is State.REPLIED


def graded(session: Session, house: House, level: str) -> Any:
    complaint = create_complaint(session, house, "in_work", product="电热水壶")
    take(session, house, complaint, E.GRADE, R.FIRST_RECEIVER, level=level)
    take(session, house, complaint, E.SUBMIT_OPINION, R.HANDLER)
    take(session, house, complaint, E.APPROVE, R.HEAD_OF_QUALITY)
    return complaint


@pytest.mark.clause("R05-04")
def test_ordinary_complaints_are_answered_by_marketing(session: Session) -> None:
    house = of(session, "product-company")
    not_graded = create_complaint(session, house, "in_work", product="电热水壶")
    with pytest.raises(Refused) as caught:
        fire(session, house[R.HANDLER], E.SUBMIT_OPINION, not_graded, **valid_form(E.SUBMIT_OPINION, house))
    assert codes(caught) == ["graded"], "after the approval nothing is graded any more"
    assert "not_graded" in reasons_of(session, house, not_graded, E.REPLY)
    complaint = graded(session, house, "ordinary")
    for role in (R.HEAD_OF_QUALITY, R.HANDLER, R.LEADER):
        with pytest.raises(Refused) as caught:
            take(session, house, complaint, E.REPLY, role)
        assert codes(caught) == ["not_the_post"]
    take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    [reply] = rows(session, Reply, complaint)
    assert (reply.sent_by_id, reply.together_with_id) == (house[R.FIRST_RECEIVER].id, None)


@pytest.mark.clause("R05-04")
def test_serious_complaints_are_answered_by_marketing_and_quality(session: Session) -> None:
    house = of(session, "product-company")
    complaint = graded(session, house, "serious")
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.REPLY, R.HEAD_OF_QUALITY)
    assert codes(caught) == ["not_the_post"], "quality alone does not answer"
    marketing, quality = house[R.FIRST_RECEIVER], house[R.HEAD_OF_QUALITY]
    for partner in (None, marketing.id, house[R.HANDLER].id):
        with pytest.raises(Invalid) as invalid:
            take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, together_with_id=partner)
        assert set(invalid.value.fields) == {"together_with_id"}
    take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, together_with_id=quality.id)
    [reply] = rows(session, Reply, complaint)
    assert (reply.sent_by_id, reply.together_with_id) == (marketing.id, quality.id)
    assert quality.id in told(session, complaint, "replied")


def bind(session: Session, post: PostName, **holder: int) -> PostBinding:
    binding = PostBinding(post=post, bound_by_id=None, **holder)
    session.add(binding)
    session.commit()
    return binding


def test_a_bound_person_holds_the_post_and_nobody_else(session: Session, house: House) -> None:
    second = create_user(session, "另一位领导", R.LEADER, department=house.office)
    binding = bind(session, PostName.APPROVER, user_id=second.id)
    complaint = create_complaint(session, house, "awaiting_approval")
    assert told(session, complaint, "opinion.submitted") == {second.id}
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.APPROVE, R.LEADER)
    assert codes(caught) == ["not_the_post"]
    binding.ended_at = NOW
    session.commit()
    take(session, house, complaint, E.APPROVE, R.LEADER)


def test_a_bound_department_is_the_office(session: Session, house: House) -> None:
    bind(session, PostName.OFFICE, department_id=house.laboratory.id)
    complaint = create_complaint(session, house)
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.ACCEPT, R.FIRST_RECEIVER)
    assert codes(caught) == ["not_the_post"]
    clerk = create_user(session, "检验科接待员", R.FIRST_RECEIVER, department=house.laboratory)
    session.commit()
    fire(session, clerk, E.ACCEPT, complaint, **valid_form(E.ACCEPT, house))
    assert values(session, complaint)["state"] is State.ACCEPTED


def test_what_the_office_takes_on_it_brings_to_an_end(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "accepted")
    for event, role in (
        (E.TAKE_ON, R.FIRST_RECEIVER),
        (E.SUBMIT_OPINION, R.FIRST_RECEIVER),
        (E.APPROVE, R.LEADER),
        (E.REPLY, R.FIRST_RECEIVER),
        (E.START_FOLLOW_UP, R.FIRST_RECEIVER),
        (E.FOLLOW_UP, R.HEAD_OF_QUALITY),
        (E.CLOSE, R.LEADER),
        (E.ARCHIVE, R.ARCHIVIST),
    ):
        take(session, house, complaint, event, role)
    assert values(session, complaint)["state"] is State.ARCHIVED


def test_the_office_does_not_write_the_opinion_of_others(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "in_work")
    for role in (R.FIRST_RECEIVER, R.HEAD_OF_QUALITY):
        with pytest.raises(Refused) as caught:
            take(session, house, complaint, E.SUBMIT_OPINION, role)
        assert codes(caught) == ["not_lead"]
        with pytest.raises(Refused) as caught:
            take(session, house, complaint, E.REQUEST_EXTENSION, role)
        assert codes(caught) == ["not_handler"]


@pytest.mark.clause("R07-02")
def test_each_tier_does_what_its_row_of_the_table_allows(session: Session) -> None:
    house = of(session, "enterprise-chapters")
    complaint = create_complaint(session, house, "in_work")
    forbidden = {
        R.HANDLER: (E.TRANSFER, E.SUPERVISE, E.CLOSE, E.REOPEN),
        R.DEPARTMENT_HEAD: (E.SUPERVISE, E.CLOSE, E.ACCEPT),
        R.FIRST_RECEIVER: (E.CLOSE, E.APPROVE, E.REOPEN),
        R.LEADER: (E.ACCEPT, E.SIGN_FOR, E.ARCHIVE),
        R.ARCHIVIST: (E.CLOSE, E.APPROVE),
    }
    for role, events in forbidden.items():
        for event in events:
            with pytest.raises(NotPermitted):
                take(session, house, complaint, event, role)
    for role, event in (
        (R.HANDLER, E.NOTE),
        (R.DEPARTMENT_HEAD, E.URGE),
        (R.FIRST_RECEIVER, E.GRADE),
        (R.LEADER, E.SUPERVISE),
    ):
        if event is not E.GRADE:  # this regulation has no scale
            take(session, house, complaint, event, role)
    reached = []
    for _rung in range(3):
        take(session, house, complaint, E.ESCALATE, R.HANDLER)
        reached.append(last_event(session, complaint).data["level"])
    assert reached == ["department_head", "leader", "general_manager"]
