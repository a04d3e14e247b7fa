"""`flask desk verify-audit`: whether the audit trail is whole."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from extensions import db
from services.audit import verify_chain
from services.audit_anchors import kept_anchors, lost_anchors
from settings import Settings


def register(desk: AppGroup) -> None:
    desk.add_command(verify_audit)


@click.command("verify-audit")
@with_appcontext
def verify_audit() -> None:
    """Check the chain of the audit trail and the daily marks of how far it reached. Exit status 1 when it is broken."""
    settings: Settings = current_app.extensions["settings"]
    session = db.session()
    broken = list(verify_chain(session))
    marks = kept_anchors(settings.data_dir)
    lost = list(lost_anchors(session, marks))
    for entry_id in broken:
        click.echo(f"entry {entry_id} was changed, or the one before it is missing")
    for mark in lost:
        click.echo(f"entry {mark.entry_id} of {mark.at:%Y-%m-%d} is gone or another: the end was cut off")
    if broken or lost:
        raise click.ClickException("The audit trail is broken.")
    click.echo(f"The audit trail is whole ({len(marks)} daily marks).")
