"""When to warn before a period ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.deadlines.calendar import ONE_DAY, WorkingCalendar, is_worked
from services.deadlines.counting import DueResult, local_midnight
from services.deadlines.rules import Unit, WarnPoint


def warn_moment(result: DueResult, point: WarnPoint, calendar: WorkingCalendar) -> datetime:
    """The moment (UTC) of one warn point, never before the start and never after the end.

    A fraction of a period counted in days is taken of the counted days, not of the hours between: a long holiday in the
    middle must not use up the warning. It fires when the next counted day begins.
    """
    if point.before is not None:
        moment = _before_end(result, point.before, point.unit, calendar)
    else:
        moment = _at_fraction(result, point.fraction or 0.0)
    return min(max(moment, result.start), result.due_at)


def warn_moments(result: DueResult, points: list[WarnPoint], calendar: WorkingCalendar) -> list[datetime]:
    """The moments of all warn points in order of time."""
    return sorted(warn_moment(result, point, calendar) for point in points)


def _at_fraction(result: DueResult, fraction: float) -> datetime:
    counted = [step.day for step in result.steps if step.counted is not None]
    if (result.is_moment and result.rule.closing_time is None) or not counted:
        return result.start + (result.due_at - result.start) * fraction
    used = int(len(counted) * fraction + 1e-9)
    if used >= len(counted):
        return result.due_at
    return local_midnight(counted[used], result.zone)


def _before_end(result: DueResult, amount: int, unit: Unit, calendar: WorkingCalendar) -> datetime:
    if unit in (Unit.HOUR, Unit.MINUTE):
        return result.due_at - timedelta(minutes=amount * (60 if unit is Unit.HOUR else 1))
    if result.is_moment:
        return result.due_at - timedelta(days=amount)
    day: date = result.due_date
    while amount:
        day -= ONE_DAY
        kind = calendar.kind_or_none(day)
        if unit is Unit.CALENDAR_DAY or kind is None or is_worked(kind):
            amount -= 1
    return local_midnight(day, result.zone)
