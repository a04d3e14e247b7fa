"""The moment a complaint comes in: channels of the procedure, whom to tell, who handles it, what acceptance wants."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.enums import Channel, ClockState, CloseKind, ComplaintForm, PartyKind, PartySide, RoleName, State
from models.enums import EventKind as E
from services.errors import Invalid, NotPermitted, Refused
from services.operations.register import NewParty
from services.operations.sweep import sweep_all
from tests.factories import NOW, create_complaint, create_house, fire, register_complaint, reread, take
from tests.integration.operations.looking import audiences, clocks, told, values

R = RoleName
C = Channel


def codes(caught: Any) -> list[str]:
    return [reason.code for reason in caught.value.reasons]


CHANNELS: list[tuple[str, str, tuple[Channel, ...]]] = [
    ("R02-05", "construction-company", (C.LETTER, C.HOTLINE, C.EMAIL)),
    ("R03-01", "customer-service", (C.HOTLINE, C.LETTER, C.FAX, C.EMAIL, C.VISIT, C.THIRD_PARTY)),
    ("R05-03", "product-company", (C.HOTLINE, C.LETTER, C.VISIT, C.EMAIL)),
    ("R07-03", "enterprise-chapters", (C.HOTLINE, C.EMAIL, C.ONLINE)),
    ("R08-08", "pharma-distributor-classic-a", (C.HOTLINE, C.FAX, C.LETTER)),
    ("R10-01", "three-level", (C.HOTLINE, C.EMAIL, C.ONLINE, C.LETTER)),
    ("R11-03", "company-24h-3d-7d", (C.HOTLINE, C.EMAIL, C.LETTER, C.ONLINE, C.VISIT)),
    ("R14-04", "medical-device-aftersales", (C.VISIT, C.LETTER, C.HOTLINE, C.FAX, C.EMAIL)),
    ("R16-01", "quality-system-admin-office", (C.LETTER, C.FAX, C.HOTLINE, C.EMAIL, C.THIRD_PARTY)),
    ("R18-02", "factory", (C.HOTLINE, C.EMAIL, C.LETTER, C.INTERNAL)),
]


@pytest.mark.parametrize(
    "procedure, channels",
    [
        pytest.param(each, listed, marks=pytest.mark.clause(clause), id=clause)
        for clause, each, listed in CHANNELS
    ],
)
def test_every_channel_of_the_regulation_is_open_and_no_other(
    session: Session, procedure: str, channels: tuple[Channel, ...]
) -> None:
    house = create_house(session, procedure)
    session.commit()
    for channel in channels:
        oral = channel in (C.HOTLINE, C.VISIT)
        typed: dict[str, Any] = {"form": ComplaintForm.ORAL} if oral else {}
        if channel is C.THIRD_PARTY:
            typed = {"passed_on_by": "市消费者协会", "source_reference": "消协2026-11号"}
        complaint = register_complaint(session, house[R.FIRST_RECEIVER], channel=channel, **typed)
        assert complaint.channel is channel
    with pytest.raises(Invalid) as caught:
        register_complaint(session, house[R.FIRST_RECEIVER], channel=C.RECEPTION_DAY)
    assert set(caught.value.fields) == {"channel"}


@pytest.mark.parametrize(
    "procedure",
    [
        pytest.param("customer-service", marks=pytest.mark.clause("R03-01")),
        pytest.param("quality-system-admin-office", marks=pytest.mark.clause("R16-01")),
    ],
)
def test_a_third_party_is_named_with_its_reference(session: Session, procedure: str) -> None:
    house = create_house(session, procedure)
    session.commit()
    with pytest.raises(Invalid) as caught:
        register_complaint(session, house[R.FIRST_RECEIVER], channel=C.THIRD_PARTY)
    assert set(caught.value.fields) == {"passed_on_by", "source_reference"}


@pytest.mark.clause("R05-03")
def test_the_registrar_chooses_whether_quality_staff_or_the_pr_manager_is_told(session: Session) -> None:
    house = create_house(session, "product-company")
    session.commit()
    quality, manager = house[R.HEAD_OF_QUALITY].id, house[R.LEADER].id
    for chosen, expected in (
        (("quality_staff",), {quality}),
        (("pr_manager",), {manager}),
        ((), {quality, manager}),
    ):
        complaint = register_complaint(session, house[R.FIRST_RECEIVER], told=chosen)
        assert told(session, complaint, "complaint.registered") == expected
    with pytest.raises(Invalid) as caught:
        register_complaint(session, house[R.FIRST_RECEIVER], told=("nobody",))
    assert set(caught.value.fields) == {"told"}


@pytest.mark.clause("R11-06")
def test_quality_management_is_told_of_every_complaint_that_is_not_kept_from_it(session: Session) -> None:
    house = create_house(session, "company-24h-3d-7d")
    session.commit()
    complaint = register_complaint(session, house[R.FIRST_RECEIVER])
    assert told(session, complaint, "complaint.registered") == {house[R.HEAD_OF_QUALITY].id}
    hidden = register_complaint(
        session, house[R.FIRST_RECEIVER], confidential=True, named_user_ids=(house[R.LEADER].id,)
    )
    assert told(session, hidden, "complaint.registered") == set()


@pytest.mark.clause("R04-02")
def test_a_named_person_handles_it_from_its_registration(session: Session) -> None:
    house = create_house(session, "general-quality")
    session.commit()
    complaint = register_complaint(session, house[R.FIRST_RECEIVER], first_receiver_id=house[R.HANDLER].id)
    assert complaint.handler_id == house[R.HANDLER].id


@pytest.mark.clause("R02-06", "R02-07")
def test_acceptance_names_everything_that_admission_lacks_and_keeps_the_draft(session: Session) -> None:
    house = create_house(session, "construction-company")
    session.commit()
    nobody = NewParty(PartySide.COMPLAINANT, kind=PartyKind.ANONYMOUS)
    complaint = register_complaint(session, house[R.FIRST_RECEIVER], parties=(nobody,))
    with pytest.raises(Refused) as caught:
        fire(session, house[R.FIRST_RECEIVER], E.ACCEPT, complaint)
    assert set(codes(caught)) == {
        "missing_complainant_name",
        "missing_complainant_phone",
        "missing_party_complained_about",
        "missing_evidence",
        "anonymous",
    }
    assert all(reason.link for reason in caught.value.reasons)
    assert reread(session, complaint.public_id).state is State.REGISTERED


@pytest.mark.clause("R06-02")
def test_acceptance_asks_for_the_product_and_what_is_irrelevant_is_refused_with_a_reason(
    session: Session,
) -> None:
    house = create_house(session, "production")
    session.commit()
    complaint = register_complaint(session, house[R.FIRST_RECEIVER])
    with pytest.raises(Refused) as caught:
        fire(session, house[R.FIRST_RECEIVER], E.ACCEPT, complaint)
    assert codes(caught) == ["missing_product_name"]
    with pytest.raises(Invalid) as fault:
        take(session, house, complaint, E.REFUSE, R.FIRST_RECEIVER, reason=" ")
    assert "reason" in fault.value.fields
    refused = take(session, house, complaint, E.REFUSE, R.FIRST_RECEIVER, reason="与本公司产品无关。")
    assert refused.state is State.REFUSED


FRIDAY = NOW + timedelta(days=3)
"""Friday, nine in the morning: the 24 hours end on a rest day."""


@pytest.mark.clause("R03-02")
def test_customer_service_has_it_within_24_hours_of_receipt(session: Session) -> None:
    house = create_house(session, "customer-service")
    session.commit()
    received, ward = FRIDAY - timedelta(hours=2), house[R.HANDLER]
    complaint = register_complaint(session, ward, now=FRIDAY, received_at=received)

    def run() -> tuple[ClockState, datetime, datetime | None]:
        found = clocks(session, complaint)["pass_on", 1]
        return found.state, found.due_at, found.breached_at

    due = received + timedelta(hours=24)
    assert run() == (ClockState.RUNNING, due, None)
    # What the department does with it itself passes nothing on.
    take(session, house, complaint, E.ACKNOWLEDGE, R.HANDLER, now=FRIDAY)
    with pytest.raises(NotPermitted):
        take(session, house, complaint, E.ACCEPT, R.DEPARTMENT_HEAD, now=FRIDAY)
    assert sweep_all(session, due - timedelta(minutes=1)).breached == 0
    assert run() == (ClockState.RUNNING, due, None)
    assert sweep_all(session, due + timedelta(minutes=1)).breached == 1
    assert told(session, complaint, "clock_breached") == {ward.id, house[R.DEPARTMENT_HEAD].id}
    take(session, house, complaint, E.ASK_TO_COMPLETE, R.FIRST_RECEIVER, now=due + timedelta(hours=1))
    assert run() == (ClockState.MISSED, due, due), "customer service has it, too late"


@pytest.mark.clause("R03-02")
def test_customer_service_has_it_when_it_takes_it_up_or_received_it_itself(session: Session) -> None:
    house = create_house(session, "customer-service")
    session.commit()
    for step in (E.ACCEPT, E.ASK_TO_COMPLETE):
        passed = register_complaint(session, house[R.HANDLER])
        take(session, house, passed, step, R.FIRST_RECEIVER)
        assert clocks(session, passed)["pass_on", 1].state is ClockState.MET, step
    own = register_complaint(session, house[R.FIRST_RECEIVER])
    assert clocks(session, own)["pass_on", 1].state is ClockState.MET, "nothing to pass on"
    settled = register_complaint(session, house[R.HANDLER])
    take(session, house, settled, E.CLOSE_ON_SPOT, R.HANDLER)
    assert clocks(session, settled)["pass_on", 1].state is ClockState.VOID, "not passed on, and over"


@pytest.mark.clause("R16-11", "R16-08")
def test_whoever_was_asked_first_is_on_record_and_may_solve_it_at_once(session: Session) -> None:
    house = create_house(session, "quality-system-admin-office")
    session.commit()
    complaint = create_complaint(session, house)
    assert complaint.first_receiver_id == house[R.HANDLER].id
    take(session, house, complaint, E.CLOSE_ON_SPOT, R.HANDLER)
    now = values(session, complaint)
    assert (now["state"], now["close_kind"]) == (State.CLOSED, CloseKind.ON_SPOT)


@pytest.mark.clause("R16-09")
def test_the_first_asked_person_keeps_seeing_the_case_after_its_transfer(session: Session) -> None:
    house = create_house(session, "quality-system-admin-office")
    assert house.outsider is not None
    session.commit()
    complaint = create_complaint(session, house, "accepted", first_receiver_id=house.outsider.id)
    take(session, house, complaint, E.TRANSFER, R.FIRST_RECEIVER)
    take(session, house, complaint, E.SIGN_FOR, R.HANDLER)
    assert f"u{house.outsider.id}" in audiences(session, complaint)


@pytest.mark.clause("R14-02")
def test_the_business_department_and_quality_management_both_take_complaints(session: Session) -> None:
    house = create_house(session, "medical-device-aftersales")
    session.commit()
    for role, department in ((R.HANDLER, house.ward), (R.HEAD_OF_QUALITY, house.office)):
        assert register_complaint(session, house[role]).receiving_department_id == department.id
