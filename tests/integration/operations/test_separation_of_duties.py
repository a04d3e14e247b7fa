"""Nobody decides on their own work: not themselves, not through a leave cover; a leader's exemption is on record."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from models import Complaint, Exemption, Opinion, User
from models.enums import EventKind, RoleName
from services.access.separation import SeparationRule, exempted
from services.errors import Invalid, Refused
from tests.factories import (
    House,
    arrange_cover,
    create_complaint,
    fire,
    grant_role,
    take,
    valid_form,
)
from tests.integration.operations.looking import last_audit, last_event, rows

E = EventKind
R = RoleName
NOW = datetime.now(UTC)
"""Covers count from now on."""

DECISIONS = {
    E.APPROVE: ("awaiting_approval", "approver_is_handler", SeparationRule.APPROVER_IS_NOT_HANDLER, R.LEADER),
    E.FOLLOW_UP: (
        "following_up",
        "handler_follows_up",
        SeparationRule.FOLLOW_UP_NOT_BY_HANDLER,
        R.HEAD_OF_QUALITY,
    ),
    E.CLOSE: (
        "satisfied",
        "closer_is_handler",
        SeparationRule.CLOSER_IS_NOT_HANDLER,
        R.HEAD_OF_QUALITY,
    ),
}
"""State, code of the refusal, rule, and a role that takes the step under the hospital's procedure."""


def try_to(session: Session, house: House, user: User, event: EventKind, complaint: Complaint) -> list[str]:
    """The reasons against it; none when it was done."""
    try:
        fire(session, user, event, complaint, now=datetime.now(UTC), **valid_form(event, house))
    except Refused as refused:
        return [reason.code for reason in refused.reasons]
    return []


def exempt(session: Session, house: House, rule: SeparationRule, until: date | None = None) -> Exemption:
    exemption = Exemption(
        rule=rule.value, reason="只有一人", granted_by_id=house[R.LEADER].id, valid_until=until
    )
    session.add(exemption)
    session.commit()
    return exemption


@pytest.mark.parametrize("event", DECISIONS, ids=lambda event: event.value)
def test_the_handler_does_not_decide(session: Session, house: House, event: EventKind) -> None:
    state, code, rule, decider = DECISIONS[event]
    complaint, handler = create_complaint(session, house, state), house[R.HANDLER]
    grant_role(session, handler, decider)
    session.commit()
    assert try_to(session, house, handler, event, complaint) == [code]
    exempt(session, house, rule)
    assert try_to(session, house, handler, event, complaint) == []


@pytest.mark.parametrize("event", DECISIONS, ids=lambda event: event.value)
def test_nor_as_the_leaders_deputy(session: Session, house: House, event: EventKind) -> None:
    state, code, _rule, decider = DECISIONS[event]
    complaint, handler = create_complaint(session, house, state), house[R.HANDLER]
    arrange_cover(session, house[decider], handler)
    session.commit()
    assert try_to(session, house, handler, event, complaint) == [code]


@pytest.mark.parametrize("event", DECISIONS, ids=lambda event: event.value)
def test_nor_the_leader_who_stands_in_for_the_handler(
    session: Session, house: House, event: EventKind
) -> None:
    state, code, _rule, decider = DECISIONS[event]
    complaint = create_complaint(session, house, state)
    arrange_cover(session, house[R.HANDLER], house[decider])
    session.commit()
    assert try_to(session, house, house[decider], event, complaint) == [code]


def test_who_submitted_for_the_handler_does_not_approve_after_the_leave(
    session: Session, house: House
) -> None:
    complaint, leader = create_complaint(session, house, "in_work"), house[R.LEADER]
    cover = arrange_cover(session, house[R.HANDLER], leader)
    session.commit()
    assert try_to(session, house, leader, E.SUBMIT_OPINION, complaint) == []
    [opinion] = rows(session, Opinion, complaint)
    assert (opinion.submitted_by_id, opinion.submitted_for_id) == (leader.id, house[R.HANDLER].id)
    cover.ended_at = datetime.now(UTC)
    session.commit()
    assert try_to(session, house, leader, E.APPROVE, complaint) == ["approver_is_handler"]
    assert try_to(session, house, leader, E.RETURN_OPINION, complaint) == ["returner_is_submitter"]


def test_a_deputy_decides_for_the_leader_and_it_shows(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "awaiting_approval")
    deputy, leader = house[R.ARCHIVIST], house[R.LEADER]
    arrange_cover(session, leader, deputy)
    session.commit()
    assert try_to(session, house, deputy, E.APPROVE, complaint) == []
    line = last_event(session, complaint)
    assert (line.actor_name, line.on_behalf_of_name) == (deputy.name, leader.name)
    assert last_audit(session, complaint).on_behalf_of_id == leader.id
    assert rows(session, Opinion, complaint)[0].approved_for_id == leader.id


def test_a_house_of_one_approves_under_its_exemption(session: Session, house: House) -> None:
    """Also who submitted the opinion: the record says under which exemption."""
    complaint, handler = create_complaint(session, house, "awaiting_approval"), house[R.HANDLER]
    grant_role(session, handler, R.LEADER)
    exemption = exempt(session, house, SeparationRule.APPROVER_IS_NOT_HANDLER)
    assert try_to(session, house, handler, E.APPROVE, complaint) == []
    [opinion] = rows(session, Opinion, complaint)
    assert opinion.approved_by_id == opinion.submitted_by_id == handler.id
    assert opinion.exemption_id == exemption.id


def test_an_exemption_ends_with_its_last_local_day(session: Session, house: House) -> None:
    rule = SeparationRule.CLOSER_IS_NOT_HANDLER
    exemption = exempt(session, house, rule, until=date(2026, 3, 10))
    assert exempted(session, rule, datetime(2026, 3, 10, 15, 59, tzinfo=UTC))
    assert not exempted(session, rule, datetime(2026, 3, 10, 16, 0, tzinfo=UTC)), "midnight in Shanghai"
    exemption.ended_at = datetime(2026, 3, 1, tzinfo=UTC)
    session.commit()
    assert not exempted(session, rule, datetime(2026, 3, 9, tzinfo=UTC))


def test_refusing_takes_a_second_person_of_the_office(session: Session, house: House) -> None:
    complaint, receiver = create_complaint(session, house), house[R.FIRST_RECEIVER]
    arrange_cover(session, house[R.HEAD_OF_QUALITY], receiver)
    session.commit()
    nobody = [
        receiver,
        house[R.HEAD_OF_QUALITY],
        house[R.HANDLER],
        house[R.DEPARTMENT_HEAD],
        house[R.AUDITOR],
    ]
    for second in [*(user.id for user in nobody), None]:
        with pytest.raises(Invalid) as caught:
            take(
                session,
                house,
                complaint,
                E.REFUSE,
                R.FIRST_RECEIVER,
                now=datetime.now(UTC),
                second_person_id=second,
            )
        assert set(caught.value.fields) == {"second_person_id"}
    exempt(session, house, SeparationRule.SECOND_PERSON_FOR_REFUSAL)
    take(session, house, complaint, E.REFUSE, R.FIRST_RECEIVER, second_person_id=None)
