"""Real layer of the matrix: every role tries every event's operation in every state, on both engines.

The complaints were brought to their states by real operations; each attempt carries a valid form by a person in scope
who meets the gates, so that role and state alone decide. Cells are counted, and all that differ are listed at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import database
from models import User
from models.enums import EventKind, RoleName
from services.access import scope
from services.actor import Actor
from services.sealing import use_key
from tests.expectations import lifecycle
from tests.expectations.lifecycle import BY_POST, NONE, Targets
from tests.integration.test_matrix_flips import CHOSEN
from tests.support.client import KEY
from tests.support.databases import Databases
from tests.support.matrix import Cases, Outcome, attempt, lay_out, try_register

EXPECTED = lifecycle.load()
REGISTER = EventKind.REGISTER.value
NEVER_SEES_CASES = RoleName.ADMINISTRATOR


@dataclass
class Stage:
    """The laid-out cases and the open connection on which attempts are made and undone."""

    cases: Cases
    connection: sa.Connection


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Stage]:
    use_key(KEY)
    kept = databases.of(request.param)
    engine = database.make_engine(kept.url)
    scope.install(Session, engine)
    with Session(engine) as session:
        cases = lay_out(session)
    with engine.connect().execution_options(**{database.WRITING: True}) as connection:
        outer = connection.begin()
        yield Stage(cases, connection)
        outer.rollback()
    kept.reset(engine)
    engine.dispose()


def tried(stage: Stage, event: str, state: str, role: str) -> list[Outcome]:
    """What came of the cell, once for each valid form of the event."""
    kind, held = EventKind(event), RoleName(role)
    case = stage.cases.of(kind, state, held)
    actor = stage.cases.actor(kind, state, held)
    return [attempt(stage.connection, actor, kind, case, form) for form in stage.cases.forms(kind, case)]


def fault(expected: Targets, outcomes: list[Outcome], event: str, role: str) -> str:
    """What is wrong with a cell's outcomes; empty when nothing is."""
    if expected == BY_POST:
        refused = {(outcome.kind, outcome.detail) for outcome in outcomes}
        return (
            "" if refused <= {("refused", "not_the_post"), ("refused", "not_handler")} else "expected: post"
        )
    if expected:
        good = all(outcome.kind == "done" and not outcome.detail for outcome in outcomes)
        good = good and {outcome.state for outcome in outcomes} == expected
        return "" if good else f"expected {sorted(expected)}"
    if _may_somewhere(event, role):
        wanted = {"wrong_state"}
    else:
        wanted = {"not_permitted"}
        if role == NEVER_SEES_CASES:
            # Named on the confidential ones, the administrator sees those, and may do no more with them.
            wanted = {"not_found", "not_permitted"} if event == EventKind.NAME_PERSON.value else {"not_found"}
    return (
        "" if {outcome.kind for outcome in outcomes} <= wanted else f"expected {' or '.join(sorted(wanted))}"
    )


def _may_somewhere(event: str, role: str) -> bool:
    return any(to for (e, _, r), to in EXPECTED.cells.items() if (e, r) == (event, role))


@pytest.mark.slow
@pytest.mark.parametrize("role", EXPECTED.roles)
def test_every_state_and_event(stage: Stage, role: str) -> None:
    faults, cells = [], 0
    for event in EXPECTED.events:
        for state in EXPECTED.states:
            if event == REGISTER:
                continue  # no operation registers a complaint that exists; see below
            outcomes = tried(stage, event, state, role)
            cells += 1
            wrong = fault(EXPECTED.tried(event, state, role), outcomes, event, role)
            if wrong:
                faults.append(f"{state} × {event}: {wrong}, got {', '.join(map(str, outcomes))}")
    assert cells == (len(EXPECTED.events) - 1) * len(EXPECTED.states)
    assert not faults, f"{role}: {len(faults)} of {cells} cells differ\n" + "\n".join(faults)


def test_fifty_flips_are_noticed(stage: Stage) -> None:
    """Against each flipped expectation what really happens is a fault; against the true one it is none."""
    for (event, state, role), to in CHOSEN:
        if event == REGISTER or state == NONE:
            continue
        outcomes = tried(stage, event, state, role)
        assert fault(to, outcomes, event, role), f"{role} × {state} × {event} → {sorted(to)} goes unnoticed"
        assert not fault(EXPECTED.tried(event, state, role), outcomes, event, role)


def test_registering(stage: Stage) -> None:
    outcomes = {}
    for role, user in stage.cases.house.people.items():
        outcomes[role.value] = try_register(stage.connection, user).state
    expected = {role: next(iter(EXPECTED.cell(REGISTER, NONE, role)), "") for role in EXPECTED.roles}
    assert outcomes == expected


def test_before_registration_there_is_nothing_to_act_on(stage: Stage) -> None:
    for role, actor in stage.cases.actors.items():
        for event in EXPECTED.events:
            if event == REGISTER:
                continue
            kind = EventKind(event)
            form = stage.cases.forms(kind)[0]
            got = attempt(stage.connection, actor, kind, "nothinghere1", form)
            assert got.kind == "not_found", f"{role} × {event}: {got}"


OFFICE = ("first_receiver", "head_of_quality")
"""They submit an opinion only on what they handle themselves; the paused cases are the ward's."""

PAUSED_BY = EventKind.RESUME
"""The complaints that `resume` is tried on are the paused ones."""


@pytest.mark.parametrize("state", EXPECTED.paused_states)
def test_what_a_pause_takes_away(stage: Stage, state: str) -> None:
    """Whoever may do it otherwise is refused because of the pause and nothing else."""
    for event in EXPECTED.paused_refused:
        for role in EXPECTED.roles:
            if EXPECTED.cell(event, state, role):
                outcome = _on_paused(stage, event, state, role)
                own = {"paused", "paused, not_lead"} if role in OFFICE else {"paused"}
                assert outcome.kind == "refused" and outcome.detail in own, f"{role} × {event}: {outcome}"


@pytest.mark.parametrize("state", EXPECTED.paused_states)
def test_what_goes_on_under_a_pause(stage: Stage, state: str) -> None:
    for event in EXPECTED.paused_working:
        for role in EXPECTED.roles:
            to = EXPECTED.cell(event, state, role)
            if to:
                outcome = _on_paused(stage, event, state, role)
                assert outcome == Outcome("done", next(iter(to))), f"{role} × {event}: {outcome}"


@pytest.mark.parametrize("state", EXPECTED.paused_states)
def test_nothing_to_resume_without_a_pause(stage: Stage, state: str) -> None:
    for role in EXPECTED.roles:
        if EXPECTED.cell("resume", state, role):
            actor = stage.cases.actors[RoleName(role)]
            outcome = attempt(stage.connection, actor, EventKind.RESUME, stage.cases.made[state], {})
            assert outcome == Outcome("refused", detail="not_paused"), f"{role}: {outcome}"


@pytest.mark.parametrize("event, state", [("reply", "awaiting_approval"), ("close", "following_up")])
def test_a_pause_left_over_holds_up_reply_and_closing(stage: Stage, event: str, state: str) -> None:
    """No event leads a paused complaint that far; should a row say so all the same, the gates still refuse."""
    kind = EventKind(event)
    case = stage.cases.of(kind, state, RoleName.LEADER)
    savepoint = stage.connection.begin_nested()
    stage.connection.execute(
        sa.text("UPDATE complaints SET paused_at = :at WHERE public_id = :case").execution_options(
            **{scope.MARK: "test"}
        ),
        {"at": "2026-03-10 01:00:00", "case": case},
    )
    actor = stage.cases.actors[RoleName.LEADER]
    outcome = attempt(stage.connection, actor, kind, case, stage.cases.forms(kind, case)[0])
    savepoint.rollback()
    assert outcome == Outcome("refused", detail="paused")


def _on_paused(stage: Stage, event: str, state: str, role: str) -> Outcome:
    kind, held = EventKind(event), RoleName(role)
    case = stage.cases.of(PAUSED_BY, state, held)
    actor: Actor = stage.cases.actors[held]
    return attempt(stage.connection, actor, kind, case, stage.cases.forms(kind, case)[0])


def test_the_actors_are_who_they_are_taken_for(stage: Stage) -> None:
    """Each role's person holds that role and no other."""
    for role, actor in stage.cases.actors.items():
        assert {grant.role for grant in actor.grants} == {role}
    assert isinstance(stage.cases.house[RoleName.LEADER], User)
