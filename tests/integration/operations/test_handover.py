"""Transfer, signature, refusal, arbitration: who answers for a complaint and who reads it at every moment."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models import Assignment, Complaint
from models.enums import EventKind, RoleName, State
from services.errors import Invalid, NotFound, Refused
from tests.factories import House, arrange_cover, create_complaint, create_user, fire, take, valid_form
from tests.integration.operations.looking import (
    clocks,
    last_event,
    leads,
    rows,
    sees,
    told,
    values,
)

E = EventKind
R = RoleName


@pytest.fixture
def sent(session: Session, house: House) -> Complaint:
    """The ward's complaint, taken down by its handler, sent by the office to the laboratory."""
    complaint = create_complaint(session, house, "accepted")
    return to_laboratory(session, house, complaint)


def to_laboratory(session: Session, house: House, complaint: Complaint) -> Complaint:
    return fire(session, house[R.FIRST_RECEIVER], E.TRANSFER, complaint, **valid_form(E.TRANSFER, house))


def test_a_transfer_awaits_signature(session: Session, house: House, sent: Complaint) -> None:
    now = values(session, sent)
    assert now["state"] is State.DISPATCHED
    assert (now["department_id"], now["handler_id"]) == (house.laboratory.id, None)
    [assignment] = rows(session, Assignment, sent)
    assert (assignment.status.value, assignment.person_id) == ("awaiting", house.outsider.id)
    assert assignment.instruction == "请检验科核实并答复。"
    assert told(session, sent, "transfer.awaiting") == {house.outsider.id, house.laboratory.leader_id}


@pytest.mark.clause("R01-03")
def test_the_sender_answers_and_both_read_until_it_is_signed(
    session: Session, house: House, sent: Complaint
) -> None:
    assert sent.responsible_id == house[R.FIRST_RECEIVER].id
    for user in (house[R.HANDLER], house[R.DEPARTMENT_HEAD], house.outsider):
        assert sees(session, user, sent)

    fire(session, house.outsider, E.SIGN_FOR, sent)
    now = values(session, sent)
    assert now["state"] is State.IN_WORK
    assert now["responsible_id"] == now["handler_id"] == house.outsider.id
    assert told(session, sent, "transfer.signed") == {house[R.FIRST_RECEIVER].id}
    assert sees(session, house[R.HANDLER], sent), "the first receiver goes on reading"
    assert not sees(session, house[R.DEPARTMENT_HEAD], sent), "the department that sent it does not"
    [assignment] = rows(session, Assignment, sent)
    assert (assignment.signed_by_id, assignment.signed_at) == (
        house.outsider.id,
        last_event(session, sent).at,
    )


def test_only_the_person_their_head_or_their_cover_signs(
    session: Session, house: House, sent: Complaint
) -> None:
    colleague = create_user(
        session, "同事", R.HANDLER, department=house.laboratory, for_department=house.laboratory
    )
    deputy = create_user(session, "代理", R.HANDLER, department=house.ward, for_department=house.ward)
    arrange_cover(session, house.outsider, deputy)
    session.commit()
    with pytest.raises(Refused) as caught:
        fire(session, colleague, E.SIGN_FOR, sent)
    assert [reason.code for reason in caught.value.reasons] == ["not_receiver"]
    from datetime import UTC, datetime

    fire(session, deputy, E.SIGN_FOR, sent, now=datetime.now(UTC))
    [assignment] = rows(session, Assignment, sent)
    assert (assignment.signed_by_id, assignment.signed_for_id) == (deputy.id, house.outsider.id)
    assert values(session, sent)["handler_id"] == house.outsider.id
    assert last_event(session, sent).on_behalf_of_name == house.outsider.name


@pytest.mark.clause("R16-15")
def test_a_refused_signature_gives_it_back_to_the_sender(
    session: Session, house: House, sent: Complaint
) -> None:
    fire(session, house.outsider, E.REFUSE_SIGNATURE, sent, reason="不属本科室", clause="R16-15")
    now = values(session, sent)
    assert (now["state"], now["department_id"], now["refusals"]) == (State.ACCEPTED, house.ward.id, 1)
    assert now["responsible_id"] == house[R.FIRST_RECEIVER].id
    assert leads(session, sent) == ["refused"]
    assert told(session, sent, "transfer.refused") == {house[R.FIRST_RECEIVER].id}
    assert last_event(session, sent).clause == "R16-15"
    assert not sees(session, house.outsider, sent)
    assert sees(session, house[R.DEPARTMENT_HEAD], sent)
    to_laboratory(session, house, sent)
    assert leads(session, sent) == ["refused", "awaiting"]


def test_a_redirected_transfer_stays_with_who_sent_it(
    session: Session, house: House, sent: Complaint
) -> None:
    """The department that never signed is neither the sender nor a reader any more."""
    pharmacist = create_user(session, "药师", R.HANDLER, department=house.office, for_department=house.office)
    session.commit()
    fire(
        session,
        house[R.LEADER],
        E.TRANSFER,
        sent,
        department_id=house.office.id,
        person_id=pharmacist.id,
    )
    assert leads(session, sent) == ["ended", "awaiting"]
    assert rows(session, Assignment, sent)[-1].from_department_id == house.ward.id
    assert not sees(session, house.outsider, sent)
    assert sees(session, house[R.DEPARTMENT_HEAD], sent)
    assert told(session, sent, "reassigned") == {house.outsider.id}
    fire(session, pharmacist, E.REFUSE_SIGNATURE, sent, reason="不属本科室", clause="R16-15")
    assert values(session, sent)["department_id"] == house.ward.id


def test_the_proposed_head_does_not_pass_on_what_nobody_signed(
    session: Session, house: House, sent: Complaint
) -> None:
    head = next(p for p in (session.get(type(house.outsider), house.laboratory.leader_id),) if p)
    form = {"department_id": house.ward.id, "person_id": house[R.HANDLER].id, "instruction": "请内科办理。"}
    with pytest.raises(Refused) as caught:
        fire(session, head, E.TRANSFER, sent, **form)
    assert [reason.code for reason in caught.value.reasons] == ["not_own_department"]
    fire(session, house[R.DEPARTMENT_HEAD], E.TRANSFER, sent, **form)
    assert leads(session, sent) == ["ended", "awaiting"]


def test_who_can_not_sign_is_not_sent_to(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "accepted")
    form = valid_form(E.TRANSFER, house)
    for person in (house[R.ARCHIVIST], house[R.HANDLER]):
        with pytest.raises(Invalid) as caught:
            fire(session, house[R.LEADER], E.TRANSFER, complaint, **form | {"person_id": person.id})
        assert set(caught.value.fields) == {"person_id"}
    to_laboratory(session, house, complaint)
    with pytest.raises(Invalid) as caught:
        to_laboratory(session, house, complaint)
    assert set(caught.value.fields) == {"person_id"}, "it is with this person already"


@pytest.mark.clause("R01-07")
def test_a_leader_instructs_by_sending(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "accepted")
    form = valid_form(E.TRANSFER, house) | {"instruction": ""}
    with pytest.raises(Invalid):
        fire(session, house[R.FIRST_RECEIVER], E.TRANSFER, complaint, **form)
    fire(session, house[R.LEADER], E.TRANSFER, complaint, **form)
    assert rows(session, Assignment, complaint)[0].instructed_by_id == house[R.LEADER].id


@pytest.mark.clause("R01-12", "R01-13")
def test_a_transfer_meets_the_two_days_and_starts_the_fifteen(
    session: Session, house: House, sent: Complaint
) -> None:
    runs = clocks(session, sent)
    assert runs["dispose", 1].state.value == "met"
    assert runs["close", 1].state.value == "running"
    assert values(session, sent)["due_at"] == runs["close", 1].due_at
    due = runs["close", 1].due_at
    fire(session, house.outsider, E.REFUSE_SIGNATURE, sent, reason="不属本科室", clause="R16-15")
    to_laboratory(session, house, sent)
    assert clocks(session, sent)["close", 1].due_at == due, "a second transfer starts no second period"


def test_arbitration_binds_and_asks_no_signature(session: Session, house: House, sent: Complaint) -> None:
    with pytest.raises(Refused) as caught:
        fire(session, house[R.LEADER], E.ARBITRATE, sent, **valid_form(E.ARBITRATE, house))
    assert [reason.code for reason in caught.value.reasons] == ["no_dispute"]
    for _ in range(2):
        fire(session, house.outsider, E.REFUSE_SIGNATURE, sent, reason="不属本科室", clause="R16-15")
        to_laboratory(session, house, sent)
    with pytest.raises(Refused) as caught:
        fire(session, house.outsider, E.REFUSE_SIGNATURE, sent, reason="不属本科室", clause="R16-15")
    assert [reason.code for reason in caught.value.reasons] == ["refusals_used_up"]
    fire(session, house[R.LEADER], E.ARBITRATE, sent, **valid_form(E.ARBITRATE, house))
    now = values(session, sent)
    assert (now["state"], now["handler_id"]) == (State.IN_WORK, house.outsider.id)
    assert leads(session, sent) == ["refused", "refused", "ended", "signed"]
    assert rows(session, Assignment, sent)[-1].signed_by_id == house[R.LEADER].id
    assert told(session, sent, "arbitrated") == {house.outsider.id, house.laboratory.leader_id}


def test_taking_on_is_within_ones_own_department(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "accepted")
    with pytest.raises(Invalid) as caught:
        fire(session, house[R.FIRST_RECEIVER], E.TAKE_ON, complaint, handler_id=house.outsider.id)
    assert set(caught.value.fields) == {"handler_id"}
    fire(session, house[R.FIRST_RECEIVER], E.TAKE_ON, complaint)
    now = values(session, complaint)
    assert (now["department_id"], now["handler_id"]) == (house.office.id, house[R.FIRST_RECEIVER].id)
    assert leads(session, complaint) == ["signed"]
    assert clocks(session, complaint)["dispose", 1].state.value == "met"


def test_nobody_acts_on_what_went_elsewhere(session: Session, house: House, sent: Complaint) -> None:
    fire(session, house.outsider, E.SIGN_FOR, sent)
    with pytest.raises(NotFound):
        take(session, house, sent, E.NOTE, R.DEPARTMENT_HEAD)
