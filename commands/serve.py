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
from serving.supervisor import Supervisor, empty_spool, open_port
from settings import Settings, SettingsFault

ACCOUNTS_FILE = "demonstration_accounts.json"
"""In the data folder: [{"role": …, "name": …, "login": …, "password": …}, …], written with the demonstration."""


def register(desk: AppGroup) -> None:
    desk.add_command(serve)


@click.command()
@with_appcontext
def serve() -> None:
    """Start the web server and the worker; Ctrl-C stops both."""
    settings: Settings = current_app.extensions["settings"]
    settings.check_serving()
    os.umask(0o077)
    _check_folder(settings.data_dir)
    listener = open_port(settings.host, settings.port)
    if done := schema.prepare(settings):
        click.echo(done)
    empty_spool(settings.spool_dir)
    supervisor = Supervisor(listener)
    if not supervisor.start():
        asked = supervisor.stopping
        supervisor.stop()
        sys.exit(0 if asked else "The desk could not start; the lines above say why.")
    host, port = listener.getsockname()[:2]
    click.echo(
        f"The desk is ready: http://{f'[{host}]' if ':' in host else host}:{port}/   (Ctrl-C stops it)"
    )
    if settings.is_demonstration:
        _print_accounts(settings.data_dir / ACCOUNTS_FILE)
    sys.stdout.flush()
    status = supervisor.run()
    click.echo("The desk has stopped.")
    sys.exit(status)


def _check_folder(folder: Path) -> None:
    """The data folder must be writable before anything is started in it."""
    probe = folder / f".writable-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsFault(f"The data folder {folder} cannot be written to: {error.strerror}.") from error


def _print_accounts(file: Path) -> None:
    if not file.exists():
        return
    click.echo("Demonstration accounts (made-up people, made-up complaints):")
    for account in json.loads(file.read_text(encoding="utf-8")):
        click.echo(f"  {account['login']:<14} {account['password']:<20} {account['role']}  {account['name']}")
