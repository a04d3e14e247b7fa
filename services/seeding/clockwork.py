"""Time limits of made-up complaints by the desk's own arithmetic; what a whole day shares is computed once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.enums import ClockState
from services.deadlines.counting import DueResult, due, is_past
from services.deadlines.desk_calendar import DeskTime
from services.deadlines.rules import Extension, Pause, Unit
from services.deadlines.runs import AT_DUE, snapshot
from services.deadlines.warning import warn_moment
from services.procedures.schema import Clock, Procedure
from services.procedures.vocabulary import ClockEvent


@dataclass(frozen=True)
class Period:
    """Where a period ends, and the moments at which it warns (mark and moment, in order of time)."""

    due_at: int
    due_on: str | None
    is_lower_bound: bool
    missing_year: int | None
    marks: tuple[tuple[str, int], ...]


class Limit:
    """A time limit of the procedure, with what every run of it says alike."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.code, self.levels = clock.code, clock.levels
        self.clause = ", ".join(clock.clause)
        self.rule = json.dumps(snapshot(clock, None), ensure_ascii=False)
        self.starts, self.stops = frozenset(clock.start_event), frozenset(clock.stop_event)
        self.whole_days = clock.closing_time is None and clock.unit in (
            Unit.CALENDAR_DAY,
            Unit.WORKING_DAY,
            Unit.MONTH,
            Unit.SAME_DAY,
        )
        self._of_day: dict[object, Period] = {}

    def period(
        self, started: int, time: DeskTime, pauses: list[tuple[int, int | None]], extended_by: int
    ) -> Period:
        """The end of a run; one that runs in whole days ends alike for all that start on a day."""
        at = datetime.fromtimestamp(started, UTC)
        if not self.whole_days or pauses or extended_by:
            return self._computed(at, time, pauses, extended_by)
        day = at.astimezone(time.zone).date()
        known = self._of_day.get(day)
        if known is None:
            midnight = datetime(day.year, day.month, day.day, tzinfo=time.zone)
            known = self._of_day[day] = self._computed(midnight, time, [], 0)
        return known

    def _computed(
        self, at: datetime, time: DeskTime, pauses: list[tuple[int, int | None]], extended_by: int
    ) -> Period:
        clock = self.clock
        extension = None
        if extended_by and clock.extendable:
            extension = Extension(extended_by, Unit(clock.extendable.unit))
        result = due(
            clock.rule,
            at,
            time.calendar,
            time.zone,
            pauses=[Pause(_utc(begins), _utc(ends) if ends else None) for begins, ends in pauses],
            extension=extension,
        )
        return Period(
            int(result.due_at.timestamp()),
            None if result.is_moment else result.due_date.isoformat(),
            result.lower_bound,
            result.missing_year,
            self._marks(result, time),
        )

    def _marks(self, result: DueResult, time: DeskTime) -> tuple[tuple[str, int], ...]:
        marks = [
            (str(index), int(warn_moment(result, point.point, time.calendar).timestamp()))
            for index, point in enumerate(self.clock.warn_points)
        ]
        if result.lower_bound:
            marks.append((AT_DUE, int(result.due_at.timestamp())))
        return tuple(sorted(marks, key=lambda one: one[1]))


def _utc(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


@dataclass
class Run:
    """A time limit running on one complaint."""

    limit: Limit
    id: int
    public_id: str
    round: int
    start_event: ClockEvent
    started: int
    period: Period
    state: ClockState = ClockState.RUNNING
    warned: list[str] = field(default_factory=list)
    pauses: list[tuple[int, int | None]] = field(default_factory=list)
    extended_by: int = 0
    paused_at: int | None = None
    stopped: int | None = None
    breached: int | None = None
    original: int = 0

    def __post_init__(self) -> None:
        self.original = self.period.due_at

    @property
    def is_open(self) -> bool:
        return self.state in (ClockState.RUNNING, ClockState.PAUSED)

    def is_past(self, at: int) -> bool:
        return not self.period.is_lower_bound and is_past(
            _utc(self.period.due_at), self.period.due_on is None, _utc(at)
        )

    def pending(self) -> list[tuple[str, int]]:
        """The warnings that have not been given, with their moments."""
        return [(mark, max(at, self.started)) for mark, at in self.period.marks if mark not in self.warned]

    def fires(self, until: int) -> Iterator[tuple[int, Run, str | None]]:
        """What the sweep finds up to `until`: moment, run, and the mark of a warning (None: the period is over)."""
        if self.state is not ClockState.RUNNING:
            return
        for mark, at in self.pending():
            if at <= until:
                yield at, self, mark
        if self.breached is None and self.is_past(until):
            yield self.period.due_at, self, None

    def next_check(self) -> int | None:
        if self.state is not ClockState.RUNNING:
            return None
        moments = [at for _, at in self.pending()]
        if self.breached is None and not self.period.is_lower_bound:
            moments.append(self.period.due_at)
        return min(moments, default=None)

    def stop(self, at: int) -> None:
        """Met, or missed when its period was over."""
        late = self.breached is not None or self.is_past(at)
        self.state = ClockState.MISSED if late else ClockState.MET
        self.stopped = max(at, self.started)
        if late and self.breached is None:
            self.breached = self.period.due_at

    def void(self, at: int) -> None:
        self.state, self.stopped, self.paused_at = ClockState.VOID, at, None


class Clockwork:
    """The time limits of a procedure for complaints."""

    def __init__(self, procedure: Procedure, time: DeskTime) -> None:
        self.time = time
        # A date set by the customer is not made up, and accidents have their own time limits.
        self.limits = [
            Limit(clock)
            for clock in procedure.clocks
            if clock.when is None and clock.unit is not Unit.CUSTOMER_SET
        ]
        self.starting: dict[ClockEvent, list[Limit]] = {
            event: found
            for event in ClockEvent
            if (found := [limit for limit in self.limits if event in limit.starts])
        }

    def period(self, run: Run) -> Period:
        return run.limit.period(run.started, self.time, run.pauses, run.extended_by)
