"""`flask desk init`: the organisation, its procedure and the first administrator of an empty desk."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from extensions import db
from services import schema
from services.actor import SYSTEM
from services.deadlines.calendar import prc_calendar
from services.errors import Invalid
from services.identity import passwords
from services.organisation.setting_up import FirstAnswers, forget_token, is_set_up, set_up
from services.procedures.registry import load_packs
from services.unit_of_work import UnitOfWork
from settings import Settings


def register(desk: AppGroup) -> None:
    desk.add_command(init)


@click.command()
@click.option("--name", "organisation", prompt="Name of the organisation", help="Name of the organisation.")
@click.option("--procedure", "code", help="Code of the procedure it works by; asked for when not given.")
@click.option("--login", prompt="Login of the first administrator", help="Login of the first administrator.")
@click.option("--person", prompt="Name of the first administrator", help="Name of the first administrator.")
@click.option("--code-only", is_flag=True, help="Ask for no password; print a one-time code instead.")
@with_appcontext
def init(organisation: str, code: str | None, login: str, person: str, code_only: bool) -> None:
    """Set up a real desk on an empty database: no demonstration data."""
    settings: Settings = current_app.extensions["settings"]
    if done := schema.prepare(settings):
        click.echo(done)
    if is_set_up(db.session()):
        raise click.ClickException("This desk is set up already.")
    answers = FirstAnswers(
        organisation=organisation,
        procedure_code=code or _ask_procedure(),
        timezone=settings.timezone,
        login=login,
        name=person,
        password=None if code_only else _ask_password(login),
    )
    with UnitOfWork(db.session(), SYSTEM) as work:
        user, one_time_code = set_up(work, answers)
        shown_login = user.login
    forget_token(settings.data_dir)
    click.echo(
        f"{organisation} is set up. Procedure: {answers.procedure_code}. Time zone: {settings.timezone}."
    )
    click.echo(
        f"Working calendar: official calendar of the PRC, known until {prc_calendar({}).coverage_end}."
    )
    if one_time_code:
        click.echo(
            f"{shown_login} sets a password at /login/code within 24 hours with the code {one_time_code}"
        )


def _ask_procedure() -> str:
    packs = load_packs()
    for one, procedure in packs.items():
        click.echo(f"  {one:<32} {procedure.names.zh} · {procedure.names.en}")
    chosen: str = click.prompt("Procedure", type=click.Choice(list(packs)), show_choices=False)
    return chosen


def _ask_password(login: str) -> str:
    """Typed without echo, twice; from a pipe one line is read."""
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\n")
        if fault := passwords.fault_of(given, login):
            raise Invalid({"password": fault})
        return given
    while True:
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        fault = passwords.fault_of(typed, login)
        if fault is None:
            return typed
        click.echo(str(fault))
