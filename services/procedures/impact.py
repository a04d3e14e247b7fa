"""What another version would have meant for the cases that run: they keep theirs, and people see the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ClockRun, Complaint, ComplaintEvent, ProcedureVersion
from models.enums import OPEN_STATES, EventKind, State
from services.actor import Actor
from services.deadlines.counting import DueResult, due
from services.deadlines.desk_calendar import DeskTime, desk_time
from services.deadlines.rules import Unit
from services.deadlines.runs import OPEN, clock_of, given_of, result_of
from services.errors import Reason
from services.procedures.of_complaint import parsed
from services.procedures.schema import Clock, Procedure
from services.procedures.vocabulary import ClockEvent, clock_event
from services.workflow.gates import Situation
from services.workflow.steps import reasons_against
from services.workflow.table import TRANSITIONS

MOST = 200
"""Cases looked at; the page says so when there are more."""

_NEXT_STEP = {
    State.REGISTERED: EventKind.ACCEPT,
    State.TO_COMPLETE: EventKind.ACCEPT,
    State.AWAITING_APPROVAL: EventKind.REPLY,
    State.REPLIED: EventKind.CLOSE,
    State.FOLLOWING_UP: EventKind.CLOSE,
}


@dataclass(frozen=True)
class ClockChange:
    """A clock under the other version: another date, no such clock any more (`after` none), or a new one."""

    clock: Clock
    before: str | None
    after: str | None


@dataclass(frozen=True)
class CaseImpact:
    """An open case that would have differed."""

    complaint: Complaint
    clocks: list[ClockChange] = field(default_factory=list)
    asked: list[Reason] = field(default_factory=list)
    """What its next step would ask for besides."""
    dropped: list[Reason] = field(default_factory=list)
    """What its next step would no longer ask for."""


@dataclass(frozen=True)
class Impact:
    cases: list[CaseImpact]
    looked_at: int
    all: int


def impact_of(session: Session, procedure: Procedure, code: str, actor: Actor) -> Impact:
    """The reader's open cases under `code` that would differ under `procedure`."""
    open_ones = (
        sa.select(Complaint)
        .join(ProcedureVersion, ProcedureVersion.id == Complaint.procedure_version_id)
        .where(ProcedureVersion.code == code, Complaint.state.in_(OPEN_STATES))
    )
    all_ = session.scalar(sa.select(sa.func.count()).select_from(open_ones.subquery())) or 0
    complaints = list(session.scalars(open_ones.order_by(Complaint.received_at.desc()).limit(MOST)))
    ids = [complaint.id for complaint in complaints]
    runs = session.scalars(sa.select(ClockRun).where(ClockRun.complaint_id.in_(ids))).all()
    events = session.scalars(sa.select(ComplaintEvent).where(ComplaintEvent.complaint_id.in_(ids))).all()
    time = desk_time(session)
    found = []
    for complaint in complaints:
        theirs = [run for run in runs if run.complaint_id == complaint.id]
        heard = [event for event in events if event.complaint_id == complaint.id]
        one = CaseImpact(complaint, clock_changes(complaint, theirs, heard, procedure, time))
        _compare_gates(session, one, procedure, actor)
        if one.clocks or one.asked or one.dropped:
            found.append(one)
    return Impact(found, len(complaints), all_)


def clock_changes(
    complaint: Complaint,
    runs: Sequence[ClockRun],
    events: Sequence[ComplaintEvent],
    procedure: Procedure,
    time: DeskTime,
) -> list[ClockChange]:
    """How the clocks of this round would stand under `procedure`."""
    known = {clock.code: clock for clock in procedure.clocks}
    this_round = [run for run in runs if run.round == complaint.round]
    found = []
    for run in this_round:
        if run.state not in OPEN:
            continue
        clock = known.get(run.code)
        if clock is None:
            found.append(ClockChange(clock_of(run), due_text(run, time), None))
            continue
        after = due_under(clock, run, time)
        if after is not None and after.due_at != run.due_at:
            found.append(ClockChange(clock, due_text(run, time), after.text))
    ran = {run.code for run in this_round}
    for clock, _event, at in clocks_due_to_run(complaint, events, procedure):
        if clock.code not in ran and clock.unit is not Unit.CUSTOMER_SET:
            result = due(clock.rule, at, time.calendar, time.zone)
            found.append(ClockChange(clock, None, result.text))
    return found


def due_text(run: ClockRun, time: DeskTime) -> str:
    """When a run is due, as people say it: the last day, or the moment."""
    shown = run.due_on.isoformat() if run.due_on else f"{run.due_at.astimezone(time.zone):%Y-%m-%d %H:%M}"
    return f">={shown}" if run.is_lower_bound else shown


def due_under(clock: Clock, run: ClockRun, time: DeskTime) -> DueResult | None:
    """When a run would end under another rule, with its pauses and what it was extended by."""
    if clock.unit is Unit.CUSTOMER_SET and given_of(run) is None:
        return None
    return result_of(run, time, clock)


def clocks_due_to_run(
    complaint: Complaint, events: Sequence[ComplaintEvent], procedure: Procedure
) -> list[tuple[Clock, ClockEvent, datetime]]:
    """The clocks that what happened in this round has started and not stopped: each with the event and its moment."""
    happened: list[tuple[datetime, ClockEvent]] = []
    if complaint.round == 1:
        happened.append((complaint.received_at, ClockEvent.RECEIVED))
    for event in events:
        heard = clock_event(event.event)
        if heard is not None and event.round == complaint.round:
            happened.append((event.at, heard))
    happened.sort(key=lambda one: one[0])
    found = []
    for clock in procedure.clocks:
        start = next((one for one in happened if one[1] in clock.start_event), None)
        if start is None:
            continue
        began, by = start
        if not any(at >= began and heard in clock.stop_event for at, heard in happened):
            found.append((clock, by, began))
    return found


def _compare_gates(session: Session, one: CaseImpact, procedure: Procedure, actor: Actor) -> None:
    event = _NEXT_STEP.get(one.complaint.state)
    if event is None:
        return
    own = parsed(session.get_one(ProcedureVersion, one.complaint.procedure_version_id))
    before = _reasons(session, one.complaint, own, actor, event)
    after = _reasons(session, one.complaint, procedure, actor, event)
    one.asked.extend(reason for code, reason in after.items() if code not in before)
    one.dropped.extend(reason for code, reason in before.items() if code not in after)


def _reasons(
    session: Session, complaint: Complaint, procedure: Procedure, actor: Actor, event: EventKind
) -> dict[str, Reason]:
    situation = Situation(session, complaint, actor, None, complaint.received_at)
    situation.__dict__["procedure"] = procedure
    return {reason.code: reason for reason in reasons_against(situation, TRANSITIONS[event])}
