"""`flask desk import-ledger` and `export-ledger`: old ledgers in, the ledger out."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale, get_locale
from sqlalchemy.orm import Session

from extensions import db
from models import Complaint, Job, User
from models.enums import Channel
from models.job_enums import BatchStatus, JobStatus
from models.labels import _l
from services.actor import SYSTEM, Actor
from services.errors import DeskError, Invalid
from services.identity import actor_for
from services.ledger.batches import Figures, batch_at
from services.ledger.checking import Answered, Options, Unanswered
from services.ledger.exporting import export_ledger
from services.ledger.headings import Heading, find_heading, suggested
from services.ledger.import_jobs import carry_out_imports, kept_ledgers
from services.ledger.importing import OldLedger, further_targets, remembered_mapping
from services.ledger.source import digest_of, open_sheets
from services.ledger.spool import uploaded, working_folder
from services.ledger.staging import faults_of
from services.ledger.targets import targets
from services.listing import ListQuery, offered
from services.operations.check_import import check_import
from services.operations.discard_import import discard_import
from services.operations.upload_ledger import upload_ledger
from services.operations.write_import import write_import
from services.own_fields import Declared, declared
from services.unit_of_work import UnitOfWork
from settings import Settings

SHOWN_FAULTS = 50


def register(desk: AppGroup) -> None:
    desk.add_command(import_command)
    desk.add_command(export_command)


@click.command("import-ledger")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "mapped", multiple=True, help='"column in the file=field"; "column=" leaves it out.')
@click.option("--dry-run", is_flag=True, help="Check every row, print the faults, change nothing.")
@click.option("--sheet", default="", help="Name of the sheet (default: the one whose headings say most).")
@click.option(
    "--answered",
    type=click.Choice([each.value for each in Answered]),
    default=Answered.CLOSED.value,
    help="What rows with a reply become (default: closed).",
)
@click.option(
    "--unanswered",
    type=click.Choice([each.value for each in Unanswered]),
    default=Unanswered.ACCEPTED.value,
    help="What rows without a reply become (default: accepted).",
)
@click.option("--channel", type=click.Choice([each.value for each in Channel]), default=Channel.ONLINE.value)
@click.option("--good-only", is_flag=True, help="Leave rows with faults out instead of importing nothing.")
@click.option("--as", "login", default="", help="Login of the person who imports (default: the desk itself).")
@with_appcontext
def import_command(
    file: Path,
    mapped: tuple[str, ...],
    dry_run: bool,
    sheet: str,
    answered: str,
    unanswered: str,
    channel: str,
    good_only: bool,
    login: str,
) -> None:
    """Import an old ledger (xlsx, xls, csv): all rows or none. The same file again adds nothing."""
    options = Options(Answered(answered), Unanswered(unanswered), Channel(channel))
    with _acting(login) as (session, actor), _one_line():
        heading = find_heading(open_sheets(file), sheet, further_targets(session, actor))
        mapping = _mapping(session, heading, mapped)
        _print_mapping(heading, mapping)
        ledger = OldLedger(file.name, digest_of(file), heading, mapping, options)
        address, locale = _hand_in(session, actor, ledger, file), str(get_locale())
        try:
            figures = _step(
                session,
                actor,
                lambda work: check_import(work, address, heading, mapping, options, locale),
            )
            _print_faults(faults_of(session, _batch_id(session, address)))
            if figures.faulty and not good_only:
                raise click.ClickException(
                    f"{figures.faulty} of {figures.rows} rows have faults. Nothing was imported."
                )
            if dry_run:
                click.echo(f"{figures.rows} rows read, {figures.ready} would be imported.")
                return
            if figures.ready:
                figures = _step(
                    session,
                    actor,
                    lambda work: write_import(work, address, good_only=good_only, locale=locale),
                )
        finally:
            _let_go(session, actor, address)
        click.echo(f"{figures.rows} rows read, {figures.written} imported.")
        for count, text in (
            (figures.known, "were imported before and left out."),
            (figures.repeated, "stood in the file twice."),
            (figures.faulty, "have faults and were left out."),
        ):
            if count:
                click.echo(f"{count} {text}")


def _hand_in(session: Session, actor: Actor, ledger: OldLedger, file: Path) -> str:
    settings = _settings()
    with file.open("rb") as stream, uploaded(settings.spool_dir, stream, sys.maxsize) as (draft, _digest):
        with UnitOfWork(session, actor) as work:
            address = upload_ledger(work, ledger).public_id
        kept_ledgers(settings).keep(draft, address)
    return address


def _step(session: Session, actor: Actor, ask: Callable[[UnitOfWork], Job]) -> Figures:
    """One step of the import: a job like any other, done here unless the worker is at it already."""
    with UnitOfWork(session, actor) as work:
        job = ask(work)
        job_id, address = job.id, job.arguments["batch"]
    while True:
        carry_out_imports(session, _settings(), only=job_id)
        session.rollback()
        job = session.get_one(Job, job_id, populate_existing=True)
        if job.status is JobStatus.DONE:
            return Figures.of(batch_at(session, address))
        if job.status in (JobStatus.FAILED, JobStatus.CANCELLED):
            raise click.ClickException(job.error or "The import was cancelled. Nothing was imported.")
        time.sleep(0.5)  # another import is being carried out


def _batch_id(session: Session, address: str) -> int:
    return batch_at(session, address).id


def _let_go(session: Session, actor: Actor, address: str) -> None:
    """What was not imported is not kept."""
    session.rollback()
    if batch_at(session, address).status in (BatchStatus.UPLOADED, BatchStatus.CHECKED):
        with UnitOfWork(session, actor) as work:
            discard_import(work, address)
    carry_out_imports(session, _settings(), only=0)


@click.command("export-ledger")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--as",
    "login",
    default="",
    help="Login of the person whose view it is. Without it the desk itself exports, unmasked, and leaves out "
    "confidential complaints.",
)
@click.option(
    "--filter",
    "filters",
    multiple=True,
    help='As in the list: "state=closed", "received_at_from=2019-01-01".',
)
@click.option("--search", default="", help="Words to search for.")
@click.option("--sort", default="-received_at", help="Field to order by; a minus before it turns the order.")
@click.option("--columns", default="all", help='Fields with commas, "all" (default) or "default".')
@click.option("--overwrite", is_flag=True, help="Replace FILE when it exists.")
@click.option(
    "--processes", type=click.IntRange(1, 2), help="How many write rows (default: DESK_EXPORT_PROCESSES)."
)
@with_appcontext
def export_command(
    file: Path,
    login: str,
    filters: tuple[str, ...],
    search: str,
    sort: str,
    columns: str,
    overwrite: bool,
    processes: int | None,
) -> None:
    """Write the complaint ledger to FILE (xlsx); the export is recorded in the audit trail."""
    if file.exists() and not overwrite:
        raise click.ClickException(f"{file} exists; --overwrite replaces it.")
    if not file.resolve().parent.is_dir():
        raise click.ClickException(f"There is no folder {file.resolve().parent}.")
    with _acting(login) as (session, actor), _one_line():
        known = declared(session, actor, str(get_locale()))
        query = ListQuery.from_params(
            Complaint,
            [*_filters(filters, actor), ("q", search), ("sort", sort)],
            actor,
            _settings().zone,
            columns=_columns(columns, known),
            locale=str(get_locale()),
            declared=known,
        )
        with working_folder(_settings().spool_dir) as folder:
            exported = export_ledger(
                session,
                query,
                folder,
                _l("Complaint ledger"),
                processes=processes or _settings().export_processes,
            )
            shutil.copyfile(exported.written.path, file)
        click.echo(f"{exported.written.rows} rows written to {file}.")


@contextmanager
def _acting(login: str) -> Iterator[tuple[Session, Actor]]:
    """The session working for the person with this login, in their language; for the desk itself without one."""
    session = db.session()
    actor, locale = SYSTEM, None
    if login:
        user = session.scalars(sa.select(User).where(User.login == login, User.is_active)).first()
        if user is None:
            raise click.ClickException(f"There is no active account {login!r}.")
        actor, locale = actor_for(session, user, datetime.now(UTC)), user.locale
    session.info["actor"] = actor
    with force_locale(locale or _settings().default_locale):
        yield session, actor


@contextmanager
def _one_line() -> Iterator[None]:
    """What the desk refuses ends the command with its reason and exit status 1."""
    try:
        yield
    except Invalid as error:
        raise click.ClickException(" ".join(str(text) for text in error.fields.values())) from error
    except DeskError as error:
        raise click.ClickException(str(error.message)) from error


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _mapping(session: Session, heading: Heading, mapped: Sequence[str]) -> dict[int, str]:
    """What the headings suggest or the last import of this shape used, changed by --map."""
    found = remembered_mapping(session, heading) or suggested(heading)
    for said in mapped:
        name, mark, key = said.rpartition("=")
        if not mark or name.strip() not in heading.names:
            known = ", ".join(heading.names)
            raise click.ClickException(f"--map {said!r}: the file has the columns {known}.")
        known_fields = targets(heading.further)
        if key.strip() and key.strip() not in known_fields:
            raise click.ClickException(f"--map {said!r}: the fields are {', '.join(known_fields)}.")
        index = heading.names.index(name.strip())
        found = {i: k for i, k in found.items() if i != index and k != key.strip()}
        if key.strip():
            found[index] = key.strip()
    return found


def _print_mapping(heading: Heading, mapping: dict[int, str]) -> None:
    for index, name in enumerate(heading.names):
        click.echo(f"  {name} → {mapping.get(index, '(left out)')}")


def _print_faults(faults: Sequence[Mapping[str, Any]]) -> None:
    for fault in faults[:SHOWN_FAULTS]:
        kind = "note" if fault["warning"] else "fault"
        place = f", {fault['column']}: {fault['value']!r}" if fault["column"] else ""
        click.echo(f"{kind} in row {fault['row']}{place}. {fault['text']}", err=True)
    if len(faults) > SHOWN_FAULTS:
        click.echo(f"and {len(faults) - SHOWN_FAULTS} more.", err=True)


def _filters(said: Sequence[str], actor: Actor) -> list[tuple[str, str]]:
    pairs = []
    for one in said:
        key, mark, value = one.partition("=")
        if not mark:
            raise click.ClickException(f"--filter {one!r} is not like state=closed.")
        pairs.append((f"f.{key.strip().removeprefix('f.')}", value.strip()))
    if actor.is_system:
        pairs.append(("f.is_confidential", "0"))
    return pairs


def _columns(said: str, declared: Declared) -> tuple[str, ...]:
    known = tuple(spec.key for spec in offered(Complaint, declared))
    if said == "default":
        return ()
    if said == "all":
        return known
    asked = tuple(key.strip() for key in said.split(",") if key.strip())
    for key in asked:
        if key not in known:
            raise click.ClickException(f"There is no column {key!r}; there are {', '.join(known)}.")
    return asked
