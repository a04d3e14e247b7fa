"""The wizard that takes an old ledger in: file, columns, dry run, result; every import has an address of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from admin_views import import_steps as steps
from admin_views.errors import messages_of
from admin_views.form_context import ImportWizard
from admin_views.guard import acting, requires
from admin_views.links import SCREENS
from admin_views.sessions import now
from admin_views.shell_context import Crumb
from extensions import db
from models import Complaint, Job, LedgerBatch
from models.enums import Channel
from models.job_enums import BatchStatus, JobStatus
from services.access.permissions import Permission
from services.errors import DeskError, Invalid, NotFound, NotPermitted
from services.ledger.batches import Figures, batch_at, is_going
from services.ledger.checking import Answered, Options, Unanswered
from services.ledger.headings import Heading, find_heading, suggested
from services.ledger.import_jobs import carry_out_imports, kept_ledgers
from services.ledger.importing import OldLedger, further_targets, remembered_mapping
from services.ledger.marking import write_marked
from services.ledger.source import UnusableFile, open_sheets
from services.ledger.spool import uploaded, working_folder
from services.operations.check_import import check_import
from services.operations.discard_import import discard_import
from services.operations.undo_import import undo_import
from services.operations.upload_ledger import upload_ledger
from services.operations.write_import import write_import
from services.unit_of_work import UnitOfWork
from settings import Settings

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE_BYTES = 256 * 1024
AT_ONCE_ROWS = 300
"""Up to so much is done while the person waits for the page; more is left to the worker."""
SHOWN_EARLIER = 10


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/import", view_func=import_page)
    blueprint.add_url_rule("/import", view_func=import_step, methods=["POST"])
    blueprint.add_url_rule("/imports/<address>/marked", view_func=marked)


@requires(Permission.LEDGER_IMPORT)
def import_page() -> ResponseReturnValue:
    """The first step, or with ?batch= where that import of one's own stands."""
    address = request.args.get("batch")
    if not address:
        return _show(_upload_step())
    batch = batch_at(db.session(), address)
    if is_going(batch) or batch.status is BatchStatus.WRITING:
        return _show(steps.working(batch))
    if batch.status is BatchStatus.UPLOADED:
        return _show(_mapping_step(batch, _said_by_job(batch)))
    if batch.status is BatchStatus.CHECKED:
        return _show(steps.dry_run(batch, _heading(batch), _said_by_job(batch)))
    if batch.status in (BatchStatus.IMPORTED, BatchStatus.UNDONE):
        return _show(steps.result(batch, _list_url()))
    return _show(
        _upload_step([_("This ledger was not imported and is no longer kept. Choose the file again.")])
    )


@requires(Permission.LEDGER_IMPORT)
def import_step() -> ResponseReturnValue:
    """One step of the wizard: what to do follows from the step the form stood on."""
    step = request.form.get("step", "upload")
    if step == "upload" or not request.form.get("batch"):
        return _uploaded()
    address = request.form["batch"]
    try:
        return {"mapping": _mapped, "dry_run": _confirmed, "result": _undone}.get(step, _mapped)(address)
    except NotPermitted:
        raise
    except DeskError as fault:
        db.session().rollback()
        batch = batch_at(db.session(), address)
        texts = messages_of(fault)
        if step == "mapping" and batch.status in (BatchStatus.UPLOADED, BatchStatus.CHECKED):
            return _show(_mapping_step(batch, texts, posted=True), 422)
        if batch.status is BatchStatus.CHECKED:
            return _show(steps.dry_run(batch, _heading(batch), texts), 422)
        if batch.status is BatchStatus.IMPORTED:
            return _show(steps.result(batch, _list_url(), texts), 422)
        return _show(_upload_step(texts), 422)


@requires(Permission.LEDGER_IMPORT)
def marked(address: str) -> ResponseReturnValue:
    """The file of an import of one's own with every fault marked, as long as it is kept."""
    batch = batch_at(db.session(), address)
    settings = _settings()
    path = kept_ledgers(settings).place(address)
    if not steps.has_marks(batch) or not path.is_file():
        raise NotFound
    with working_folder(settings.spool_dir) as folder:
        written = write_marked(db.session(), batch, path, folder, settings.zone)
        file = written.path.open("rb")
    name = _("%(file)s-marked", file=Path(batch.filename).stem) + ".xlsx"
    answer = send_file(file, mimetype=XLSX, as_attachment=True, download_name=name, etag=False)
    answer.content_length = written.size
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _uploaded() -> ResponseReturnValue:
    upload = request.files.get("file")
    settings = _settings()
    try:
        if upload is None or not upload.filename:
            raise UnusableFile(_("Choose a file first."))
        with uploaded(settings.spool_dir, upload.stream, settings.upload_max_bytes) as (draft, sha256):
            heading = find_heading(open_sheets(draft), further=further_targets(db.session(), acting()))
            mapping = remembered_mapping(db.session(), heading) or suggested(heading)
            ledger = OldLedger(upload.filename, sha256, heading, mapping)
            with UnitOfWork(db.session(), acting(), now()) as work:
                address = upload_ledger(work, ledger).public_id
            kept_ledgers(settings).keep(draft, address)
    except NotPermitted:
        raise
    except DeskError as fault:
        db.session().rollback()
        return _show(_upload_step(messages_of(fault)), 422)
    return _to(address)


def _mapped(address: str) -> ResponseReturnValue:
    batch = batch_at(db.session(), address)
    if request.form.get("sheet", batch.heading["sheet"]) != batch.heading["sheet"]:
        return _other_sheet(batch, request.form["sheet"])
    heading = _heading(batch)
    mapping, options = _mapping(heading), _options()
    with UnitOfWork(db.session(), acting(), now()) as work:
        job = check_import(work, address, heading, mapping, options, str(get_locale())).id
    _carry_out(job, at_once=_size(address) <= AT_ONCE_BYTES)
    return _to(address)


def _other_sheet(batch: LedgerBatch, name: str) -> ResponseReturnValue:
    """The same file with another of its sheets: as a new batch, for the columns are others."""
    session, files = db.session(), kept_ledgers(_settings())
    path = files.place(batch.public_id)
    if not path.is_file():
        raise UnusableFile(_("The file is no longer kept. Choose it again."))
    heading = find_heading(open_sheets(path), name, further_targets(session, acting()))
    mapping = remembered_mapping(session, heading) or suggested(heading)
    ledger = OldLedger(batch.filename, batch.sha256, heading, mapping)
    with UnitOfWork(session, acting(), now()) as work:
        discard_import(work, batch.public_id)
        address = upload_ledger(work, ledger).public_id
    files.keep(path, address)
    return _to(address)


def _confirmed(address: str) -> ResponseReturnValue:
    if request.form.get("discard"):
        with UnitOfWork(db.session(), acting(), now()) as work:
            discard_import(work, address)
        return redirect(_url(), 303)
    if request.form.get("back"):
        return _show(_mapping_step(batch_at(db.session(), address)))
    good_only = request.form.get("rows") == "good"
    with UnitOfWork(db.session(), acting(), now()) as work:
        job = write_import(work, address, good_only=good_only, locale=str(get_locale())).id
        ready = Figures.of(batch_at(db.session(), address)).ready
    _carry_out(job, at_once=ready <= AT_ONCE_ROWS)
    return _to(address)


def _undone(address: str) -> ResponseReturnValue:
    with UnitOfWork(db.session(), acting(), now()) as work:
        undo_import(work, address)
    return _to(address)


def _carry_out(job_id: int, *, at_once: bool) -> None:
    """Do a job now when it is short and nobody else is at it; otherwise wake the worker."""
    session = db.session()
    if at_once:
        carry_out_imports(session, _settings(), only=job_id)
        session.rollback()
    if session.scalar(sa.select(Job.status).where(Job.id == job_id)) is JobStatus.QUEUED:
        session.rollback()
        current_app.extensions["jobs"].enqueue("imports")


# What a step works on


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _size(address: str) -> int:
    path = kept_ledgers(_settings()).place(address)
    return path.stat().st_size if path.is_file() else 0


def _heading(batch: LedgerBatch) -> Heading:
    return Heading.kept(batch.heading, further_targets(db.session(), acting()))


def _mapping(heading: Heading) -> dict[int, str]:
    asked = {index: request.form.get(f"map-{index}", "") for index in range(len(heading.names))}
    return {index: key for index, key in asked.items() if key}


def _options() -> Options:
    said = request.form
    try:
        return Options(
            Answered(said.get("answered", Options.answered)),
            Unanswered(said.get("unanswered", Options.unanswered)),
            Channel(said.get("channel", Options.channel)),
        )
    except ValueError:
        raise Invalid({"options": _("Choose one of the offered values.")}) from None


def _said_by_job(batch: LedgerBatch) -> list[str]:
    """Why the last job of it came to nothing."""
    job = batch.job
    return [job.error] if job is not None and job.status is JobStatus.FAILED and job.error else []


# What a step shows


def _upload_step(errors: list[str] | None = None) -> ImportWizard:
    earlier = db.session().scalars(
        sa.select(LedgerBatch)
        .where(LedgerBatch.status != BatchStatus.CANCELLED)
        .order_by(LedgerBatch.id.desc())
        .limit(SHOWN_EARLIER)
    )
    return ImportWizard(
        step="upload",
        url=_url(),
        max_size=_("at most %(size)s MB", size=_settings().upload_max_mb),
        errors=errors or (),
        earlier=[steps.line(batch) for batch in earlier],
    )


def _mapping_step(
    batch: LedgerBatch, errors: list[str] | None = None, *, posted: bool = False
) -> ImportWizard:
    heading = _heading(batch)
    mapping: Any = _mapping(heading) if posted else {int(i): key for i, key in batch.mapping.items()}
    options = _options() if posted else Options.read(batch.options)
    remembered = remembered_mapping(db.session(), heading)
    return steps.mapping(batch, heading, mapping, options, remembered, errors or [])


def _show(wizard: ImportWizard, status: int = 200) -> ResponseReturnValue:
    crumbs = [Crumb(label=_("Complaints"), url=_list_url()), Crumb(label=_("Import a ledger"))]
    return render_template("desk/wizard_import.html", wizard=wizard, breadcrumbs=crumbs), status


def _to(address: str) -> ResponseReturnValue:
    return redirect(url_for("ledger.import_page", batch=address), 303)


def _url() -> str:
    return url_for("ledger.import_page")


def _list_url() -> str:
    return url_for(f"{current_app.extensions[SCREENS][Complaint]}.index_view")
