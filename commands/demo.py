"""`flask desk demo`: a made-up hospital with made-up complaints, for trying the desk out."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from commands.serve import ACCOUNTS_FILE
from extensions import db
from models import Organisation
from services import schema
from services.demonstration.cases import create_cases
from services.demonstration.organisation import accounts, create_organisation
from settings import Settings

BEGINNING = timedelta(days=75)
"""How long ago the made-up organisation began."""


def register(desk: AppGroup) -> None:
    desk.add_command(demo)


@click.command()
@click.option(
    "--complaints", default=40, show_default=True, type=click.IntRange(0, 100_000), help="How many."
)
@click.option("--seed", default=2026, show_default=True, help="The same seed gives the same complaints.")
@with_appcontext
def demo(complaints: int = 40, seed: int = 2026) -> None:
    """Make a demonstration organisation with complaints in every state; more complaints when it exists already."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.is_demonstration:
        raise click.ClickException("Demonstration data need demonstration mode: DESK_MODE=demonstration.")
    if done := schema.prepare(settings):
        click.echo(done)
    now = datetime.now(UTC).replace(microsecond=0)
    organisation = db.session().get(Organisation, 1)
    if organisation is not None and not organisation.is_demonstration:
        raise click.ClickException(
            "This database holds a real organisation; made-up complaints do not go there."
        )
    if organisation is None:
        create_organisation(db.session(), now - BEGINNING, settings.timezone)
        _write_accounts(settings)
    count = create_cases(db.session(), settings, complaints, seed, now)
    click.echo(f"{count} made-up complaints are on the desk.")


def _write_accounts(settings: Settings) -> None:
    file = settings.data_dir / ACCOUNTS_FILE
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(accounts(), out, ensure_ascii=False, indent=1)
