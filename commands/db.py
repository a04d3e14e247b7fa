"""`flask desk db …`: the version of the database."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from services import schema
from settings import Settings


def register(desk: AppGroup) -> None:
    desk.add_command(db)


@click.group("db")
def db() -> None:
    """Upgrade the database, or say how it stands."""


@db.command()
@click.option("--copy/--no-copy", default=True, help="Copy an older database first (the default).")
@with_appcontext
def upgrade(copy: bool) -> None:
    """Bring the database to the version of this code; an older one is copied first."""
    settings = _settings()
    if copy:
        click.echo(schema.prepare(settings) or "The database is up to date.")
        return
    schema.refuse_newer(settings.database_url)
    schema.upgrade(settings.database_url)


@db.command()
@click.argument("revision")
@with_appcontext
def downgrade(revision: str) -> None:
    """Take the database back to REVISION ("base" removes every table and all data). It is copied first."""
    settings = _settings()
    schema.refuse_newer(settings.database_url)
    click.echo(f"The copy from before is {schema.copy_before_upgrade(settings)}.")
    schema.downgrade(settings.database_url, revision)


@db.command()
@with_appcontext
def current() -> None:
    """Print the revision of the database and how it stands to this code."""
    url = _settings().database_url
    click.echo(
        f"{schema.revision_of(url) or 'none'} ({schema.state_of(url)}; this code needs {schema.head()})"
    )


@db.command()
@with_appcontext
def check() -> None:
    """Fail when the database differs from what the models declare."""
    found = schema.differences(_settings().database_url)
    for line in found:
        click.echo(line)
    if found:
        raise click.ClickException(f"{len(found)} differences between the database and the models.")
    click.echo("The database is what the models declare.")


@db.command()
@click.argument("message")
@with_appcontext
def revision(message: str) -> None:
    """For developers: write the migration that brings an upgraded database to what the models declare."""
    schema.write_revision(_settings().database_url, message)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
