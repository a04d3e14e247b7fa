"""Registering: number, first receiver, clocks, visibility, history, audit; what can't be taken is said at its field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Party
from models.enums import Channel, ComplaintForm, PartyKind, PartySide, RoleName, State
from services.errors import Invalid, NotPermitted
from services.operations.register import NewParty
from tests.factories import NOW, House, register_complaint
from tests.integration.operations.looking import audiences, events, everything, last_audit, rows

R = RoleName


@pytest.mark.clause("R01-01")
def test_the_first_receiver_is_on_record_and_answers_for_it(session: Session, house: House) -> None:
    complaint = register_complaint(session, house[R.HANDLER])
    assert complaint.number == "TS-2026-000001"
    assert complaint.state is State.REGISTERED
    assert complaint.first_receiver_id == complaint.responsible_id == house[R.HANDLER].id
    assert complaint.receiving_department_id == house.ward.id
    assert audiences(session, complaint) == {"*", f"d{house.ward.id}", f"u{house[R.HANDLER].id}"}
    assert events(session, complaint) == ["register"]
    entry = last_audit(session, complaint)
    assert (entry.action, entry.subject_name, entry.after) == (
        "complaint.register",
        "TS-2026-000001",
        {"state": "registered"},
    )


@pytest.mark.clause("R01-04")
def test_out_of_hours_the_person_on_duty_is_the_first_receiver(session: Session, house: House) -> None:
    on_duty = house[R.INVESTIGATOR]
    complaint = register_complaint(session, house[R.FIRST_RECEIVER], first_receiver_id=on_duty.id)
    assert complaint.first_receiver_id == complaint.responsible_id == on_duty.id


@pytest.mark.clause("R01-19")
def test_any_department_may_register_and_nobody_who_keeps_the_system(session: Session, house: House) -> None:
    may = {role for role in R if role not in (R.ADMINISTRATOR, R.AUDITOR)}
    for role in may:
        register_complaint(session, house[role], channel=Channel.VISIT, form=ComplaintForm.ORAL)
    register_complaint(session, house.outsider)
    for role in set(R) - may:
        with pytest.raises(NotPermitted):
            register_complaint(session, house[role])


@pytest.mark.clause("R01-05")
def test_name_telephone_address_request_and_grounds_are_kept_apart(session: Session, house: House) -> None:
    party = NewParty(PartySide.COMPLAINANT, name="王小明", phone="13800001111", address="某路1号")
    complaint = register_complaint(
        session,
        house[R.HANDLER],
        parties=(party,),
        request="退费",
        grounds="票据",
        channel=Channel.VISIT,
        form=ComplaintForm.ORAL,
    )
    [kept] = rows(session, Party, complaint)
    assert (kept.name, kept.phone, kept.address) == ("王小明", "13800001111", "某路1号")
    assert (complaint.request, complaint.grounds) == ("退费", "票据")
    assert (complaint.complainant_name, complaint.is_anonymous) == ("王小明", False)


def test_anonymous(session: Session, house: House) -> None:
    nobody = NewParty(PartySide.COMPLAINANT, kind=PartyKind.ANONYMOUS)
    assert register_complaint(session, house[R.HANDLER], parties=(nobody,)).is_anonymous


FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("summary", {"summary": " "}),
    ("summary", {"summary": "长" * 201}),
    ("content", {"content": ""}),
    ("received_at", {"received_at": NOW + timedelta(hours=1)}),
    ("passed_on_by", {"channel": Channel.THIRD_PARTY}),
    ("occurred_on", {"occurred_on": (NOW + timedelta(days=3)).date()}),
    ("customer_due_on", {"customer_due_on": (NOW - timedelta(days=3)).date()}),
    ("parties-0-name", {"parties": (NewParty(PartySide.COMPLAINANT),)}),
    ("parties-0-phone", {"parties": (NewParty(PartySide.COMPLAINANT, name="王", phone="1" * 81),)}),
    ("batch", {"batch": "长" * 81}),
    ("place", {"place": "长" * 201}),
    ("first_receiver_id", {"first_receiver_id": 999_999}),
    ("receiving_department_id", {"receiving_department_id": 999_999}),
    ("named_user_ids", {"confidential": True}),
    ("is_imported", {"extra": {"is_imported": True}}),
]


@pytest.mark.parametrize("field, typed", FAULTS, ids=[f"{name}-{i}" for i, (name, _) in enumerate(FAULTS)])
def test_what_cannot_be_taken(session: Session, house: House, field: str, typed: dict[str, Any]) -> None:
    before = everything(session)
    with pytest.raises(Invalid) as caught:
        register_complaint(session, house[R.HANDLER], **typed)
    assert field in caught.value.fields
    assert everything(session) == before


def test_a_refused_registration_takes_no_number(session: Session, house: House) -> None:
    with pytest.raises(Invalid):
        register_complaint(session, house[R.HANDLER], summary="")
    assert register_complaint(session, house[R.HANDLER]).number == "TS-2026-000001"
