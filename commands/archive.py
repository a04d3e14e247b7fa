"""`flask desk verify-archive`: whether the archived files are what their seals say."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

from extensions import db
from models import ArchiveRecord
from services.actor import SYSTEM
from services.archives.checking import Difference
from services.archives.sealing import standing_seal
from services.attachments.store import FileStore
from services.operations.verify_archive import seal_unsealed, verify_archive
from services.unit_of_work import UnitOfWork, reading


def register(desk: AppGroup) -> None:
    desk.add_command(verify)


@click.command("verify-archive")
@click.option("--number", help="Only the file with this number.")
@click.option("--seal-unsealed", "sealing", is_flag=True, help="Seal the files that bear no seal yet.")
@with_appcontext
def verify(number: str | None, sealing: bool) -> None:
    """Compute the digest of each archived file again. Exit status 1 when one differs or bears no seal."""
    session = db.session()
    store = FileStore(current_app.extensions["settings"])
    with reading(session, SYSTEM):
        files = _files(session, number)
    if number is not None and not files:
        raise click.ClickException(f"No file with the number {number} is in the archive.")
    faults = 0
    for record_id, file_number, is_sealed in files:
        if not is_sealed and not sealing:
            click.echo(f"{file_number}: bears no seal (--seal-unsealed puts one on it)")
            faults += 1
            continue
        if not is_sealed:
            with UnitOfWork(session, SYSTEM, datetime.now(UTC)) as work:
                seal_unsealed(work, record_id)
        with UnitOfWork(session, SYSTEM, datetime.now(UTC)) as work:
            found = verify_archive(work, store, record_id).differences
        faults += bool(found)
        click.echo(f"{file_number}: {'; '.join(map(_in_words, found)) if found else 'intact'}")
    click.echo(f"{len(files)} files checked, {faults} with faults.")
    if faults:
        raise click.ClickException("Not every file is as it was sealed.")


def _files(session: Session, number: str | None) -> list[tuple[int, str, bool]]:
    query = sa.select(ArchiveRecord).where(
        ArchiveRecord.ended_at.is_(None), ArchiveRecord.destroyed_at.is_(None)
    )
    query = query.order_by(ArchiveRecord.id)
    if number is not None:
        query = query.where(ArchiveRecord.file_number == number)
    return [
        (record.id, record.file_number, standing_seal(session, record.id) is not None)
        for record in session.scalars(query)
    ]


def _in_words(one: Difference) -> str:
    numbers = f" ({one.sealed} sealed, {one.found} found)" if one.sealed != one.found else ""
    return f"{one.fault.value.replace('_', ' ')}: {one.name}{numbers}"
