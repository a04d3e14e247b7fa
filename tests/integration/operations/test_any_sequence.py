"""Whatever people do in whatever order: the lifecycle either refuses or leaves a sound complaint behind."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import Assignment, ClockRun, Complaint, Organisation, Pause, Supervision, User
from models.enums import (
    OPEN_STATES,
    AssignmentKind,
    AssignmentStatus,
    Category,
    ClockState,
    EventKind,
    FollowUpResult,
    RoleName,
    State,
)
from services.access.permissions import for_event
from services.access.roles import ROLE_PERMISSIONS
from services.actor import SYSTEM
from services.audit import verify_chain
from services.errors import DeskError
from services.procedures.of_complaint import procedure_of
from services.workflow.table import TRANSITIONS
from tests.factories import (
    NOW,
    House,
    create_complaint,
    extendable_clock,
    fire,
    publish_procedure,
    reread,
    valid_form,
)
from tests.factories.documents import put_required_documents
from tests.factories.grades import settle_grade
from tests.factories.intake import settle_checks
from tests.factories.remedies import settle_demands
from tests.integration.operations.looking import audiences, events, rows, values

E = EventKind
R = RoleName
OPEN_RUNS = (ClockState.RUNNING, ClockState.PAUSED)
MAY_MOVE_A_DUE_DATE = {E.EXTEND, E.RESUME}

PROCEDURES: dict[str, dict[str, Any]] = {
    "hospital-complaint-office": {},
    "company-24h-3d-7d": {"nature": "opinion"},
    "construction-supervision": {"category": Category.ENGINEERING, "own": {"origin": "direct"}},
    "pharma-distributor-classic-b": {"category_code": "medicine", "product": "感冒灵", "batch": "B-0310"},
    "quality-system-admin-office": {"customer_due_on": date(2026, 3, 20)},
    "three-level": {},
}
"""The regulations that a walk is drawn from: their clocks, gates and holds differ. With what a case of it says."""

STARTS = ("registered", "in_work", "approved")
"""From where a walk sets out: from the registration alone few would ever come to a reply."""

STEPS = st.tuples(st.integers(0, 999), st.booleans(), st.integers(0, 2))
"""Which of the events that the state allows, which of two forms, and how many days pass before it."""
Step = tuple[int, bool, int]
EDITS: tuple[dict[str, Any], ...] = (
    {"place": "门诊二楼"},
    {"received_at": NOW - timedelta(days=9), "customer_due_on": date(2026, 4, 1), "product": "血压计"},
)


def event_for(state: State, number: int) -> EventKind:
    """An event that the state allows; those that lead on and edits count three times, or a walk would seldom get
    anywhere."""
    options: list[EventKind] = []
    for event, row in TRANSITIONS.items():
        if event is not E.MERGE and state in row.sources:
            often = event is E.CORRECT or row.targets(state) != (state,)
            options += [event] * (3 if often else 1)
    return options[number % len(options)] if options else E.NOTE


def people_for(house: House, event: EventKind) -> list[User]:
    """Those whose role allows it; the ward's own first."""
    everybody = [*house.people.items(), (R.HANDLER, house.outsider)]
    return [user for role, user in everybody if for_event(event) in ROLE_PERMISSIONS[role]]


def form_for(
    session: Session, house: House, event: EventKind, complaint: Complaint, other: bool
) -> dict[str, Any]:
    form = valid_form(event, house, clock=extendable_clock(session, complaint.public_id))
    if event is E.CORRECT:
        form |= {"values": EDITS[other]}
    if event is E.GRADE:
        form |= grade_form(session, complaint)
    if event is E.TRANSFER and other:
        form |= {"department_id": house.ward.id, "person_id": house[R.HANDLER].id}
    if event is E.FOLLOW_UP and other:
        form |= {"result": FollowUpResult.DISSATISFIED}
    if event is E.MARK_CONFIDENTIAL and other:
        form |= {"named_user_ids": tuple(user.id for user in house.people.values())}
    return form


def grade_form(session: Session, complaint: Complaint) -> dict[str, Any]:
    """The lowest level of the complaint's own scale, with the facts that it follows from."""
    scale = procedure_of(session, complaint).grading
    if scale is None:
        return {}
    ruling = next((each for each in reversed(scale.rulings) if each.level), None)
    return {"facts": ruling.when, "level": ruling.level} if ruling else {"level": scale.levels[0].code}


def prepare(session: Session, house: House, event: EventKind, complaint: Complaint, now: datetime) -> None:
    """What the procedure wants on record before the event: without it half of the walks would end at the opinion."""
    address = complaint.public_id
    settle_grade(session, reread(session, address), event, now)
    settle_demands(session, house, reread(session, address), event, now)
    put_required_documents(session, house, address, event.value, now=now)
    if event is E.ACCEPT:
        settle_checks(session, reread(session, address), now)


def begin(session: Session, house: House, procedure: str, start: str) -> Complaint:
    """A case under this procedure, which the house works by from now on, brought to where the walk sets out."""
    session.info["actor"] = SYSTEM
    session.get_one(Organisation, 1).procedure_code = procedure
    session.commit()
    return create_complaint(session, house, start, **PROCEDURES[procedure])


def walk(session: Session, house: House, complaint: Complaint, steps: list[Step]) -> set[State]:
    """Each step by the first person who is let; then everything that has to hold is looked at. The states reached."""
    now = NOW
    known: dict[int, ClockRun] = {}
    reached: set[State] = set()
    for number, other, days in steps:
        now += timedelta(days=days, minutes=1)
        event = event_for(values(session, complaint)["state"], number)
        before = {run.id: run.due_at for run in rows(session, ClockRun, complaint)}
        form = form_for(session, house, event, complaint, other)
        if not other:
            prepare(session, house, event, complaint, now)
        done = False
        for user in people_for(house, event):
            try:
                fire(session, user, event, complaint, now=now, **form)
            except DeskError:
                continue
            done = True
            break
        if not done:
            continue
        reached.add(check_sound(session, complaint))
        after = {run.id: run.due_at for run in rows(session, ClockRun, complaint)}
        assert set(before) <= set(after), f"{event}: a clock was lost"
        moved = {run for run, due in before.items() if after[run] != due}
        if moved:
            assert event is not E.CORRECT, "an edit never moves a due date"
            assert event in MAY_MOVE_A_DUE_DATE or before_was_paused(session, moved), event
        for run in rows(session, ClockRun, complaint):
            first = known.setdefault(run.id, run)
            assert (run.started_at, run.original_due_at) == (first.started_at, first.original_due_at)
    assert list(verify_chain(session)) == []
    check_references(session)
    session.rollback()
    return reached


def check_references(session: Session) -> None:
    """No row points at one that is not there. PostgreSQL looks at every commit, SQLite on demand."""
    session.rollback()
    if session.get_bind().dialect.name == "sqlite":
        assert session.execute(sa.text("PRAGMA foreign_key_check")).all() == []


def before_was_paused(session: Session, moved: set[int]) -> bool:
    """A pause that ends with the complaint moves its stopped clocks once more."""
    return all(run.pauses for run in session.scalars(sa.select(ClockRun).where(ClockRun.id.in_(moved))))


def check_sound(session: Session, complaint: Complaint) -> State:
    """Everything that holds of a complaint in its present state, which it returns."""
    now_is = values(session, complaint)
    state = now_is["state"]
    runs = rows(session, ClockRun, complaint)
    assignments = rows(session, Assignment, complaint)
    leads = [a.status for a in assignments if a.kind is AssignmentKind.LEAD]
    paused = [pause for pause in rows(session, Pause, complaint) if pause.ended_at is None]
    orders = [order for order in rows(session, Supervision, complaint) if order.ended_at is None]

    assert bool(paused) == (now_is["paused_at"] is not None)
    assert bool(orders) == (now_is["supervised_at"] is not None)
    running = [run.due_at for run in runs if run.state is ClockState.RUNNING]
    assert now_is["due_at"] == min(running, default=None)
    assert all(run.due_at >= run.original_due_at for run in runs)
    assert bool(paused) or not any(run.state is ClockState.PAUSED for run in runs)

    if state in OPEN_STATES:
        responsible = now_is["responsible_id"]
        assert responsible is not None
        sight = audiences(session, complaint)
        mine = f"c{responsible}" if now_is["is_confidential"] else f"u{responsible}"
        assert mine in sight, "who answers for it can see it"
        assert now_is["closed_at"] is None
    else:
        assert not [run for run in runs if run.state in OPEN_RUNS]
        assert not paused and not orders
        assert AssignmentStatus.AWAITING not in [a.status for a in assignments]
        assert AssignmentStatus.SIGNED not in [a.status for a in assignments]
        assert now_is["closed_at"] is not None
    awaiting, signed = leads.count(AssignmentStatus.AWAITING), leads.count(AssignmentStatus.SIGNED)
    if state is State.DISPATCHED:
        assert (awaiting, signed) == (1, 0)
    if state in (State.IN_WORK, State.AWAITING_APPROVAL, State.REPLIED, State.FOLLOWING_UP):
        assert (awaiting, signed) == (0, 1)
        assert now_is["handler_id"] is not None
    found: State = state
    return found


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # shrinking a walk takes minutes; the failing one is printed whole
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine_kind, examples", [("sqlite", 12), ("postgresql", 4)], indirect=["engine_kind"]
)
def test_any_sequence(session: Session, house: House, examples: int) -> None:
    for procedure in PROCEDURES:
        if procedure != house.organisation.procedure_code:
            publish_procedure(session, procedure)
    session.commit()
    numbers, reached, edited = count(), set[State](), list[str]()

    @_settings(examples)
    @given(st.lists(STEPS, min_size=15, max_size=20))
    def holds(steps: list[Step]) -> None:
        number = next(numbers)
        procedure = list(PROCEDURES)[number % len(PROCEDURES)]
        start = STARTS[(number + number // len(PROCEDURES)) % len(STARTS)]
        complaint = begin(session, house, procedure, start)
        reached.update(walk(session, house, complaint, steps))
        edited.extend(event for event in events(session, complaint) if event == E.CORRECT.value)

    holds()
    assert len(reached) >= 6, "walks that get nowhere show nothing"
    assert edited, "no walk has edited anything"
