"""The time limits of a complaint or an accident: start, stop, pause, resume, extend, recompute.

Called by operations inside their unit of work. Nothing here commits, and nothing here resets a clock: a clock of the
same code runs once a round.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, ClockRun, Complaint, ComplaintEvent
from models.enums import ClockState, EventKind, PauseReason
from models.labels import _l
from services.access.scope import unscoped
from services.deadlines.desk_calendar import DeskTime, desk_time
from services.deadlines.rules import Given, Unit, extension_left
from services.deadlines.runs import (
    OPEN,
    clock_of,
    is_run_past,
    next_check,
    original_result,
    put_due,
    result_of,
    snapshot,
    thresholds,
)
from services.errors import Reason, Refused
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Clock, Procedure
from services.procedures.vocabulary import ClockEvent, clock_event
from services.unit_of_work import UnitOfWork

Subject = Complaint | Accident
Event = ClockEvent | EventKind | str


def runs_of(session: Session, subject: Subject) -> list[ClockRun]:
    """Every run of the complaint or accident, oldest first.

    The caller has loaded the subject in scope; by now the operation may have moved it out of the actor's sight.
    """
    session.flush()
    column = ClockRun.complaint_id if isinstance(subject, Complaint) else ClockRun.accident_id
    with unscoped(session, "the clocks of a record that the operation has already loaded in scope"):
        return list(session.scalars(sa.select(ClockRun).where(column == subject.id).order_by(ClockRun.id)))


def open_runs(session: Session, subject: Subject) -> list[ClockRun]:
    return [run for run in runs_of(session, subject) if run.state in OPEN]


def clocks_on_event(uow: UnitOfWork, complaint: Complaint, event: Event, at: datetime | None = None) -> None:
    """What an event does to the clocks of a complaint: stops those it ends, then starts those it begins."""
    stop_clocks(uow, complaint, event, at)
    start_clocks(uow, complaint, event, at)


def start_clocks(
    uow: UnitOfWork,
    subject: Subject,
    event: Event,
    at: datetime | None = None,
    *,
    procedure: Procedure | None = None,
    codes: Collection[str] | None = None,
) -> list[ClockRun]:
    """Start every clock of the pinned procedure that `event` begins, at `at` (default: now); returns the new runs.

    A clock that runs or ran in this round is not started again; one of an earlier round goes on beside the new one.
    `procedure` is for accidents, which pin none; `codes` narrows the clocks (accidents: those of its grade).
    """
    happened = clock_event(event)
    if happened is None:
        return []
    if procedure is None:
        if not isinstance(subject, Complaint):
            raise ValueError("an accident pins no procedure; pass one")
        procedure = procedure_of(uow.session, subject)
    clocks = [c for c in procedure.clocks_started_by(happened) if codes is None or c.code in codes]
    if not clocks:
        return []
    round_ = subject.round if isinstance(subject, Complaint) else 1
    known = {run.code for run in runs_of(uow.session, subject) if run.round == round_}
    time = desk_time(uow.session)
    started = [
        _new_run(subject, clock, happened, at or uow.now, round_, time)
        for clock in clocks
        if clock.code not in known
        and _for_grade(clock, subject)
        and not (clock.unit is Unit.CUSTOMER_SET and _given(subject) is None)
    ]
    uow.session.add_all(started)
    _refresh(uow, subject)
    return started


def start_customer_clocks(uow: UnitOfWork, complaint: Complaint) -> list[ClockRun]:
    """The time limits that wait for a date of the customer, once it is known: from the event that begins them.

    A later round has its own date: there it runs from now on.
    """
    wanted = {c.code for c in procedure_of(uow.session, complaint).clocks if c.unit is Unit.CUSTOMER_SET}
    if not wanted:
        return []
    at = complaint.received_at if complaint.round == 1 else uow.now
    return start_clocks(uow, complaint, ClockEvent.RECEIVED, at, codes=wanted)


def stop_clocks(
    uow: UnitOfWork, subject: Subject, event: Event, at: datetime | None = None
) -> list[ClockRun]:
    """Stop every open clock that `event` ends, at `at` (default: now): met, or missed when its period was over."""
    happened = clock_event(event)
    if happened is None:
        return []
    ended = [run for run in open_runs(uow.session, subject) if happened in clock_of(run).stop_event]
    _stop(uow, subject, ended, at or uow.now)
    return ended


def void_clocks(uow: UnitOfWork, subject: Subject, at: datetime | None = None) -> list[ClockRun]:
    """End every open clock because its duty no longer applies (refused, merged, statutory route, referred)."""
    ended = open_runs(uow.session, subject)
    for run in ended:
        void_run(run, at or uow.now)
    _refresh(uow, subject)
    return ended


def void_run(run: ClockRun, at: datetime) -> None:
    """End one clock without effect; the caller refreshes the due date of its subject."""
    run.state, run.stopped_at, run.next_check_at = ClockState.VOID, at, None
    run.paused_at = None


def refresh(uow: UnitOfWork, subject: Subject) -> None:
    """Let the subject's own due date follow from its clocks again."""
    _refresh(uow, subject)


def regrade_clocks(uow: UnitOfWork, complaint: Complaint) -> list[ClockRun]:
    """After grading: clocks of other grades end, their due dates stay on record; those of this grade start at the
    moment of the event that starts them, not at the grading. Returns the new runs.
    """
    for run in open_runs(uow.session, complaint):
        if not _for_grade(clock_of(run), complaint):
            run.state, run.stopped_at, run.next_check_at = ClockState.VOID, uow.now, None
            run.paused_at = None
    procedure = procedure_of(uow.session, complaint)
    ran = {run.code: run for run in runs_of(uow.session, complaint) if run.round == complaint.round}
    for run in ran.values():
        if run.state is ClockState.VOID and clock_of(run).levels and _for_grade(clock_of(run), complaint):
            run.state, run.stopped_at = ClockState.RUNNING, None  # graded back: it never stood still
            put_due(run, desk_time(uow.session))
    known = set(ran)
    started: list[ClockRun] = []
    for clock in procedure.clocks:
        if not clock.levels or clock.code in known or not _for_grade(clock, complaint):
            continue
        begun = _begun(uow.session, complaint, clock)
        if begun is not None:
            event, at = begun
            started.append(_new_run(complaint, clock, event, at, complaint.round, desk_time(uow.session)))
    uow.session.add_all(started)
    _refresh(uow, complaint)
    return started


def _for_grade(clock: Clock, subject: Subject) -> bool:
    return not clock.levels or (isinstance(subject, Complaint) and subject.grade in clock.levels)


def _begun(session: Session, complaint: Complaint, clock: Clock) -> tuple[ClockEvent, datetime] | None:
    """The first event of this round that starts the clock, unless one that stops it has happened since."""
    if ClockEvent.RECEIVED in clock.start_event and complaint.round == 1:
        found: tuple[ClockEvent, datetime] | None = (ClockEvent.RECEIVED, complaint.received_at)
    else:
        found = None
    query = sa.select(ComplaintEvent.event, ComplaintEvent.at).where(
        ComplaintEvent.complaint_id == complaint.id, ComplaintEvent.round == complaint.round
    )
    for kind, at in session.execute(query.order_by(ComplaintEvent.id)):
        heard = clock_event(kind)
        if heard is None:
            continue
        if found is None and heard in clock.start_event:
            found = (heard, at)
        elif found is not None and heard in clock.stop_event:
            return None
    return found


def pause_clocks(
    uow: UnitOfWork, complaint: Complaint, reason: PauseReason, at: datetime | None = None
) -> list[ClockRun]:
    """Let the running clocks stand still that the procedure lists for `reason`. Refused when it lists none."""
    at = at or uow.now
    running = [run for run in open_runs(uow.session, complaint) if run.state is ClockState.RUNNING]
    paused = [run for run in running if reason in clock_of(run).pausable_by]
    if not paused:
        raise Refused(
            [Reason("no_clock_to_pause", _l("The procedure lets no running clock stand still for this."))]
        )
    for run in paused:
        run.state, run.paused_at, run.next_check_at = ClockState.PAUSED, at, None
        run.pauses = [*run.pauses, [at.isoformat(), None]]
    _refresh(uow, complaint)
    return paused


def resume_clocks(uow: UnitOfWork, complaint: Complaint, at: datetime | None = None) -> list[ClockRun]:
    """Let the paused clocks run on; their due dates move by what the pause took (see counting.paused_days)."""
    resumed = [run for run in open_runs(uow.session, complaint) if run.state is ClockState.PAUSED]
    time = desk_time(uow.session)
    for run in resumed:
        _end_pause(run, at or uow.now)
        run.state = ClockState.RUNNING
        put_due(run, time)
    _refresh(uow, complaint)
    return resumed


def days_left_to_extend(run: ClockRun) -> int:
    """By how much this run may still be extended, in its extension's own unit; 0 when the procedure is silent."""
    limit = clock_of(run).extendable
    return extension_left(limit.max_amount, [run.extended_by]) if limit else 0


def extend_clock(uow: UnitOfWork, complaint: Complaint, run: ClockRun, amount: int) -> ClockRun:
    """Add `amount` (calendar days or what the procedure says) after the original end.

    Warnings whose moment now lies ahead again fire once more. Refused when the clock is not open, its period is already
    over, the procedure allows no extension, or all extensions together would pass its limit.
    """
    left = days_left_to_extend(run)
    if run.state not in OPEN:
        raise Refused([Reason("clock_not_running", _l("This clock is not running."))])
    if not left and clock_of(run).extendable is None:
        raise Refused([Reason("not_extendable", _l("The procedure allows no extension of this time limit."))])
    if amount < 1 or amount > left:
        raise Refused([Reason("extension_too_long", _l("At most %(left)s more can be granted.", left=left))])
    if is_run_past(run, uow.now):
        raise Refused(
            [Reason("already_over", _l("The time limit has passed; it can no longer be extended."))]
        )
    run.extended_by += amount
    time = desk_time(uow.session)
    put_due(run, time)
    _rearm(run, uow.now, time)
    _refresh(uow, complaint)
    return run


def refresh_due_at(session: Session, complaint: Complaint) -> None:
    """Rebuild `due_at` of a complaint from its running clocks: the earliest end; none while all are paused or stopped.

    The one place that writes it.
    """
    running = [run for run in runs_of(session, complaint) if run.state is ClockState.RUNNING]
    first = min(running, key=lambda run: (run.due_at, run.is_lower_bound), default=None)
    complaint.due_at = first.due_at if first else None
    complaint.due_is_lower_bound = bool(first and first.is_lower_bound)


def recompute_for_calendar(uow: UnitOfWork, batch: int = 500) -> int:
    """Compute open runs, and stopped ones known by a lower bound only, again after the calendar changed.

    Returns how many due dates moved. A stopped run gets its verdict (met or missed) when its date becomes known; one
    with a known date is history and stays. Run it as the system actor.
    """
    time, moved, last = desk_time(uow.session), 0, 0
    while True:
        runs = uow.session.scalars(
            sa.select(ClockRun)
            .where(ClockRun.id > last, sa.or_(ClockRun.state.in_(OPEN), ClockRun.is_lower_bound))
            .where(ClockRun.state != ClockState.VOID)
            .order_by(ClockRun.id)
            .limit(batch)
        ).all()
        if not runs:
            return moved
        last = runs[-1].id
        touched = [run for run in runs if _recomputed(run, time)]
        moved += len(touched)
        _refresh_complaints(uow, touched)
        uow.session.flush()


def _recomputed(run: ClockRun, time: DeskTime) -> bool:
    before, was_bound = run.due_at, run.is_lower_bound
    put_due(run, time)
    if was_bound:
        run.original_due_at = original_result(run, time).due_at
    if run.state in (ClockState.MET, ClockState.MISSED) and run.stopped_at is not None:
        late = is_run_past(run, run.stopped_at)
        run.state = ClockState.MISSED if late else ClockState.MET
        run.breached_at = run.breached_at or (run.due_at if late else None)
    return run.due_at != before or run.is_lower_bound != was_bound


def _refresh_complaints(uow: UnitOfWork, runs: Iterable[ClockRun]) -> None:
    ids = sorted({run.complaint_id for run in runs if run.complaint_id is not None})
    for complaint in uow.session.scalars(sa.select(Complaint).where(Complaint.id.in_(ids))):
        refresh_due_at(uow.session, complaint)


def _new_run(
    subject: Subject, clock: Clock, event: ClockEvent, at: datetime, round_: int, time: DeskTime
) -> ClockRun:
    run = ClockRun(
        complaint_id=subject.id if isinstance(subject, Complaint) else None,
        accident_id=subject.id if isinstance(subject, Accident) else None,
        code=clock.code,
        name_zh=clock.names.zh,
        name_en=clock.names.en,
        clause=", ".join(clock.clause),
        rule=snapshot(clock, _given(subject) if clock.unit is Unit.CUSTOMER_SET else None),
        round=round_,
        start_event=event.value,
        state=ClockState.RUNNING,
        started_at=at,
        extended_by=0,
        pauses=[],
        warned=[],
    )
    run.original_due_at = put_due(run, time).due_at
    return run


def _given(subject: Subject) -> Given | None:
    return subject.customer_due_on if isinstance(subject, Complaint) else None


def _stop(uow: UnitOfWork, subject: Subject, runs: list[ClockRun], at: datetime) -> None:
    time = desk_time(uow.session) if runs else None
    for run in runs:
        if run.state is ClockState.PAUSED and time is not None:
            _end_pause(run, at)
            put_due(run, time)
        late = run.breached_at is not None or is_run_past(run, at)
        run.state = ClockState.MISSED if late else ClockState.MET
        run.stopped_at, run.next_check_at = max(at, run.started_at), None
        if late and run.breached_at is None:
            # The sweep had not come by yet; the record says when the period ended all the same.
            run.breached_at = run.due_at
    if runs:
        _refresh(uow, subject)


def _end_pause(run: ClockRun, at: datetime) -> None:
    run.pauses = [[begins, ends or at.isoformat()] for begins, ends in run.pauses]
    run.paused_at = None


def _rearm(run: ClockRun, now: datetime, time: DeskTime) -> None:
    fired, run.warned = set(run.warned), []
    result = result_of(run, time)
    ahead = {mark for mark, moment in thresholds(run, result, time) if moment > now}
    run.warned = sorted(fired - ahead)
    run.next_check_at = next_check(run, result, time)


def _refresh(uow: UnitOfWork, subject: Subject) -> None:
    if isinstance(subject, Complaint):
        refresh_due_at(uow.session, subject)
