"""`flask desk backup`, `restore`, `copy-to` and `check-files`: keep the data safe, and move it."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from extensions import db
from services.attachments.checking import check_files, named_hashes
from services.attachments.store import FileStore
from services.backup.copying import copy_database
from services.backup.faults import BackupFault
from services.backup.restoring import restore_backup
from services.backup.writing import default_file, write_backup
from settings import Settings, database_url_from


def register(desk: AppGroup) -> None:
    for command in (backup, restore, copy_to, check_files_command):
        desk.add_command(command)


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path | None) -> None:
    """Save database and attachments into FILE (default: a dated one in the backups folder). The desk may be running."""
    settings = _settings()
    target = (file or default_file(settings)).absolute()
    try:
        manifest = write_backup(settings, target)
    except BackupFault as fault:
        raise click.ClickException(str(fault)) from None
    rows = sum(entry.rows for entry in manifest.tables)
    size = target.stat().st_size / 1024 / 1024
    click.echo(
        f"{target}: {len(manifest.tables)} tables, {rows} rows, {len(manifest.files)} files, {size:.1f} MB."
    )
    click.echo("It holds personal data: keep it as safe as the desk itself.")
    click.echo(f"Keep apart from it, for it needs them: {', '.join(_where_kept(settings, manifest.keys))}.")
    if manifest.missing_files:
        raise click.ClickException(
            f"{len(manifest.missing_files)} attachments are missing or damaged and are not in the backup; "
            "`flask desk check-files` lists them."
        )


def _where_kept(settings: Settings, keys: tuple[str, ...]) -> list[str]:
    """The keys by name, and by file when the desk made them itself. Never their values."""
    places = []
    for key in keys:
        own = settings.data_dir / key.removeprefix("DESK_").lower()
        places.append(f"{key} (in {own})" if own.exists() else key)
    return places


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--without-key",
    is_flag=True,
    help="The sealing key is lost: restore all the same. Sealed values stay unreadable for ever.",
)
@with_appcontext
def restore(file: Path, without_key: bool) -> None:
    """Restore FILE, made on either kind of database, into an EMPTY database and the attachments folder."""
    settings = _settings()
    db.session.remove()
    db.engine.dispose()
    try:
        manifest = restore_backup(settings, file, without_key=without_key)
    except BackupFault as fault:
        raise click.ClickException(str(fault)) from None
    rows = sum(entry.rows for entry in manifest.tables)
    click.echo(
        f"Restored the state of {manifest.made_at}: {len(manifest.tables)} tables, {rows} rows, "
        f"{len(manifest.files)} files."
    )
    if settings.timezone != manifest.timezone:
        click.echo(
            f"The backup was made with DESK_TIMEZONE={manifest.timezone}: set it before the desk is started."
        )
    if manifest.missing_files:
        click.echo(
            f"{len(manifest.missing_files)} attachments were missing already when the backup was made."
        )


@click.command("copy-to")
@click.argument("url")
@with_appcontext
def copy_to(url: str) -> None:
    """Copy all rows to the empty database at URL, such as postgresql://desk@host/desk, and compare every table.

    Stop the desk first. The attachments stay in the data folder.
    """
    settings = _settings()
    try:
        target = database_url_from(url)
        copied = copy_database(settings.database_url, target)
    except ValueError as error:
        raise click.ClickException(f"URL {error}") from None
    except BackupFault as fault:
        raise click.ClickException(str(fault)) from None
    width = max(len(one.name) for one in copied)
    click.echo(f"{'table':<{width}}  {'rows':>9}  digest (the same in both)")
    for one in copied:
        click.echo(f"{one.name:<{width}}  {one.digest.rows:>9}  {one.digest.sha256[:16]}")
    shown = sa.make_url(target).set(drivername="postgresql").render_as_string(hide_password=True)
    click.echo(
        f"{sum(one.digest.rows for one in copied)} rows copied. "
        f"Now set DESK_DATABASE_URL={shown if target.startswith('postgresql') else target} and start the desk."
    )


@click.command("check-files")
@click.option(
    "--remove-orphans", is_flag=True, help="Remove files that no attachment names (older than an hour)."
)
@with_appcontext
def check_files_command(remove_orphans: bool) -> None:
    """Read every attachment and compare it with its hash; exit status 1 when one is missing or was changed."""
    store = FileStore(_settings())
    named = named_hashes(db.session())
    db.session.remove()
    faults = list(check_files(store, named))
    for fault in faults:
        click.echo(f"{fault.what}: {fault.sha256}")
    if remove_orphans:
        click.echo(f"{len(store.sweep_orphans(named))} orphans removed.")
    broken = sum(fault.what != "orphan" for fault in faults)
    if broken:
        raise click.ClickException(f"{broken} of {len(named)} files are missing or changed.")
    click.echo(f"{len(named)} files, all intact.")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
