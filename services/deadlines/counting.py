"""From a rule and a start to the end of the period, day by day (Civil Code, art. 200 to 204).

Pure functions: no database, no clock on the wall. A period in days or months does not count the day it starts on; one
in hours runs from the moment itself; a period in months ends on the corresponding day or on the month's last day; the
end moves to the next working day only where the rule says so.
"""

from __future__ import annotations

import calendar as month_lengths
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from models.enums import DayKind
from services.deadlines.calendar import ONE_DAY, WorkingCalendar, is_worked
from services.deadlines.rules import CountingRule, Extension, Given, LastDay, Pause, Unit

# Nothing in the domain runs for longer; a walk past it means that a rule or a calendar is broken.
_LONGEST_WALK = 20_000


class StepNote(StrEnum):
    """Why a day stands in the explanation; explain.py puts it into words."""

    START = "start"
    COUNTED = "counted"
    NOT_WORKING = "not_working"
    CALENDAR_MISSING = "calendar_missing"
    PAUSED = "paused"
    CORRESPONDING_DAY = "corresponding_day"
    MONTH_END = "month_end"
    MOVED = "moved"
    EXTENDED = "extended"
    RUNS = "runs"
    GIVEN = "given"


@dataclass(frozen=True)
class Step:
    """One day of the arithmetic. `counted` is the running number, None where the day does not count."""

    day: date
    kind: DayKind | None
    counted: int | None
    note: StepNote


@dataclass(frozen=True)
class DueResult:
    """The end of a period.

    `due_at` is aware UTC. When `is_moment` is false the period ends with the local day `due_date`, and `due_at` is the
    start of the next local day: the first moment that is too late. When it is true, `due_at` is the last one in time.
    `lower_bound` says that the calendar ends before the date could be fixed: it is then the earliest possible date, and
    `missing_year` the first year that somebody has to enter.
    """

    rule: CountingRule
    start: datetime
    due_at: datetime
    due_date: date
    is_moment: bool
    zone: tzinfo
    steps: tuple[Step, ...] = ()
    lower_bound: bool = False
    missing_year: int | None = None
    extension: Extension | None = None
    pauses: tuple[Pause, ...] = ()

    def is_past(self, at: datetime) -> bool:
        """Whether the period is over at `at`."""
        return is_past(self.due_at, self.is_moment, at)

    @property
    def text(self) -> str:
        """The date, or the local date and time: 2026-02-24, 2026-02-14 09:30; `>=` before a lower bound."""
        shown = (
            f"{self.due_at.astimezone(self.zone):%Y-%m-%d %H:%M}"
            if self.is_moment
            else f"{self.due_date:%Y-%m-%d}"
        )
        return f">={shown}" if self.lower_bound else shown


def is_past(due_at: datetime, is_moment: bool, at: datetime) -> bool:
    """Whether `at` is too late: after the last moment, or at the first moment after the last day."""
    return at > due_at if is_moment else at >= due_at


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """The start of a local day as UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass
class _Walk:
    """One way through the days, keeping its steps and the first year the calendar lacks."""

    calendar: WorkingCalendar
    paused: frozenset[date]
    steps: list[Step] = field(default_factory=list)
    missing_year: int | None = None

    def add(self, day: date, note: StepNote, counted: int | None = None) -> None:
        self.steps.append(Step(day, self.calendar.kind_or_none(day), counted, note))

    def forward(self, day: date, amount: int, working_only: bool, note: StepNote = StepNote.COUNTED) -> date:
        """The day on which `amount` days after `day` have been counted; `day` itself never counts."""
        counted = 0
        for _ in range(_LONGEST_WALK):
            if counted == amount:
                return day
            day += ONE_DAY
            if day in self.paused:
                self.add(day, StepNote.PAUSED)
            elif working_only and not self._worked(day):
                self.add(day, StepNote.NOT_WORKING)
            else:
                counted += 1
                uncovered = working_only and self.calendar.kind_or_none(day) is None
                self.add(day, StepNote.CALENDAR_MISSING if uncovered else note, counted)
        raise OverflowError("the period does not end within the longest walk")

    def settle(self, day: date, rule: CountingRule) -> date:
        """`day`, or the next working day where the rule asks for it."""
        if rule.if_last_day_not_working is LastDay.STAYS:
            return day
        while not self._worked(day):
            self.add(day, StepNote.NOT_WORKING)
            day += ONE_DAY
            self.add(day, StepNote.MOVED)
        return day

    def _worked(self, day: date) -> bool:
        """An unknown day is taken as worked, which can only make the period end too early: a lower bound."""
        kind = self.calendar.kind_or_none(day)
        if kind is None:
            self.missing_year = self.missing_year or day.year
            return True
        return is_worked(kind)


def paused_days(pauses: Sequence[Pause], zone: tzinfo) -> frozenset[date]:
    """The local days that a clock counted in days does not count.

    As with every period, the day on which the pause begins is not part of it (the clock has already used it) and the
    day on which it ends is: counting goes on the day after. A pause inside one day therefore adds nothing.
    """
    days: set[date] = set()
    for pause in pauses:
        if pause.ends is None:
            continue
        day, last = pause.begins.astimezone(zone).date(), pause.ends.astimezone(zone).date()
        while day < last:
            day += ONE_DAY
            days.add(day)
    return frozenset(days)


def due(
    rule: CountingRule,
    start: datetime,
    calendar: WorkingCalendar,
    zone: tzinfo,
    *,
    pauses: Sequence[Pause] = (),
    extension: Extension | None = None,
    given: Given | None = None,
) -> DueResult:
    """When the period ends that `rule` sets running at `start` (aware).

    `pauses` are spans that do not count; `extension` is time added from the original end; `given` is the customer's
    date or moment for Unit.CUSTOMER_SET. Raises ValueError for a naive start or a missing `given`.
    """
    if start.tzinfo is None:
        raise ValueError("the start needs a time zone")
    walk = _Walk(calendar, paused_days(pauses, zone))
    first = start.astimezone(zone).date()
    end = _end(rule, start, walk, zone, pauses, given)
    if extension is not None and extension.amount:
        end = _extended(rule, end, extension, walk, zone)
    if isinstance(end, datetime):
        last, due_at, is_moment = end.astimezone(zone).date(), end.astimezone(UTC), True
    elif rule.closing_time is not None:
        last, is_moment = end, True
        # Registered after closing time on the last day itself: the period cannot end before it began.
        due_at = max(datetime.combine(end, rule.closing_time, zone).astimezone(UTC), start.astimezone(UTC))
    else:
        last, due_at, is_moment = end, local_midnight(end + ONE_DAY, zone), False
    steps = (Step(first, calendar.kind_or_none(first), None, StepNote.START), *walk.steps)
    return DueResult(
        rule=rule,
        start=start.astimezone(UTC),
        due_at=due_at,
        due_date=last,
        is_moment=is_moment,
        zone=zone,
        steps=steps,
        lower_bound=walk.missing_year is not None,
        missing_year=walk.missing_year,
        extension=extension,
        pauses=tuple(pauses),
    )


def resume_due(
    rule: CountingRule, start: datetime, pauses: Sequence[Pause], calendar: WorkingCalendar, zone: tzinfo
) -> DueResult:
    """The new end after `pauses`: whole days for clocks in days (see paused_days), the exact span for hours."""
    return due(rule, start, calendar, zone, pauses=pauses)


def _end(
    rule: CountingRule,
    start: datetime,
    walk: _Walk,
    zone: tzinfo,
    pauses: Sequence[Pause],
    given: Given | None,
) -> date | datetime:
    """A date for periods that end with a day, an aware moment for the others."""
    first = start.astimezone(zone).date()
    match rule.unit:
        case Unit.MINUTE | Unit.HOUR:
            minutes = rule.amount * (60 if rule.unit is Unit.HOUR else 1)
            end = _pushed(start + timedelta(minutes=minutes), pauses)
            walk.add(end.astimezone(zone).date(), StepNote.RUNS)
            return end
        case Unit.WORKING_HOUR:
            return _working_hours(rule, start, walk, zone, pauses)
        case Unit.CALENDAR_DAY:
            return walk.settle(walk.forward(first, rule.amount, working_only=False), rule)
        case Unit.WORKING_DAY:
            return walk.forward(first, rule.amount, working_only=True)
        case Unit.MONTH:
            return walk.settle(_months_on(first, rule.amount, walk), rule)
        case Unit.SAME_DAY:
            return first
        case Unit.AT_ONCE:
            return start
        case Unit.CUSTOMER_SET:
            if given is None:
                raise ValueError("a limit set by the customer needs the date")
            day = given.astimezone(zone).date() if isinstance(given, datetime) else given
            walk.add(day, StepNote.GIVEN)
            return given if isinstance(given, datetime) else walk.settle(given, rule)


def _pushed(end: datetime, pauses: Sequence[Pause]) -> datetime:
    """`end` moved by every closed pause that began before it."""
    for pause in sorted(pauses, key=lambda one: one.begins):
        if pause.ends is not None and pause.begins < end:
            end += pause.ends - pause.begins
    return end


def _months_on(first: date, months: int, walk: _Walk) -> date:
    year, month0 = divmod(first.year * 12 + first.month - 1 + months, 12)
    length = month_lengths.monthrange(year, month0 + 1)[1]
    day = date(year, month0 + 1, min(first.day, length))
    walk.add(day, StepNote.MONTH_END if first.day > length else StepNote.CORRESPONDING_DAY)
    reached = first
    while reached < day:
        reached += ONE_DAY
        if reached in walk.paused:
            day += ONE_DAY
            walk.add(reached, StepNote.PAUSED)
    return day


def _working_hours(
    rule: CountingRule, start: datetime, walk: _Walk, zone: tzinfo, pauses: Sequence[Pause]
) -> datetime:
    """The moment when so many hours inside the office windows of working days have passed."""
    left = timedelta(hours=rule.amount)
    day = start.astimezone(zone).date()
    if not left:
        return start
    for _ in range(_LONGEST_WALK):
        if walk._worked(day):
            for begins, ends in _open_spans(rule, day, start, zone, pauses):
                if left <= ends - begins:
                    walk.add(day, StepNote.COUNTED, rule.amount)
                    return begins + left
                left -= ends - begins
            walk.add(day, StepNote.COUNTED, rule.amount - -(-left // timedelta(hours=1)))
        else:
            walk.add(day, StepNote.NOT_WORKING)
        day += ONE_DAY
    raise OverflowError("the period does not end within the longest walk")


def _open_spans(
    rule: CountingRule, day: date, start: datetime, zone: tzinfo, pauses: Sequence[Pause]
) -> list[tuple[datetime, datetime]]:
    """The office windows of `day` after `start`, with the pauses cut out, in UTC."""
    spans = []
    for window in rule.office_hours:
        begins = max(datetime.combine(day, window.opens, zone).astimezone(UTC), start.astimezone(UTC))
        ends = datetime.combine(day, window.closes, zone).astimezone(UTC)
        if begins < ends:
            spans.append((begins, ends))
    for pause in pauses:
        if pause.ends is not None:
            spans = [rest for span in spans for rest in _without(span, pause.begins, pause.ends)]
    return spans


def _without(
    span: tuple[datetime, datetime], begins: datetime, ends: datetime
) -> list[tuple[datetime, datetime]]:
    rest = [(span[0], min(span[1], begins)), (max(span[0], ends), span[1])]
    return [one for one in rest if one[0] < one[1]]


def _extended(
    rule: CountingRule, end: date | datetime, extension: Extension, walk: _Walk, zone: tzinfo
) -> date | datetime:
    """`end` with the extension added; an end that is a moment keeps its time of day."""
    if extension.unit in (Unit.MINUTE, Unit.HOUR):
        span = timedelta(minutes=extension.amount * (60 if extension.unit is Unit.HOUR else 1))
        moment = end if isinstance(end, datetime) else local_midnight(end + ONE_DAY, zone)
        return moment + span
    local = end.astimezone(zone) if isinstance(end, datetime) else None
    day = local.date() if local else end
    assert isinstance(day, date)
    if extension.unit is Unit.MONTH:
        last = _months_on(day, extension.amount, walk)
    else:
        last = walk.forward(day, extension.amount, extension.unit is Unit.WORKING_DAY, StepNote.EXTENDED)
    last = walk.settle(last, rule)
    return datetime.combine(last, local.timetz(), zone) if local else last
