"""`flask desk due`: when a time limit of a procedure ends, for one start or for a file of them."""

from __future__ import annotations

import csv
import sys
from datetime import datetime, tzinfo
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from extensions import db
from services.deadlines import explain as explanation
from services.deadlines.calendar import WorkingCalendar, prc_calendar
from services.deadlines.counting import DueResult, due
from services.deadlines.desk_calendar import desk_calendar
from services.deadlines.rules import Unit
from services.procedures.registry import InvalidProcedure, load_packs
from services.procedures.schema import Clock, Procedure

COLUMNS = ("procedure", "clause", "clock", "start")


class UnusableRow(ValueError):
    """What cannot be computed, in one line."""


def register(desk: AppGroup) -> None:
    desk.add_command(due_command)


@click.command("due")
@click.option(
    "--procedure", "procedure_code", help="Code of the procedure, such as hospital-complaint-office."
)
@click.option("--clock", "clock_code", help="Code of its clock, such as dispose.")
@click.option("--start", help='Local date and time of the start: "2026-02-13 09:30".')
@click.option("--given", help="Local date or date and time the customer set, for clocks that take it.")
@click.option("--explain", is_flag=True, help="Show the arithmetic day by day, with its clause.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Read rows with the columns {', '.join(COLUMNS)}; print them with a column due added.",
)
@with_appcontext
def due_command(
    procedure_code: str | None,
    clock_code: str | None,
    start: str | None,
    given: str | None,
    explain: bool,
    csv_file: Path | None,
) -> None:
    """Print the due date or moment; `>=` before it says that a year's calendar is missing and it is a lower bound."""
    try:
        procedures = load_packs()
    except InvalidProcedure as invalid:
        raise click.ClickException(str(invalid)) from None
    zone, calendar = _zone(), _calendar()
    if csv_file is not None:
        if any((procedure_code, clock_code, start, given, explain)):
            raise click.UsageError(
                "--csv takes procedure, clock and start from the file; give no other option"
            )
        _print_file(csv_file, procedures, calendar, zone)
        return
    if not (procedure_code and clock_code and start):
        raise click.UsageError("give --procedure, --clock and --start, or --csv")
    try:
        procedure, clock = _find(procedures, procedure_code, clock_code)
        result = _compute(clock, start, calendar, zone, given)
    except UnusableRow as fault:
        raise click.ClickException(str(fault)) from None
    if explain:
        _print_explanation(procedure, clock, result)
    else:
        click.echo(result.text)
        _warn_of_missing_years({result.missing_year})


def _zone() -> tzinfo:
    zone: tzinfo = current_app.extensions["settings"].zone
    return zone


def _calendar() -> WorkingCalendar:
    """The organisation's calendar; before there is a database, the official one."""
    file = current_app.extensions["settings"].sqlite_file
    if file is None or file.exists():
        try:
            return desk_calendar(db.session())
        except SQLAlchemyError:
            db.session.rollback()
    return prc_calendar()


def _find(procedures: dict[str, Procedure], code: str, clock_code: str) -> tuple[Procedure, Clock]:
    if code not in procedures:
        raise UnusableRow(f"There is no procedure {code!r}; there are: {', '.join(sorted(procedures))}.")
    try:
        return procedures[code], procedures[code].clock(clock_code)
    except KeyError:
        known = ", ".join(clock.code for clock in procedures[code].clocks)
        raise UnusableRow(f"{code} has no clock {clock_code!r}; it has: {known}.") from None


def _moment(text: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UnusableRow(f"{text!r} is no date and time; write it like 2026-02-13 09:30.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _compute(
    clock: Clock, start: str, calendar: WorkingCalendar, zone: tzinfo, given: str | None = None
) -> DueResult:
    if clock.unit is Unit.CUSTOMER_SET and not given:
        raise UnusableRow(f"The end of {clock.code} is set by the customer; give it with --given.")
    wanted = None
    if given:
        moment = _moment(given, zone)
        wanted = moment.date() if len(given.strip()) == 10 else moment
    try:
        return due(clock.rule, _moment(start, zone), calendar, zone, given=wanted)
    except OverflowError:
        raise UnusableRow(f"No end can be computed from {start!r}.") from None


def _print_file(
    file: Path, procedures: dict[str, Procedure], calendar: WorkingCalendar, zone: tzinfo
) -> None:
    missing: set[int | None] = set()
    faults = 0
    with file.open(encoding="utf-8-sig", newline="") as source:
        line_end = "\r\n" if source.readline().endswith("\r\n") else "\n"
        source.seek(0)
        reader = csv.DictReader(source)
        columns = list(reader.fieldnames or [])
        lacking = [column for column in COLUMNS if column not in columns and column != "clause"]
        if lacking:
            raise click.ClickException(
                f"{file.name} has no column {lacking[0]}; it needs {', '.join(COLUMNS)}."
            )
        columns += [] if "due" in columns else ["due"]
        writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore", lineterminator=line_end)
        writer.writeheader()
        for row in reader:
            try:
                result = _row_result(row, procedures, calendar, zone)
                row["due"] = result.text
                missing.add(result.missing_year)
            except UnusableRow as fault:
                row["due"] = ""
                faults += 1
                click.echo(f"line {reader.line_num}: {fault}", err=True)
            writer.writerow(row)
    _warn_of_missing_years(missing)
    if faults:
        raise click.ClickException(f"{faults} rows could not be computed.")


def _row_result(
    row: dict[str, str], procedures: dict[str, Procedure], calendar: WorkingCalendar, zone: tzinfo
) -> DueResult:
    _, clock = _find(procedures, (row["procedure"] or "").strip(), (row["clock"] or "").strip())
    clause = (row.get("clause") or "").strip()
    if clause and clause not in clock.clause:
        raise UnusableRow(f"{clock.code} rests on {', '.join(clock.clause)}, not on {clause}.")
    return _compute(clock, row["start"] or "", calendar, zone)


def _warn_of_missing_years(years: set[int | None]) -> None:
    for year in sorted(year for year in years if year is not None):
        click.echo(
            f"The working calendar of {year} is missing: dates marked >= are the earliest possible. "
            "Enter the year's calendar to fix them.",
            err=True,
        )


def _print_explanation(procedure: Procedure, clock: Clock, result: DueResult) -> None:
    language = str(current_app.config.get("BABEL_DEFAULT_LOCALE", "zh"))
    click.echo(
        f"{procedure.names.in_language(language)} · {clock.names.in_language(language)} ({', '.join(clock.clause)})"
    )
    if clock.assumption:
        click.echo(clock.assumption.in_language(language))
    click.echo(explanation.as_text(result))
