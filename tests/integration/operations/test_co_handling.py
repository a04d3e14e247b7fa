"""Co-handling departments: one lead, several opinions, and nothing of the lead's business."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models import Assignment, Complaint
from models.enums import AssignmentKind, EventKind, RoleName
from services.errors import Invalid, NotPermitted, Refused, Stale
from tests.factories import House, create_complaint, fire, take, valid_form
from tests.integration.operations.looking import audiences, events, last_event, rows, sees, told

E = EventKind
R = RoleName


@pytest.fixture
def joint(session: Session, house: House) -> Complaint:
    """In work in the ward; the laboratory has been asked to help."""
    complaint = create_complaint(session, house, "in_work")
    return take(session, house, complaint, E.ADD_CO_HANDLER, R.FIRST_RECEIVER)


def co_handling(session: Session, complaint: Complaint) -> list[Assignment]:
    return [row for row in rows(session, Assignment, complaint) if row.kind is AssignmentKind.CO_HANDLING]


@pytest.mark.clause("R01-09", "R01-10")
def test_asked_signed_and_heard(session: Session, house: House, joint: Complaint) -> None:
    lab = house.outsider
    assert told(session, joint, "co_handling.awaiting") == {lab.id, house.laboratory.leader_id}
    assert sees(session, lab, joint)
    with pytest.raises(Refused) as caught:
        take(session, house, joint, E.SUBMIT_OPINION, R.HANDLER)
    assert [reason.code for reason in caught.value.reasons] == ["co_opinion_missing"]
    with pytest.raises(Refused):
        fire(session, lab, E.GIVE_CO_OPINION, joint, opinion="未签收")
    with pytest.raises(Refused):
        take(session, house, joint, E.SIGN_CO_HANDLING, R.HANDLER)
    with pytest.raises(NotPermitted):
        take(session, house, joint, E.SIGN_CO_HANDLING, R.AUDITOR)

    fire(session, lab, E.SIGN_CO_HANDLING, joint)
    with pytest.raises(Invalid) as invalid:
        fire(session, lab, E.GIVE_CO_OPINION, joint, opinion=" ")
    assert set(invalid.value.fields) == {"opinion"}
    with pytest.raises(Stale):
        fire(session, lab, E.GIVE_CO_OPINION, joint, version=0, opinion="检验无误")
    fire(session, lab, E.GIVE_CO_OPINION, joint, opinion="检验无误")
    [assignment] = co_handling(session, joint)
    assert (assignment.signed_by_id, assignment.opinion) == (lab.id, "检验无误")
    assert told(session, joint, "co_opinion") == {house[R.HANDLER].id}
    assert last_event(session, joint).text == "检验无误"
    take(session, house, joint, E.SUBMIT_OPINION, R.HANDLER)


def test_who_only_helps_leaves_the_lead_alone(session: Session, house: House, joint: Complaint) -> None:
    head = session.get_one(type(house.outsider), house.laboratory.leader_id)
    fire(session, house.outsider, E.SIGN_CO_HANDLING, joint)
    for user, event in (
        (head, E.PAUSE),
        (head, E.TRANSFER),
        (head, E.ADD_CO_HANDLER),
        (head, E.GRADE),
        (house.outsider, E.CORRECT),
        (house.outsider, E.SUBMIT_OPINION),
        (house.outsider, E.REQUEST_EXTENSION),
    ):
        with pytest.raises(NotPermitted):
            fire(session, user, event, joint, **valid_form(event, house))
    fire(session, head, E.NOTE, joint, text="协办科室备注")
    fire(session, house.outsider, E.ESCALATE, joint, reason="需上级协调")


def test_asked_twice_or_the_lead_itself(session: Session, house: House, joint: Complaint) -> None:
    with pytest.raises(Invalid):
        take(session, house, joint, E.ADD_CO_HANDLER, R.FIRST_RECEIVER)
    with pytest.raises(Invalid) as caught:
        take(
            session,
            house,
            joint,
            E.ADD_CO_HANDLER,
            R.FIRST_RECEIVER,
            department_id=house.ward.id,
            person_id=house[R.HANDLER].id,
        )
    assert set(caught.value.fields) == {"department_id"}


def test_who_leads_no_longer_helps(session: Session, house: House, joint: Complaint) -> None:
    fire(session, house[R.LEADER], E.TRANSFER, joint, **valid_form(E.TRANSFER, house))
    assert [one.status.value for one in co_handling(session, joint)] == ["awaiting"], (
        "not before it has signed"
    )
    fire(session, house.outsider, E.SIGN_FOR, joint)
    assert [one.status.value for one in co_handling(session, joint)] == ["ended"]
    fire(session, house.outsider, E.SUBMIT_OPINION, joint, **valid_form(E.SUBMIT_OPINION, house))


def test_taking_it_on_keeps_the_helpers(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "accepted")
    take(session, house, complaint, E.ADD_CO_HANDLER, R.FIRST_RECEIVER)
    fire(session, house[R.FIRST_RECEIVER], E.TAKE_ON, complaint)
    assert [one.status.value for one in co_handling(session, complaint)] == ["awaiting"]


@pytest.mark.clause("R01-09")
def test_what_it_has_co_handled_a_department_goes_on_reading(
    session: Session, house: House, joint: Complaint
) -> None:
    fire(session, house.outsider, E.SIGN_CO_HANDLING, joint)
    take(session, house, joint, E.STATUTORY_ROUTE, R.FIRST_RECEIVER)
    assert events(session, joint)[-1] == "statutory_route"
    assert f"d{house.laboratory.id}" in audiences(session, joint)
