"""`flask desk clauses`: which clauses of the regulations the desk carries out, with rule, screen and test."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from services.procedures.clauses import Trace, traces


def register(desk: AppGroup) -> None:
    desk.add_command(clauses)


@click.command()
@click.option(
    "--missing", is_flag=True, help="Only the clauses that are not carried out, with what they lack."
)
@click.option("--regulation", help="Only one regulation, such as R01.")
def clauses(missing: bool, regulation: str | None) -> None:
    """Print the clauses with rule, screen and test, and how many are carried out."""
    shown = [t for t in traces().values() if regulation in (None, t.clause.regulation)]
    for trace in shown:
        if not (missing and trace.is_carried_out):
            click.echo(_lines(trace))
    by_regulation: dict[str, list[Trace]] = {}
    for trace in shown:
        by_regulation.setdefault(trace.clause.regulation, []).append(trace)
    for code, rows in by_regulation.items():
        done = sum(row.is_carried_out for row in rows)
        click.echo(f"{code}  {done:3} of {len(rows):3}  {rows[0].clause.procedure}")
    click.echo(f"{sum(row.is_carried_out for row in shown)} of {len(shown)} clauses are carried out.")


def _lines(trace: Trace) -> str:
    clause = trace.clause
    rows = [f"{clause.code}  {clause.text}"]
    if clause.organisational:
        rows.append(f"        for people, not software: {clause.organisational}")
        return "\n".join(rows)
    for title, found in (("rule", trace.rules), ("screen", (clause.screen,)), ("test", trace.tests)):
        for one in found:
            rows.append(f"        {title + ':':8}{one or '–'}")
        if not found:
            rows.append(f"        {title + ':':8}–")
    return "\n".join(rows)
