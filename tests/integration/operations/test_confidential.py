"""A confidential complaint exists for the people named on it and for nobody else, wherever one looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, AuditEntry, Complaint, NumberSeries, OutboxMessage, User, WithdrawnNumber
from models.base import Base
from models.enums import AccidentGrade, AccidentStatus, EventKind, RoleName, State
from services.access.scope import SCOPES
from services.actor import SYSTEM, Actor
from services.deadlines import clocks
from services.errors import Invalid, NotFound, NotPermitted, Refused, Stale
from services.operations.sweep import sweep_all
from services.procedures.registry import load_packs
from services.procedures.vocabulary import ClockEvent
from services.sealing import unseal
from services.unit_of_work import UnitOfWork
from tests.factories import (
    NOW,
    House,
    actor_of,
    arrange_cover,
    create_complaint,
    create_user,
    fire,
    register_complaint,
    take,
    valid_form,
)
from tests.integration.operations.looking import audiences, rows, sees, told, values

E = EventKind
R = RoleName


@pytest.fixture
def hidden(session: Session, house: House) -> Complaint:
    """In work in the ward, then marked: named are the leader and the ward's handler, who works on it."""
    complaint = create_complaint(session, house, "in_work")
    return hide(session, house, complaint, house[R.HANDLER])


def hide(session: Session, house: House, complaint: Complaint, *named: User) -> Complaint:
    users = (house[R.LEADER].id, *(user.id for user in named))
    return fire(
        session,
        house[R.LEADER],
        E.MARK_CONFIDENTIAL,
        complaint,
        named_user_ids=users,
        reason="涉及廉政举报",
    )


def visible_rows(session: Session, actor: Actor) -> dict[str, set[int]]:
    """What this person gets of every scoped table that tells of complaints, their own lists aside."""
    session.expire_all()
    session.info["actor"] = actor
    found = {
        model.__name__: set(session.scalars(sa.select(model.id)))
        for model in SCOPES
        if hasattr(model, "complaint_id") or model is Complaint
    }
    session.rollback()
    return found


def ids_of(session: Session, complaint: Complaint) -> dict[str, set[int]]:
    """The rows of these tables that belong to the complaint."""
    found = {}
    for model in SCOPES:
        if model is Complaint:
            found[model.__name__] = {complaint.id}
        elif hasattr(model, "complaint_id"):
            found[model.__name__] = {row.id for row in rows(session, model, complaint)}
    return found


def nobody_else(session: Session, house: House) -> list[User]:
    """Everybody who is not named, a general deputy of the leader among them."""
    deputy = create_user(session, "代理", R.HANDLER, department=house.ward, for_department=house.ward)
    arrange_cover(session, house[R.LEADER], deputy)
    arrange_cover(session, house[R.HANDLER], deputy)
    session.commit()
    named = {house[R.LEADER].id, house[R.HANDLER].id}
    return [deputy, house.outsider, *(u for u in house.people.values() if u.id not in named)]


@pytest.mark.clause("R15-19")
def test_no_row_of_any_table_shows_it(session: Session, house: House, hidden: Complaint) -> None:
    take(session, house, hidden, E.ESCALATE, R.HANDLER)
    take(session, house, hidden, E.NOTE, R.HANDLER)
    theirs = ids_of(session, hidden)
    assert all(theirs[name] for name in ("Complaint", "ComplaintEvent", "AuditEntry", "ClockRun", "Party"))
    now = datetime.now(UTC)
    for user in nobody_else(session, house):
        seen = visible_rows(session, actor_of(session, user, now))
        leaked = {name: seen[name] & ids for name, ids in theirs.items() if seen[name] & ids}
        assert not leaked, f"{user.name}: {leaked}"
        session.info["actor"] = actor_of(session, user, now)
        assert session.scalar(sa.select(sa.func.count(Complaint.id))) == 0
        with pytest.raises(NotFound):
            fire(session, user, E.NOTE, hidden, now=now, text="x")
        with pytest.raises(NotFound):
            fire(session, user, E.NOTE, hidden, now=now, text="x", version=1)
    for user in (house[R.LEADER], house[R.HANDLER]):
        session.info["actor"] = actor_of(session, user, now)
        assert session.scalar(sa.select(sa.func.count(Complaint.id))) == 1


def test_a_number_of_its_own_and_no_unexplained_gap(session: Session, house: House) -> None:
    complaints = [create_complaint(session, house) for _ in range(3)]
    hide(session, house, complaints[1])
    session.info["actor"] = actor_of(session, house[R.AUDITOR])
    numbers = {
        *session.scalars(sa.select(Complaint.number)),
        *session.scalars(sa.select(WithdrawnNumber.number)),
    }
    assert numbers == {f"TS-2026-{n:06d}" for n in (1, 2, 3)}
    assert values(session, complaints[1])["number"] == "TSM-2026-000001"
    assert create_complaint(session, house).number == "TS-2026-000004"
    born_hidden = register_complaint(
        session, house[R.HANDLER], confidential=True, named_user_ids=(house[R.LEADER].id,)
    )
    assert values(session, born_hidden)["number"] == "TSM-2026-000002"
    assert {(s.is_confidential, s.last) for s in session.scalars(sa.select(NumberSeries))} == {
        (False, 4),
        (True, 2),
    }


def test_the_audit_trail_is_sealed(session: Session, house: House, hidden: Complaint) -> None:
    take(session, house, hidden, E.CORRECT, R.HANDLER, values={"place": "三楼"}, reason="补记")
    entry: AuditEntry = rows(session, AuditEntry, hidden)[-1]
    assert (entry.before, entry.after, entry.reason, entry.subject_name) == (None, None, None, None)
    assert unseal(entry.sealed or "") == {
        "before": {"place": None},
        "after": {"place": "三楼"},
        "reason": "补记",
    }


def test_the_administrator_and_the_auditor_read_no_entry_of_it(
    session: Session, house: House, hidden: Complaint
) -> None:
    for role in (R.ADMINISTRATOR, R.AUDITOR, R.HEAD_OF_QUALITY):
        session.info["actor"] = actor_of(session, house[role])
        texts = [str(vars(entry)) for entry in session.scalars(sa.select(AuditEntry))]
        assert not any(hidden.number in text or "confidential" in text for text in texts)


def test_waiting_messages_are_taken_back(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "dispatched")
    take(session, house, complaint, E.SUPERVISE, R.HEAD_OF_QUALITY)
    assert told(session, complaint, "supervised") - {house[R.HANDLER].id, house[R.LEADER].id}
    hide(session, house, complaint, house[R.HANDLER])
    recipients = {row.recipient_id for row in rows(session, OutboxMessage, complaint)}
    assert recipients <= {house[R.HANDLER].id, house[R.LEADER].id}


def test_every_message_goes_to_named_people_only(session: Session, house: House) -> None:
    """Whatever happens to it: by hand, by transfer, by the sweep, long after its time limits."""
    complaint = create_complaint(session, house, "accepted")
    quality, handler = house[R.HEAD_OF_QUALITY], house[R.HANDLER]
    hide(session, house, complaint, handler, quality)
    named = {house[R.LEADER].id, handler.id, quality.id}
    for event, role in (
        (E.SUPERVISE, R.LEADER),
        (E.TRANSFER, R.HEAD_OF_QUALITY),
        (E.URGE, R.HEAD_OF_QUALITY),
        (E.SIGN_FOR, R.HANDLER),
        (E.REQUEST_EXTENSION, R.HANDLER),
        (E.ESCALATE, R.HANDLER),
        (E.ESCALATE, R.HANDLER),
        (E.SUBMIT_OPINION, R.HANDLER),
        (E.APPROVE, R.LEADER),
    ):
        take(session, house, complaint, event, role)
    report = sweep_all(session, datetime(2026, 9, 1, tzinfo=UTC))
    assert report.breached and not report.failed
    messages = rows(session, OutboxMessage, complaint)
    assert {row.recipient_id for row in messages} == named
    assert {"escalated", "clock_breached"} <= {row.topic for row in messages}


def test_escalation_falls_to_the_named_deputy(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "in_work")
    hide(session, house, complaint, house[R.HANDLER])
    deputy = house[R.INVESTIGATOR]
    form = {"user_id": deputy.id, "reason": "分管领导外出"}
    assert not sees(session, deputy, complaint)
    fire(session, house[R.LEADER], E.NAME_PERSON, complaint, **form)
    fire(session, house[R.LEADER], E.NAME_PERSON, complaint, **form, deputy=True)
    assert sees(session, deputy, complaint)
    house[R.LEADER].is_active = False
    session.commit()
    fire(session, house[R.HANDLER], E.ESCALATE, complaint, reason="需上级协调")
    assert told(session, complaint, "escalated") == {deputy.id}


def test_who_answers_for_it_can_see_it(session: Session, house: House) -> None:
    """The office that had it in hands is not named: the leader who marks it answers from then on."""
    complaint = create_complaint(session, house, "dispatched")
    assert values(session, complaint)["responsible_id"] == house[R.FIRST_RECEIVER].id
    hide(session, house, complaint)
    assert values(session, complaint)["responsible_id"] == house[R.LEADER].id
    assert audiences(session, complaint) == {f"c{house[R.LEADER].id}"}
    assert not sees(session, house[R.FIRST_RECEIVER], complaint), "the first receiver, too, when not named"


def test_sent_to_named_people_only(session: Session, house: House, hidden: Complaint) -> None:
    leader = house[R.LEADER]
    for event in (E.TRANSFER, E.ADD_CO_HANDLER):
        with pytest.raises(Invalid) as caught:
            fire(session, leader, event, hidden, **valid_form(event, house))
        assert set(caught.value.fields) == {"person_id"}
    fire(session, leader, E.NAME_PERSON, hidden, user_id=house.outsider.id, reason="由其办理")
    fire(session, leader, E.TRANSFER, hidden, **valid_form(E.TRANSFER, house))
    told_of_it = told(session, hidden, "transfer.awaiting")
    assert house.outsider.id in told_of_it
    assert house.laboratory.leader_id not in told_of_it, "the head is not named"
    fire(session, house.outsider, E.SIGN_FOR, hidden)
    assert values(session, hidden)["state"] is State.IN_WORK


def test_what_was_merged_into_it_hides_with_it(session: Session, house: House) -> None:
    master, merged = create_complaint(session, house), create_complaint(session, house)
    fire(session, house[R.FIRST_RECEIVER], E.MERGE, merged, **valid_form(E.MERGE, house, master=master))
    hide(session, house, master)
    assert values(session, merged)["number"].startswith("TSM-")
    assert not sees(session, house[R.AUDITOR], merged)
    assert sees(session, house[R.LEADER], merged)


NAMING: dict[str, tuple[EventKind, RoleName, dict[str, Any], type[Exception]]] = {
    "nobody can decide": (E.MARK_CONFIDENTIAL, R.LEADER, {"named_user_ids": "handler"}, Invalid),
    "unknown person": (E.MARK_CONFIDENTIAL, R.LEADER, {"named_user_ids": (999_999,)}, Invalid),
    "by a handler": (E.MARK_CONFIDENTIAL, R.HANDLER, {}, NotPermitted),
}


@pytest.mark.parametrize("case", NAMING)
def test_who_may_be_named_and_by_whom(session: Session, house: House, case: str) -> None:
    event, role, changed, error = NAMING[case]
    complaint = create_complaint(session, house, "in_work")
    if changed.get("named_user_ids") == "handler":
        changed = {"named_user_ids": (house[R.HANDLER].id,)}
    with pytest.raises(error):
        take(session, house, complaint, event, role, **changed)
    assert not values(session, complaint)["is_confidential"]


def test_naming_one_more(session: Session, house: House, hidden: Complaint) -> None:
    form = valid_form(E.NAME_PERSON, house)
    leader = house[R.LEADER]
    with pytest.raises(NotPermitted):
        fire(session, house[R.HANDLER], E.NAME_PERSON, hidden, **form)
    with pytest.raises(NotFound):
        fire(session, house[R.HEAD_OF_QUALITY], E.NAME_PERSON, hidden, **form)
    with pytest.raises(Stale):
        fire(session, leader, E.NAME_PERSON, hidden, version=0, **form)
    for field, value in (("user_id", None), ("reason", " "), ("reason", "长" * 201)):
        with pytest.raises(Invalid) as caught:
            fire(session, leader, E.NAME_PERSON, hidden, **form | {field: value})
        assert set(caught.value.fields) == {field}
    with pytest.raises(Refused):
        open_one = create_complaint(session, house)
        fire(session, leader, E.NAME_PERSON, open_one, **form)
    fire(session, leader, E.NAME_PERSON, hidden, **form)
    assert sees(session, house.outsider, hidden)
    assert told(session, hidden, "named") == {house[R.HANDLER].id, house.outsider.id}


def test_accidents_of_it_stay_hidden(session: Session, house: House, hidden: Complaint) -> None:
    """A clock of its accident tells named people, and the entry of the sweep is nobody else's."""
    accident = Accident(
        number="SG-2026-000001",
        complaint_id=hidden.id,
        title="器械漏电",
        grade=AccidentGrade.MAJOR,
        status=AccidentStatus.REPORTED,
        happened_at=NOW,
        reported_at=NOW,
        department_id=house.ward.id,
        reported_by_id=house[R.FIRST_RECEIVER].id,
        facts="使用中漏电",
    )
    session.add(accident)
    session.commit()
    procedure = load_packs()["medical-device-aftersales"]
    with UnitOfWork(session, SYSTEM, NOW) as work:
        clocks.start_clocks(
            work,
            accident,
            ClockEvent.ACCIDENT_HAPPENED,
            NOW,
            procedure=procedure,
            codes={"authority_report"},
        )
    assert sweep_all(session, NOW + timedelta(days=2)).breached == 1
    assert told(session, hidden, "accident_clock_breached") <= {house[R.LEADER].id, house[R.HANDLER].id}
    assert told(session, hidden, "accident_clock_breached")
    for role in (R.AUDITOR, R.HEAD_OF_QUALITY, R.ADMINISTRATOR):
        session.info["actor"] = actor_of(session, house[role])
        assert session.scalars(sa.select(Accident)).all() == []
        assert "accident.clock_breached" not in session.scalars(sa.select(AuditEntry.action)).all()


def test_every_table_of_a_complaint_is_looked_at() -> None:
    """A new table that belongs to complaints has to have a scope rule."""
    unscoped_tables = {
        mapper.class_.__name__
        for mapper in Base.registry.mappers
        if "complaint_id" in mapper.columns and mapper.class_ not in SCOPES
    }
    assert unscoped_tables == set()
