"""The same cases for every verb: done by the right person; refused for an outsider, another role, in another state,
with a field missing or too long, on an old version. What was refused has left nothing behind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Complaint, User
from models.enums import EventKind, RoleName, State
from services.errors import Invalid, NotFound, NotPermitted, Stale, WrongState
from services.workflow.table import TRANSITIONS
from tests.factories import (
    House,
    create_complaint,
    create_department,
    create_user,
    extendable_clock,
    fire,
    take,
    valid_form,
)
from tests.integration.operations.looking import events, everything, last_audit, last_event, values

E = EventKind
R = RoleName
FAR_TOO_LONG = "长" * 500

SUPERVISED = ((E.SUPERVISE, R.LEADER),)
REFUSED_TWICE = ((E.REFUSE_SIGNATURE, R.HANDLER), (E.TRANSFER, R.FIRST_RECEIVER)) * 2


@dataclass(frozen=True)
class Verb:
    """Where a verb is tried, by whom, and what its form must not lack."""

    state: str
    who: RoleName
    steps: tuple[tuple[EventKind, RoleName], ...] = ()
    blanks: dict[str, Any] = field(default_factory=dict)
    """What makes each field of the form wrong."""
    limited: tuple[str, ...] = ()
    """Fields whose column takes only so many characters."""


def blank(*names: str, **others: Any) -> dict[str, Any]:
    return {**dict.fromkeys(names, "  "), **others}


VERBS: dict[EventKind, Verb] = {
    E.ASK_TO_COMPLETE: Verb("registered", R.FIRST_RECEIVER, blanks=blank("missing")),
    E.SUPPLY_MISSING: Verb("to_complete", R.HANDLER, blanks=blank("supplied")),
    E.ACKNOWLEDGE: Verb("accepted", R.HANDLER, blanks=blank("text", channel=None)),
    E.ACCEPT: Verb("registered", R.FIRST_RECEIVER),
    E.REFUSE: Verb(
        "registered",
        R.FIRST_RECEIVER,
        blanks=blank("reason", "clause", "route", second_person_id=None),
        limited=("clause",),
    ),
    E.CLOSE_ON_SPOT: Verb("registered", R.HANDLER, blanks=blank("result", complainant_agrees=False)),
    E.TRANSFER: Verb(
        "accepted", R.FIRST_RECEIVER, blanks=blank("instruction", department_id=None, person_id=None)
    ),
    E.SIGN_FOR: Verb("dispatched", R.HANDLER),
    E.REFUSE_SIGNATURE: Verb("dispatched", R.HANDLER, blanks=blank("reason", "clause"), limited=("clause",)),
    E.ARBITRATE: Verb(
        "dispatched", R.LEADER, REFUSED_TWICE, blank("ruling", department_id=None, person_id=None)
    ),
    E.TAKE_ON: Verb("accepted", R.FIRST_RECEIVER, blanks={"handler_id": 999_999}),
    E.ADD_CO_HANDLER: Verb(
        "in_work", R.FIRST_RECEIVER, blanks=blank("instruction", department_id=None, person_id=None)
    ),
    E.GRADE: Verb("in_work", R.DEPARTMENT_HEAD, blanks=blank("reason", level="unheard-of")),
    E.SUBMIT_OPINION: Verb(
        "in_work", R.HANDLER, blanks=blank("result", "no_measures_reason", responsibility=None)
    ),
    E.APPROVE: Verb("awaiting_approval", R.LEADER, blanks=blank("meaning"), limited=("meaning",)),
    E.RETURN_OPINION: Verb("awaiting_approval", R.LEADER, blanks=blank("reason")),
    E.REPLY: Verb("approved", R.FIRST_RECEIVER, blanks={"text": " ", "channel": None}),
    E.START_FOLLOW_UP: Verb("replied", R.FIRST_RECEIVER),
    E.FOLLOW_UP: Verb("following_up", R.FIRST_RECEIVER, blanks=blank("words", result=None, channel=None)),
    E.EVALUATE: Verb("replied", R.LEADER, blanks=blank("opinion", verdict=None)),
    E.CLOSE: Verb("satisfied", R.LEADER, blanks=blank("opinion")),
    E.REOPEN: Verb("closed", R.LEADER, blanks=blank("new_fact")),
    E.ARCHIVE: Verb(
        "closed",
        R.ARCHIVIST,
        blanks=blank("catalogue", pages=0),
        limited=("file_number", "box"),
    ),
    E.MERGE: Verb("registered", R.FIRST_RECEIVER, blanks=blank("master_number", "reason")),
    E.STATUTORY_ROUTE: Verb("accepted", R.FIRST_RECEIVER, blanks=blank("route", "explanation")),
    E.REFER: Verb(
        "registered", R.FIRST_RECEIVER, blanks=blank("authority", "reason", complainant_told=False)
    ),
    E.PAUSE: Verb("dispatched", R.DEPARTMENT_HEAD, blanks=blank("text", reason=None)),
    E.RESUME: Verb("dispatched", R.HANDLER, ((E.PAUSE, R.LEADER),)),
    E.REQUEST_EXTENSION: Verb("in_work", R.HANDLER, blanks=blank("reason", clock="no", amount=31)),
    E.DECLINE_EXTENSION: Verb("in_work", R.LEADER, ((E.REQUEST_EXTENSION, R.HANDLER),), blank("reason")),
    E.EXTEND: Verb(
        "in_work",
        R.LEADER,
        blanks=blank("reason", "told_how", clock=None, amount=0),
        limited=("told_how",),
    ),
    E.SUPERVISE: Verb("in_work", R.LEADER, blanks=blank("demand")),
    E.URGE: Verb("in_work", R.LEADER, blanks=blank("text")),
    E.ESCALATE: Verb("in_work", R.HANDLER, blanks=blank("reason")),
    E.NOTE: Verb("in_work", R.INVESTIGATOR, blanks=blank("text")),
    E.CORRECT: Verb("in_work", R.HANDLER),
    E.INSTRUCT: Verb("registered", R.LEADER, blanks=blank("text", department_id=999_999)),
    E.MARK_CONFIDENTIAL: Verb(
        "in_work", R.LEADER, blanks=blank("reason", named_user_ids=()), limited=("reason",)
    ),
}
NEED_ANOTHER_CASE = {E.SIGN_CO_HANDLING, E.GIVE_CO_OPINION, E.NAME_PERSON}
"""Their own files bring about what they need."""
ANY_VERSION = {E.NOTE}
"""A note says nothing that an edit by somebody else could make wrong."""


def test_every_transition_is_here() -> None:
    assert set(VERBS) | NEED_ANOTHER_CASE == set(TRANSITIONS)


def brought_there(session: Session, house: House, verb: Verb) -> Complaint:
    complaint = create_complaint(session, house, verb.state)
    for event, role in verb.steps:
        take(session, house, complaint, event, role)
    return complaint


def form_of(session: Session, house: House, event: EventKind, complaint: Complaint) -> dict[str, Any]:
    master = create_complaint(session, house) if event is E.MERGE else None
    clock = extendable_clock(session, complaint.public_id)
    form = valid_form(event, house, master=master, clock=clock)
    return form | {"handler_id": None} if event is E.TAKE_ON else form


def stranger(session: Session, role: RoleName) -> User:
    """Somebody with the verb's role for a department that has nothing to do with the complaint."""
    pharmacy = create_department(session, "药剂科")
    user = create_user(session, "药剂科人员", role, department=pharmacy, for_department=pharmacy)
    session.commit()
    return user


def another_state(event: EventKind) -> str:
    return next(state.value for state in State if state not in TRANSITIONS[event].sources)


@pytest.mark.parametrize("event", VERBS, ids=lambda event: event.value)
def test_refused_and_nothing_left_behind(session: Session, house: House, event: EventKind) -> None:
    verb = VERBS[event]
    complaint = brought_there(session, house, verb)
    elsewhere = create_complaint(session, house, another_state(event))
    foreigner = stranger(session, verb.who)
    form, right = form_of(session, house, event, complaint), house[verb.who]
    before, rows_before = values(session, complaint), everything(session)

    def refuse(error: type[Exception], user: User, **changed: Any) -> Any:
        with pytest.raises(error) as caught:
            fire(session, user, event, changed.pop("case", complaint), **(form | changed))
        return caught.value

    refuse(NotFound, foreigner)
    refuse(NotFound, right, case="nothinghere1")
    refuse(NotFound, house[R.ADMINISTRATOR])
    refuse(NotPermitted, house[R.AUDITOR])
    refuse(WrongState, right, case=elsewhere)
    if event not in ANY_VERSION:
        stale = refuse(Stale, right, version=before["version"] - 1)
        assert stale.theirs["summary"] == before["summary"]
        refuse(NotPermitted, house[R.AUDITOR], version=before["version"] - 1)
    for name, value in verb.blanks.items():
        assert name in refuse(Invalid, right, **{name: value}).fields, name
    for name in verb.limited:
        assert name in refuse(Invalid, right, **{name: FAR_TOO_LONG}).fields, name

    assert values(session, complaint) == before
    assert everything(session) == rows_before


@pytest.mark.parametrize("event", VERBS, ids=lambda event: event.value)
def test_done_and_recorded(session: Session, house: House, event: EventKind) -> None:
    verb = VERBS[event]
    complaint = brought_there(session, house, verb)
    form, before = form_of(session, house, event, complaint), values(session, complaint)
    earlier = events(session, complaint)
    fire(session, house[verb.who], event, complaint, version=before["version"], **form)

    now = values(session, complaint)
    assert now["state"] in TRANSITIONS[event].targets(before["state"])
    assert events(session, complaint) == [*earlier, event.value]
    line, entry = last_event(session, complaint), last_audit(session, complaint)
    assert (line.from_state, line.to_state) == (before["state"], now["state"])
    assert (line.actor_id, line.role) == (house[verb.who].id, verb.who.value)
    assert (entry.action, entry.actor_id) == (f"complaint.{event.value}", house[verb.who].id)
    if now["state"] is not before["state"] and not now["is_confidential"]:
        assert entry.before is not None and entry.after is not None
        assert (entry.before["state"], entry.after["state"]) == (before["state"].value, now["state"].value)
    if event is not E.MARK_CONFIDENTIAL:
        assert now["number"] == before["number"]
