"""Real cases for the matrix of the lifecycle: one complaint a situation, made once; each attempt on it is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Assignment, Complaint, ComplaintEvent, User
from models.enums import (
    AssignmentKind,
    AssignmentStatus,
    EventKind,
    FollowUpResult,
    RoleName,
    State,
    Verdict,
)
from services.access.scope import unscoped
from services.access.visibility import refresh_visibility
from services.actor import Actor
from services.errors import DeskError, NotFound, NotPermitted, Refused, WrongState
from tests.factories import (
    NOW,
    House,
    actor_of,
    create_complaint,
    create_house,
    create_user,
    extendable_clock,
    fire,
    register_complaint,
    reread,
    take,
    valid_form,
)

E = EventKind
R = RoleName
SIGNERS = (R.HANDLER, R.INVESTIGATOR, R.DEPARTMENT_HEAD)
CO_EVENTS = (E.SIGN_CO_HANDLING, E.GIVE_CO_OPINION)


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt."""

    kind: str
    """done, not_permitted, not_found, wrong_state, refused or invalid"""
    state: str = ""
    detail: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.state, self.detail)))


@dataclass
class Cases:
    """Complaints by the name of their situation, with the people who act on them."""

    house: House
    actors: dict[RoleName, Actor]
    co_actors: dict[RoleName, Actor]
    master_number: str
    made: dict[str, str] = field(default_factory=dict)
    """Public id by situation."""
    clocks: dict[str, str | None] = field(default_factory=dict)
    """The time limit that can be extended, by the complaint's public id."""

    def of(self, event: EventKind, state: str, role: RoleName) -> str:
        """The complaint on which somebody with `role` meets every gate of `event` that does not ask for the role."""
        for name in (f"{event.value}@{state}@{role.value}", f"{event.value}@{state}"):
            if name in self.made:
                return self.made[name]
        return self.made[state]

    def actor(self, event: EventKind, state: str, role: RoleName) -> Actor:
        """Co-handling is asked of the other department's people; everything else of the house's own."""
        if role in SIGNERS and event in CO_EVENTS and f"{event.value}@{state}@{role.value}" in self.made:
            return self.co_actors[role]
        return self.actors[role]

    def forms(self, event: EventKind, case: str = "") -> list[dict[str, Any]]:
        """Valid forms for this complaint, one for each state that the event may lead to."""
        form = valid_form(event, self.house, clock=self.clocks.get(case))
        if event is E.MERGE:
            form["master_number"] = self.master_number
        if event is E.FOLLOW_UP:
            return [form, form | {"result": FollowUpResult.DISSATISFIED, "words": "仍不满意。"}]
        if event is E.EVALUATE:
            return [form, form | {"verdict": Verdict.RECTIFY, "opinion": "整改后再报。"}]
        return [form]


def lay_out(session: Session) -> Cases:
    """Make the people and a complaint for every situation; commits."""
    house = create_house(session)
    co_people = {role: _laboratory_person(session, house, role) for role in SIGNERS}
    session.commit()
    master = create_complaint(session, house)
    cases = Cases(
        house,
        {role: actor_of(session, user) for role, user in house.people.items()},
        {role: actor_of(session, user) for role, user in co_people.items()},
        master.number,
    )
    for state in State:
        cases.made[state.value] = create_complaint(session, house, state.value).public_id
    for name, make in _situations(session, house, co_people).items():
        cases.made[name] = make().public_id
    cases.clocks = {case: extendable_clock(session, case) for case in cases.made.values()}
    for row in (house.office, house.ward, house.laboratory, house.outsider, *house.people.values()):
        session.refresh(row)
    session.expunge_all()  # what is read of them now must not ask the closed session again
    return cases


def _laboratory_person(session: Session, house: House, role: RoleName) -> User:
    lab = house.laboratory
    return create_user(session, f"检验科{role.value}", role, department=lab, for_department=lab)


def _situations(
    session: Session, house: House, co_people: dict[RoleName, User]
) -> dict[str, Callable[[], Complaint]]:
    """Where an event asks for more than its state: "event@state" or "event@state@role"."""

    def case(state: str, *steps: tuple[EventKind, RoleName], **changed: Any) -> Callable[[], Complaint]:
        def make() -> Complaint:
            complaint = create_complaint(session, house, state)
            for event, role in steps:
                take(session, house, complaint, event, role, **(changed if event is steps[-1][0] else {}))
            return complaint

        return make

    supervised = (E.SUPERVISE, R.LEADER)  # starts the time limit that can be extended and paused
    paused = (E.PAUSE, R.LEADER)
    refusal = ((E.REFUSE_SIGNATURE, R.HANDLER), (E.TRANSFER, R.FIRST_RECEIVER))
    investigator = {"person_id": house[R.INVESTIGATOR].id}
    found: dict[str, Callable[[], Complaint]] = {
        "arbitrate@dispatched": case("dispatched", *refusal, *refusal),
        "sign_for@dispatched@investigator": case("accepted", (E.TRANSFER, R.FIRST_RECEIVER), **investigator),
        "refuse_signature@dispatched@investigator": case(
            "accepted", (E.TRANSFER, R.FIRST_RECEIVER), **investigator
        ),
        "reply@awaiting_approval": case("approved"),
        "close@following_up": case("satisfied"),
        "close@replied": case(
            "approved",
            (E.REPLY, R.FIRST_RECEIVER),
            text=None,
            channel=None,
            not_notifiable_reason="多次致电无人接听。",
        ),
        "resume@accepted": case("accepted", supervised, paused),
        "resume@dispatched": case("dispatched", paused),
        "resume@in_work": case("in_work", paused),
    }
    for office in (R.FIRST_RECEIVER, R.HEAD_OF_QUALITY):  # the office handles it itself
        found[f"submit_opinion@in_work@{office.value}"] = case("accepted", (E.TAKE_ON, office))
        found[f"request_extension@in_work@{office.value}"] = case("accepted", (E.TAKE_ON, office), supervised)
    for event in ("extend", "request_extension", "pause"):
        found[f"{event}@accepted"] = case("accepted", supervised)
    asked = (E.REQUEST_EXTENSION, R.HANDLER)
    found["decline_extension@accepted"] = case(
        "accepted", supervised, (E.REQUEST_EXTENSION, R.DEPARTMENT_HEAD)
    )
    found["decline_extension@dispatched"] = case("dispatched", asked)
    found["decline_extension@in_work"] = case("in_work", asked)
    found["decline_extension@awaiting_approval"] = case("in_work", asked, (E.SUBMIT_OPINION, R.HANDLER))
    for state in State:
        if state not in (State.ARCHIVED, State.MERGED):
            found[f"name_person@{state.value}"] = _confidential(session, house, state.value)
    for role, person in co_people.items():
        co = {"person_id": person.id}
        for state in ("dispatched", "in_work"):
            found[f"sign_co_handling@{state}@{role.value}"] = case(
                state, (E.ADD_CO_HANDLER, R.FIRST_RECEIVER), **co
            )
        found[f"sign_co_handling@awaiting_approval@{role.value}"] = _awaiting_co_handler(
            session, house, person
        )
        found[f"give_co_opinion@in_work@{role.value}"] = _signed_co_handler(session, house, person)
    return found


def _confidential(session: Session, house: House, state: str) -> Callable[[], Complaint]:
    """A complaint in `state` that names all the house's people, so that only their roles differ."""
    named = tuple(user.id for user in house.people.values())

    def make() -> Complaint:
        return create_complaint(session, house, state, confidential=True, named_user_ids=named)

    return make


def _signed_co_handler(session: Session, house: House, person: User) -> Callable[[], Complaint]:
    def make() -> Complaint:
        complaint = create_complaint(session, house, "in_work")
        take(session, house, complaint, E.ADD_CO_HANDLER, R.FIRST_RECEIVER, person_id=person.id)
        return fire(session, person, E.SIGN_CO_HANDLING, complaint)

    return make


def _awaiting_co_handler(session: Session, house: House, person: User) -> Callable[[], Complaint]:
    """An unsigned co-handling beside a submitted opinion. No operation leads there any more; older rows may."""

    def make() -> Complaint:
        complaint = create_complaint(session, house, "awaiting_approval")
        with unscoped(session, "a row that an operation would not write"):
            session.add(
                Assignment(
                    complaint_id=complaint.id,
                    kind=AssignmentKind.CO_HANDLING,
                    status=AssignmentStatus.AWAITING,
                    department_id=house.laboratory.id,
                    department_name=house.laboratory.name,
                    person_id=person.id,
                    sent_at=NOW,
                )
            )
            refresh_visibility(session, complaint)
            session.commit()
        return complaint

    return make


@contextmanager
def undone(connection: sa.Connection) -> Iterator[Session]:
    """A session whose commits go no further than a savepoint that is rolled back at the end."""
    savepoint = connection.begin_nested()
    session = Session(connection, join_transaction_mode="create_savepoint")
    try:
        yield session
    finally:
        session.close()
        if savepoint.is_active:
            savepoint.rollback()


def attempt(
    connection: sa.Connection, actor: Actor, event: EventKind, public_id: str, form: dict[str, Any]
) -> Outcome:
    """Try one event and undo it. Done only if the record and its last line of history say so, too."""
    with undone(connection) as session:
        try:
            fire(session, actor, event, public_id, **form)
        except WrongState:
            return Outcome("wrong_state")
        except NotPermitted:
            return Outcome("not_permitted")
        except NotFound:
            return Outcome("not_found")
        except Refused as refused:
            return Outcome("refused", detail=", ".join(reason.code for reason in refused.reasons))
        except DeskError as error:
            return Outcome("invalid", detail=f"{type(error).__name__} {getattr(error, 'fields', '')}")
        complaint = reread(session, public_id)
        with unscoped(session, "a test looks at the history"):
            last = session.scalars(
                sa.select(ComplaintEvent)
                .where(ComplaintEvent.complaint_id == complaint.id)
                .order_by(ComplaintEvent.id.desc())
                .limit(1)
            ).one()
        if (last.event, last.to_state, last.actor_id) != (event, complaint.state, actor.user_id):
            return Outcome("done", complaint.state.value, f"but history says {last.event} {last.to_state}")
        return Outcome("done", complaint.state.value)


def try_register(connection: sa.Connection, user: User) -> Outcome:
    """The one event that stands before every state."""
    with undone(connection) as session:
        try:
            made = register_complaint(session, user)
        except NotPermitted:
            return Outcome("not_permitted")
        return Outcome("done", reread(session, made.public_id).state.value)
