"""Why this date: the arithmetic of one time limit, day by day, with its clause."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.complaints.case_base import due_day
from admin_views.form_context import DueDay, DueExplained
from admin_views.values import due_words, moment_text
from models import ClockRun
from models.enums import ClockState
from services.deadlines import explain
from services.deadlines.counting import DueResult
from services.deadlines.desk_calendar import desk_time
from services.deadlines.runs import clock_of, result_of


def explained(session: Session, run: ClockRun, locale: str) -> DueExplained:
    """The page of one clock run."""
    time = desk_time(session)
    clock, result = clock_of(run), result_of(run, time)
    running = run.state is ClockState.RUNNING
    said = explain.summary(result)
    warning = ""
    if result.lower_bound:
        warning = _(
            "The working calendar of %(year)s has not been entered. The date shown is the earliest possible one; "
            "it will be computed again when the calendar arrives.",
            year=result.missing_year,
        )
    state = (
        due_words(run.due_at, datetime.now(UTC), time.zone, lower_bound=run.is_lower_bound)
        if running
        else None
    )
    return DueExplained(
        title=_("Why this date"),
        clock=clock.names.in_language(locale),
        rule=said[0],
        clause=run.clause or "",
        clause_text=clock.assumption.in_language(locale) if clock.assumption else "",
        start=moment_text(run.started_at, time.zone),
        due=due_day(run, run.due_at, time.zone),
        state=state,
        days=due_days(result),
        changes=said[1:-1],
        warning=warning,
    )


def due_days(result: DueResult) -> list[DueDay]:
    """The days of the arithmetic, each with its number or why it does not count."""
    return [
        DueDay(
            date=line.day.isoformat(),
            weekday=line.weekday,
            kind=line.kind,
            counted=line.counted is not None,
            number=line.counted,
            reason=line.note,
        )
        for line in explain.lines(result)
    ]
