"""`flask desk search-index`: whether complaints are found by their words, and making the index anew."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext

from extensions import db
from services import search
from services.actor import SYSTEM
from services.unit_of_work import UnitOfWork

STEP = 50_000
SHOWN = 20


def register(desk: AppGroup) -> None:
    desk.add_command(search_index)


@click.command("search-index")
@click.option(
    "--check", "what", flag_value="check", help="Compare it with the complaints; status 1 on faults."
)
@click.option("--rebuild", "what", flag_value="rebuild", help="Make it anew; nobody can write meanwhile.")
@with_appcontext
def search_index(what: str | None) -> None:
    """Check the search index of complaints, or make it anew from them (it holds nothing of its own)."""
    if what is None:
        raise click.UsageError("Say --check or --rebuild.")
    if what == "rebuild":
        _rebuild()
    else:
        _check()


def _rebuild() -> None:
    with UnitOfWork(db.session(), SYSTEM, datetime.now(UTC)) as work:
        done = search.rebuild(work.session.connection(), progress=_say)
    click.echo(f"The search index holds {done} complaints.")


def _check() -> None:
    faults = 0
    for fault in search.faults(db.session().connection(), progress=_say):
        faults += 1
        if faults <= SHOWN:
            click.echo(fault)
    if faults:
        raise click.ClickException(
            f"{faults} faults. Run `flask desk search-index --rebuild` while nobody works on the desk."
        )
    click.echo("The search index holds every complaint as it is.")


def _say(done: int) -> None:
    if done % STEP == 0 and done:
        click.echo(f"{done} …")
