"""`flask desk demo`: a made-up organisation with made-up complaints, for trying the desk out."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from commands.serve import ACCOUNTS_FILE
from extensions import db
from models import Organisation
from services import schema
from services.demonstration.cases import BEGINNING, NoSetting, create_cases
from services.demonstration.organisation import accounts, create_organisation
from services.demonstration.organisations import SETTINGS
from services.demonstration.setting import Setting
from settings import Settings


def register(desk: AppGroup) -> None:
    desk.add_command(demo)


@click.command()
@click.option(
    "--complaints", default=40, show_default=True, type=click.IntRange(0, 100_000), help="How many."
)
@click.option("--seed", default=2026, show_default=True, help="The same seed gives the same complaints.")
@click.option(
    "--organisation",
    type=click.Choice(list(SETTINGS)),
    help="Which one; without it a terminal is asked, elsewhere it is the first.",
)
@with_appcontext
def demo(complaints: int = 40, seed: int = 2026, organisation: str | None = None) -> None:
    """Make a demonstration organisation with complaints in every state; more complaints when it exists already."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.is_demonstration:
        raise click.ClickException("Demonstration data need demonstration mode: DESK_MODE=demonstration.")
    if done := schema.prepare(settings):
        click.echo(done)
    now = datetime.now(UTC).replace(microsecond=0)
    existing = db.session().get(Organisation, 1)
    if existing is not None and not existing.is_demonstration:
        raise click.ClickException(
            "This database holds a real organisation; made-up complaints do not go there."
        )
    if existing is None:
        setting = SETTINGS[organisation or _asked()]
        create_organisation(db.session(), now - BEGINNING, settings.timezone, setting)
        write_accounts(settings, setting)
    else:
        _check_same(existing, organisation)
    try:
        count = create_cases(db.session(), settings, complaints, seed, now)
    except NoSetting as unknown:
        raise click.ClickException(
            f"The organisation now works by {unknown}, for which there are no made-up complaints."
        ) from None
    click.echo(f"{count} made-up complaints are on the desk.")


def _asked() -> str:
    """The organisation that somebody at a terminal chooses; the first one where nobody can be asked."""
    default = next(iter(SETTINGS))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return default
    for setting in SETTINGS.values():
        click.echo(f"  {setting.key:<22} {setting.zh} · {setting.en}")
    chosen = click.prompt(
        "Which organisation", type=click.Choice(list(SETTINGS)), default=default, show_choices=False
    )
    return str(chosen)


def _check_same(existing: Organisation, organisation: str | None) -> None:
    if organisation is not None and SETTINGS[organisation].procedure != existing.procedure_code:
        raise click.ClickException(
            f"This database holds {existing.name}. For another organisation name another folder: "
            "DESK_DATA_DIR=./var-other make run ORGANISATION=…"
        )


def write_accounts(settings: Settings, setting: Setting) -> None:
    """Keep the accounts to show at every start of the desk."""
    file = settings.data_dir / ACCOUNTS_FILE
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(accounts(setting), out, ensure_ascii=False, indent=1)
