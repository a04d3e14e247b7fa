"""`flask desk serve`: the web server and the worker, for real use and for the demonstration."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from services import schema
from services.demonstration.organisations import SETTINGS
from services.organisation.setting_up import setup_token
from serving.readiness import check_database, check_folder, check_procedures, empty_spool, is_demonstration
from serving.supervisor import Supervisor, open_port
from settings import Settings

ACCOUNTS_FILE = "demonstration_accounts.json"
"""In the data folder: [{"role": …, "name": …, "login": …, "password": …}, …], written with the demonstration."""


def register(desk: AppGroup) -> None:
    desk.add_command(serve)


@click.command()
@click.option(
    "--organisation",
    type=click.Choice(list(SETTINGS)),
    help="Which made-up organisation an empty demonstration gets; without it a terminal is asked.",
)
@with_appcontext
@click.pass_context
def serve(context: click.Context, organisation: str | None = None) -> None:
    """Start the web server and the worker; Ctrl-C stops both.

    In demonstration mode an empty database gets a made-up organisation first.
    """
    settings: Settings = current_app.extensions["settings"]
    settings.check_serving()
    os.umask(0o077)
    check_folder(settings.data_dir)
    check_procedures()
    listener = open_port(settings.host, settings.port)
    if done := schema.prepare(settings):
        click.echo(done)
    check_database(settings)
    empty_spool(settings.spool_dir)
    if settings.is_demonstration and is_demonstration(settings) is None:
        _make_demonstration(context, organisation)
    supervisor = Supervisor(listener)
    if not supervisor.start():
        asked = supervisor.stopping
        supervisor.stop()
        sys.exit(0 if asked else "The desk could not start; the lines above say why.")
    _say_ready(settings, *listener.getsockname()[:2])
    status = supervisor.run()
    click.echo("The desk has stopped.")
    sys.exit(status)


def _make_demonstration(context: click.Context, organisation: str | None) -> None:
    assert context.parent is not None and isinstance(context.parent.command, click.Group)
    demo = context.parent.command.get_command(context, "demo")
    if demo is not None:
        click.echo("Making the demonstration organisation …")
        context.invoke(demo, organisation=organisation)


def _say_ready(settings: Settings, host: str, port: int) -> None:
    click.echo(
        f"The desk is ready: http://{f'[{host}]' if ':' in host else host}:{port}/   (Ctrl-C stops it)"
    )
    if is_demonstration(settings) is None:
        token = setup_token(settings.data_dir)
        click.echo(
            f"This desk is empty. Set it up at /setup with the token {token} (or with `flask desk init`)."
        )
    if settings.is_demonstration:
        _print_accounts(settings.data_dir / ACCOUNTS_FILE)
    sys.stdout.flush()


def _print_accounts(file: Path) -> None:
    if not file.exists():
        return
    click.echo("Demonstration accounts (made-up people, made-up complaints):")
    for account in json.loads(file.read_text(encoding="utf-8")):
        click.echo(f"  {account['login']:<14} {account['password']:<20} {account['role']}  {account['name']}")
