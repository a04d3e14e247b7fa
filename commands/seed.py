"""`flask desk seed`: a made-up organisation of any size, for trying the desk under load."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from commands.demo import write_accounts
from extensions import db
from models import Organisation
from services import schema
from services.demonstration.organisation import create_organisation
from services.demonstration.organisations import SETTINGS
from services.seeding.seed import YEARS, CannotSeed, Order
from services.seeding.seed import seed as make
from settings import Settings

BEFORE = timedelta(days=30)
"""The organisation is that much older than its first complaint."""


def register(desk: AppGroup) -> None:
    desk.add_command(seed)


@click.command()
@click.option(
    "--complaints", default=10_000, show_default=True, type=click.IntRange(1, 5_000_000), help="How many."
)
@click.option("--seed", "number", default=2026, show_default=True, help="The same seed gives the same rows.")
@click.option(
    "--organisation",
    type=click.Choice(list(SETTINGS)),
    help="Which one; without it the first of the demonstration.",
)
@click.option("--add", is_flag=True, help="Also on a desk that holds complaints: put these beside them.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day of the made-up past (default: now); part of what the same seed means.",
)
@click.option(
    "--processes", default=2, show_default=True, type=click.IntRange(1, 16), help="How many make rows."
)
@with_appcontext
def seed(
    complaints: int,
    number: int,
    organisation: str | None,
    add: bool,
    until: datetime | None,
    processes: int,
) -> None:
    """Make an organisation with COMPLAINTS made-up complaints of five years, written in bulk: a million in minutes."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.is_demonstration:
        raise click.ClickException("Made-up data need demonstration mode: DESK_MODE=demonstration.")
    if done := schema.prepare(settings):
        click.echo(done)
    now = datetime.now(UTC).replace(microsecond=0)
    if until is not None:
        now = min(now, until.replace(hour=16, tzinfo=settings.zone).astimezone(UTC))
    _organisation(settings, organisation, now - YEARS - BEFORE)
    began = time.monotonic()
    try:
        count = make(
            db.session(), settings.database_url, Order(complaints, number, now, add, processes), _Progress()
        )
    except CannotSeed as reason:
        raise click.ClickException(str(reason)) from None
    click.echo(f"\n{count:,} made-up complaints in {time.monotonic() - began:,.0f} seconds.")


def _organisation(settings: Settings, chosen: str | None, at: datetime) -> None:
    existing = db.session().get(Organisation, 1)
    if existing is None:
        setting = SETTINGS[chosen or next(iter(SETTINGS))]
        create_organisation(db.session(), at, settings.timezone, setting)
        write_accounts(settings, setting)
    elif not existing.is_demonstration:
        raise click.ClickException(
            "This database holds a real organisation; made-up complaints do not go there."
        )
    elif chosen is not None and SETTINGS[chosen].procedure != existing.procedure_code:
        raise click.ClickException(f"This database holds {existing.name}: leave --organisation out.")


class _Progress:
    """One line that is written over on a terminal; elsewhere a line now and then."""

    def __init__(self) -> None:
        self._shown = 0.0

    def __call__(self, said: str) -> None:
        moment = time.monotonic()
        if sys.stdout.isatty():
            click.echo(f"\r\033[K{said}", nl=False)
        elif moment - self._shown > 5:
            click.echo(said)
            self._shown = moment
