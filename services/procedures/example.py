"""A worked example: what a procedure would make of a complaint, before anybody works by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import Complaint
from models.enums import Category, Channel, ComplaintForm, EventKind, State
from services.actor import Actor
from services.deadlines.counting import DueResult, due
from services.deadlines.desk_calendar import DeskTime
from services.deadlines.rules import Unit
from services.errors import Reason
from services.procedures.schema import Clock, Procedure
from services.procedures.vocabulary import ClockEvent
from services.workflow.gates import Situation
from services.workflow.steps import reasons_against
from services.workflow.table import TRANSITIONS

NOBODYS_ID = -1
"""The example has no row; what belongs to it is asked for under this id and found nowhere."""
STEPS = (EventKind.ACCEPT, EventKind.REPLY, EventKind.CLOSE, EventKind.ARCHIVE)
"""The steps whose gates a procedure decides on."""


@dataclass(frozen=True)
class ExampleClock:
    """A clock as it would run; `result` is none where it does not start on this complaint."""

    clock: Clock
    event: ClockEvent | None
    start: datetime | None
    result: DueResult | None


def events_of(procedure: Procedure) -> list[ClockEvent]:
    """What sets any clock of the procedure running, in the order of the vocabulary."""
    used = {event for clock in procedure.clocks for event in clock.start_event}
    return [event for event in ClockEvent if event in used]


def example_clocks(
    procedure: Procedure, moments: Mapping[ClockEvent, datetime], time: DeskTime, given: date | None = None
) -> list[ExampleClock]:
    """Every clock with its due date, started by the first of its events in `moments`."""
    return [_example_clock(clock, moments, time, given) for clock in procedure.clocks]


def _example_clock(
    clock: Clock, moments: Mapping[ClockEvent, datetime], time: DeskTime, given: date | None
) -> ExampleClock:
    starts = sorted((moments[event], event) for event in clock.start_event if event in moments)
    if not starts:
        return ExampleClock(clock, None, None, None)
    start, event = starts[0]
    if clock.unit is Unit.CUSTOMER_SET and given is None:
        return ExampleClock(clock, event, start, None)
    wanted = given if clock.unit is Unit.CUSTOMER_SET else None
    return ExampleClock(clock, event, start, due(clock.rule, start, time.calendar, time.zone, given=wanted))


def example_gates(
    session: Session, procedure: Procedure, actor: Actor, received_at: datetime, channel: Channel
) -> list[tuple[EventKind, Sequence[Reason]]]:
    """What the gates of each step would ask of a complaint of which nothing but the content is known."""
    found: list[tuple[EventKind, Sequence[Reason]]] = []
    for event in STEPS:
        transition = TRANSITIONS[event]
        complaint = _example(received_at, channel, min(transition.sources, key=list(State).index))
        situation = Situation(session, complaint, actor, None, received_at)
        situation.__dict__["procedure"] = procedure
        found.append((event, reasons_against(situation, transition)))
    return found


def _example(received_at: datetime, channel: Channel, state: State) -> Complaint:
    """A complaint that is never put into the session."""
    return Complaint(
        id=NOBODYS_ID,
        state=state,
        summary="…",
        content="…",
        received_at=received_at,
        channel=channel,
        form=ComplaintForm.ORAL if channel.value in ("hotline", "visit") else ComplaintForm.WRITTEN,
        category=Category.OTHER,
        round=1,
        refusals=0,
        escalation_level=0,
        is_confidential=False,
        is_anonymous=False,
        own_values={},
    )
