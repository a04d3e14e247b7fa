"""“Why this date”: the arithmetic of a period in words, a line a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.labels import LazyString, _l
from services.deadlines.counting import DueResult, Step, StepNote
from services.deadlines.rules import LastDay, Unit

UNIT_LABELS: dict[Unit, LazyString] = {
    Unit.MINUTE: _l("minutes"),
    Unit.HOUR: _l("hours"),
    Unit.WORKING_HOUR: _l("working hours"),
    Unit.CALENDAR_DAY: _l("calendar days"),
    Unit.WORKING_DAY: _l("working days"),
    Unit.MONTH: _l("months"),
    Unit.SAME_DAY: _l("the same day"),
    Unit.AT_ONCE: _l("at once"),
    Unit.CUSTOMER_SET: _l("set by the customer"),
}

NOTE_LABELS: dict[StepNote, LazyString] = {
    StepNote.START: _l("starts here; this day does not count"),
    StepNote.COUNTED: _l("counts"),
    StepNote.NOT_WORKING: _l("does not count: not a working day"),
    StepNote.CALENDAR_MISSING: _l("taken as a working day: this year's calendar is missing"),
    StepNote.PAUSED: _l("does not count: the clock was paused"),
    StepNote.CORRESPONDING_DAY: _l("the corresponding day"),
    StepNote.MONTH_END: _l("the month's last day, as it has no corresponding day"),
    StepNote.MOVED: _l("the end moves to the next working day"),
    StepNote.EXTENDED: _l("counts towards the extension"),
    StepNote.RUNS: _l("ends here; hours run through nights and rest days"),
    StepNote.GIVEN: _l("the date the customer set"),
}
# Periods that begin with the moment itself have no day that is left out.
_FROM_THE_MOMENT = frozenset({Unit.MINUTE, Unit.HOUR, Unit.WORKING_HOUR, Unit.AT_ONCE})

WEEKDAYS: tuple[LazyString, ...] = (
    _l("Mon"),
    _l("Tue"),
    _l("Wed"),
    _l("Thu"),
    _l("Fri"),
    _l("Sat"),
    _l("Sun"),
)


@dataclass(frozen=True)
class Line:
    """One line of the explanation, ready for a table or a terminal; texts translate when shown."""

    day: date
    weekday: LazyString
    kind: LazyString
    counted: int | None
    note: LazyString


def lines(result: DueResult) -> list[Line]:
    """The days of `result` in order."""
    return [_line(result, step) for step in result.steps]


def _line(result: DueResult, step: Step) -> Line:
    note = NOTE_LABELS[step.note]
    if step.note is StepNote.START and result.rule.unit in _FROM_THE_MOMENT:
        note = _l("starts here; time runs from this moment")
    elif step.note is StepNote.START and result.rule.unit is Unit.SAME_DAY:
        note = _l("starts and ends on this day")
    kind = step.kind.label if step.kind is not None else _l("calendar missing")
    return Line(step.day, WEEKDAYS[step.day.weekday()], kind, step.counted, note)


def summary(result: DueResult) -> list[str]:
    """What the days add up to: the limit, what was added, the end, and what is still unknown."""
    rule = result.rule
    limit = (
        f"{rule.amount} {UNIT_LABELS[rule.unit]}" if rule.unit.needs_amount else str(UNIT_LABELS[rule.unit])
    )
    said = [str(_l("Limit: %(limit)s", limit=limit))]
    if rule.if_last_day_not_working is LastDay.NEXT_WORKING_DAY:
        said.append(str(_l("An end on a day that is not worked moves to the next working day.")))
    paused = sum(step.note is StepNote.PAUSED for step in result.steps)
    if paused:
        said.append(str(_l("Days paused: %(days)s", days=paused)))
    if result.extension is not None and result.extension.amount:
        added = f"{result.extension.amount} {UNIT_LABELS[result.extension.unit]}"
        said.append(str(_l("Extended by %(added)s", added=added)))
    shown = result.text.removeprefix(">=")
    ends = (
        _l("Due: %(due)s", due=shown) if result.is_moment else _l("Due: %(due)s, end of the day", due=shown)
    )
    said.append(str(ends))
    if result.lower_bound:
        said.append(
            str(
                _l(
                    "Not before this date: the working calendar of %(year)s is missing; enter it to fix the date.",
                    year=result.missing_year,
                )
            )
        )
    return said


def as_text(result: DueResult) -> str:
    """The whole explanation for a terminal."""
    rows = [
        f"{line.day:%Y-%m-%d} {line.weekday}  {line.counted if line.counted is not None else '-':>3}  "
        f"{line.kind}  {line.note}"
        for line in lines(result)
    ]
    return "\n".join([f"{result.start.astimezone(result.zone):%Y-%m-%d %H:%M}", *rows, *summary(result)])
