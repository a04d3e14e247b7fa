"""Pages about a procedure's text: two versions compared, a worked example, the open cases it would have touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from admin_views.complaints.due import due_days
from admin_views.form_context import DueDay
from admin_views.guard import acting
from admin_views.locale import enumerated, locale
from admin_views.procedure_words import key_label, word_at
from admin_views.procedures import CLOCK_EVENT_LABELS, ProcedureTables
from admin_views.values import moment_text
from extensions import db
from models.enums import EventKind
from services.deadlines import explain
from services.deadlines.desk_calendar import DeskTime, desk_time
from services.procedures.comparing import Difference, Item, differences
from services.procedures.drafting import examine
from services.procedures.example import events_of, example_clocks, example_gates
from services.procedures.impact import Impact, impact_of
from services.procedures.schema import Clock, Procedure
from services.procedures.vocabulary import ClockEvent

# Compared


@dataclass(frozen=True)
class DifferenceLine:
    """A rule that differs, in words."""

    section: str
    place: str
    change: str
    before: str
    after: str


def difference_lines(before: str, after: str) -> list[DifferenceLine] | None:
    """What differs between two texts; none when one of them can't be read."""
    old, new = examine(before).data, examine(after).data
    if old is None or new is None:
        return None
    return [_difference_line(one) for one in differences(old, new)]


def _difference_line(one: Difference) -> DifferenceLine:
    rest = [_part_text(part) for part in one.path[1:]]
    place = " · ".join(rest) or str(key_label(one.section))
    key = next((part for part in reversed(one.path) if isinstance(part, str)), "")
    return DifferenceLine(
        str(key_label(one.section)),
        place,
        one.change.value,
        value_text(one.before, key),
        value_text(one.after, key),
    )


def _part_text(part: str | Item) -> str:
    if isinstance(part, str):
        return str(key_label(part))
    data = part.data if isinstance(part.data, Mapping) else {}
    names = data.get("names")
    if isinstance(names, Mapping):
        return str(names.get("en" if locale() == "en" else "zh") or part.identity)
    return next(
        (str(word_at(key, part.identity)) for key in ("field", "level", "code") if data.get(key)),
        part.identity,
    )


def value_text(value: Any, key: str = "", indent: str = "") -> str:
    """A piece of a procedure as people read it, a line for each of its parts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("Yes")) if value else str(_("No"))
    if isinstance(value, Mapping):
        if set(value) <= {"zh", "en"}:
            return " / ".join(str(text) for text in value.values())
        lines = []
        for name, inner in value.items():
            text = value_text(inner, str(name), indent + "  ")
            apart = "\n" in text
            lines.append(f"{indent}{key_label(name)}: " + (f"\n{text}" if apart else text))
        return "\n".join(lines)
    if isinstance(value, list):
        if any(isinstance(each, Mapping | list) for each in value):
            return "\n".join(value_text(each, key, indent) for each in value)
        return enumerated(value_text(each, key) for each in value)
    return str(word_at(key, str(value)))


# A worked example


@dataclass(frozen=True)
class ExampleLine:
    """A clock of the example with its arithmetic."""

    name: str
    limit: str
    clause: str
    assumption: str
    start: str
    due: str
    note: str
    days: list[DueDay]


@dataclass(frozen=True)
class Asked:
    """A moment that the example asks for."""

    name: str
    label: Any
    value: str
    fault: str = ""


def example_context(procedure: Procedure) -> dict[str, Any]:
    """The example complaint that the address asks for, as this procedure would treat it."""
    time = desk_time(db.session())
    asked, moments = _moments(procedure, time)
    given, given_fault = _given()
    received = moments.get(ClockEvent.RECEIVED) or datetime.now(UTC)
    lines = [_example_line(*one, time) for one in _clocks(procedure, moments, time, given)]
    gates = example_gates(db.session(), procedure, acting(), received, procedure.channels[0])
    tables = [table for table in ProcedureTables(procedure).tables() if table.title != _("Time limits")]
    return {
        "asked": asked,
        "given": Asked("given", _("Answer wanted by"), request.args.get("given", ""), given_fault),
        "wants_given": any(not clock.unit.needs_amount for clock in procedure.clocks),
        "clocks": lines,
        "gates": [(_step_label(event), list(reasons)) for event, reasons in gates],
        "tables": tables,
    }


def _step_label(event: EventKind) -> str:
    return str(event.label)


def _clocks(
    procedure: Procedure, moments: Mapping[ClockEvent, datetime], time: DeskTime, given: date | None
) -> list[tuple[Clock, ClockEvent | None, datetime | None, Any]]:
    return [
        (one.clock, one.event, one.start, one.result)
        for one in example_clocks(procedure, moments, time, given)
    ]


def _moments(procedure: Procedure, time: DeskTime) -> tuple[list[Asked], dict[ClockEvent, datetime]]:
    """The moments typed; the first one stands in where a later one was left empty."""
    events = events_of(procedure)
    wanted = list(dict.fromkeys([ClockEvent.RECEIVED, *events]))
    today = datetime.now(UTC).astimezone(time.zone).replace(second=0, microsecond=0)
    first = today
    asked: list[Asked] = []
    moments: dict[ClockEvent, datetime] = {}
    for event in wanted:
        text = request.args.get(event.value, "")
        try:
            moment = datetime.fromisoformat(text).replace(tzinfo=time.zone) if text else first
            fault = ""
        except ValueError:
            moment, fault = first, str(_("Write a date and time like 2026-03-05 09:30."))
        if event is ClockEvent.RECEIVED:
            first = moment
        moments[event] = moment
        asked.append(Asked(event.value, CLOCK_EVENT_LABELS[event], text or f"{moment:%Y-%m-%dT%H:%M}", fault))
    return asked, moments


def _given() -> tuple[date | None, str]:
    text = request.args.get("given", "")
    if not text:
        return None, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return None, str(_("Write a date like 2026-03-05."))


def _example_line(
    clock: Clock, event: ClockEvent | None, start: datetime | None, result: Any, time: DeskTime
) -> ExampleLine:
    said = explain.summary(result) if result is not None else []
    note = ""
    if start is None:
        note = str(_("Would not start."))
    elif result is None:
        note = str(_("Runs only when the complainant sets a date."))
    started = f"{moment_text(start, time.zone)} ({CLOCK_EVENT_LABELS[event]})" if start and event else ""
    days = due_days(result) if result is not None else []
    return ExampleLine(
        name=clock.names.in_language(locale()),
        limit=said[0] if said else "",
        clause=", ".join(clock.clause),
        assumption=clock.assumption.in_language(locale()) if clock.assumption else "",
        start=started,
        due=result.text if result is not None else "",
        note=note or " ".join(said[1:-1]),
        days=days,
    )


# Open cases


@dataclass(frozen=True)
class ImpactLine:
    """An open case that would have differed, in words."""

    number: str
    url: str
    state: Any
    clocks: list[str]
    asked: list[Any]
    dropped: list[Any]


def impact_lines(procedure: Procedure, code: str) -> tuple[list[ImpactLine], Impact]:
    """The reader's open cases under `code` that would have differed."""
    impact = impact_of(db.session(), procedure, code, acting())
    lines = []
    for case in impact.cases:
        clocks = []
        for change in case.clocks:
            name = change.clock.names.in_language(locale())
            before = change.before or str(_("not running"))
            after = change.after or str(_("no such clock"))
            clocks.append(f"{name}: {before} → {after}")
        lines.append(
            ImpactLine(
                case.complaint.number,
                url_for("complaints.details_view", address=case.complaint.public_id),
                case.complaint.state.label,
                clocks,
                [reason.message for reason in case.asked],
                [reason.message for reason in case.dropped],
            )
        )
    return lines, impact
