"""One clock run: its rule as it stood when it started, and everything that is derived from it.

The rule, the start, the pauses and the granted extension are kept on the row; due date, warnings and the next moment to
look at it follow from these alone. That is why an edit of the complaint can't move a due date.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from models import ClockRun
from models.enums import ClockState
from services.deadlines.counting import DueResult, due, is_past
from services.deadlines.desk_calendar import DeskTime
from services.deadlines.rules import Extension, Given, Pause, Unit
from services.deadlines.warning import warn_moment
from services.procedures.schema import Clock

OPEN = (ClockState.RUNNING, ClockState.PAUSED)

GIVEN = "given"
"""Beside the rule itself: the date the customer set."""

AT_DUE = "due"
"""The mark in `warned` that a lower bound has been passed: a warning, as nobody knows yet whether it is a breach."""


def snapshot(clock: Clock, given: Given | None) -> dict[str, Any]:
    """The rule as a run keeps it: the clock of the procedure file, word for word."""
    return {**clock.model_dump(mode="json"), GIVEN: given.isoformat() if given else None}


@lru_cache(maxsize=256)
def _clock(text: str) -> Clock:
    return Clock.model_validate_json(text)


def clock_of(run: ClockRun) -> Clock:
    """The rule of a run as it stood when it started."""
    return _clock(json.dumps({key: value for key, value in run.rule.items() if key != GIVEN}, sort_keys=True))


def given_of(run: ClockRun) -> Given | None:
    """The date or moment that the customer set for this run."""
    text = run.rule.get(GIVEN)
    if not text:
        return None
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def pauses_of(run: ClockRun) -> list[Pause]:
    return [
        Pause(datetime.fromisoformat(begins), datetime.fromisoformat(ends) if ends else None)
        for begins, ends in run.pauses
    ]


def result_of(run: ClockRun, time: DeskTime, clock: Clock | None = None) -> DueResult:
    """The arithmetic of a run, day by day ("why this date"), with its pauses and extension.

    `clock`: under another rule than the one it started with.
    """
    clock = clock or clock_of(run)
    extension = None
    if run.extended_by and clock.extendable:
        extension = Extension(run.extended_by, Unit(clock.extendable.unit))
    return due(
        clock.rule,
        run.started_at,
        time.calendar,
        time.zone,
        pauses=pauses_of(run),
        extension=extension,
        given=given_of(run) if clock.unit is Unit.CUSTOMER_SET else None,
    )


def original_result(run: ClockRun, time: DeskTime) -> DueResult:
    """As result_of, without pauses and extension."""
    return due(clock_of(run).rule, run.started_at, time.calendar, time.zone, given=given_of(run))


def put_due(run: ClockRun, time: DeskTime) -> DueResult:
    """Write what follows from the kept facts: due, lower bound, next check."""
    result = result_of(run, time)
    run.due_at = result.due_at
    run.due_on = None if result.is_moment else result.due_date
    run.is_lower_bound = result.lower_bound
    run.missing_year = result.missing_year
    run.next_check_at = next_check(run, result, time)
    return result


def thresholds(run: ClockRun, result: DueResult, time: DeskTime) -> list[tuple[str, datetime]]:
    """The warn points that have not fired yet, with their moments, in order of time."""
    points = clock_of(run).warn_points
    pending = [
        (str(index), warn_moment(result, point.point, time.calendar))
        for index, point in enumerate(points)
        if str(index) not in run.warned
    ]
    if result.lower_bound and AT_DUE not in run.warned:
        pending.append((AT_DUE, result.due_at))
    return sorted(pending, key=lambda one: one[1])


def next_check(run: ClockRun, result: DueResult, time: DeskTime) -> datetime | None:
    """When the sweep must look at the run again; None while it is paused, stopped, or nothing is left to happen."""
    if run.state is not ClockState.RUNNING:
        return None
    moments = [moment for _, moment in thresholds(run, result, time)]
    if run.breached_at is None and not result.lower_bound:
        moments.append(result.due_at)
    return min(moments, default=None)


def is_run_past(run: ClockRun, at: datetime) -> bool:
    """Whether a run's period is over at `at`; a lower bound is never over for certain."""
    return not run.is_lower_bound and is_past(run.due_at, run.due_on is None, at)


def follow_clock(run: ClockRun, clock: Clock, time: DeskTime, now: datetime) -> None:
    """Let an open run go on by another rule, from its own start; when it was first due stays as it was.

    A breach of the former rule is no breach where the new one still leaves time; history keeps that it happened.
    """
    run.rule = snapshot(clock, given_of(run))
    run.name_zh, run.name_en = clock.names.zh, clock.names.en
    run.clause = ", ".join(clock.clause)
    run.warned = []
    put_due(run, time)
    if not is_run_past(run, now):
        run.breached_at = None
    past = {mark for mark, moment in thresholds(run, result_of(run, time), time) if moment <= now}
    run.warned = sorted(past)
    run.next_check_at = next_check(run, result_of(run, time), time)
