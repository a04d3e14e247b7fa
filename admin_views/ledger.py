"""The ledger on the screens: any list as a workbook with one click, and the wizard that takes an old ledger in."""

from __future__ import annotations

from typing import IO, Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from admin_views.errors import messages_of
from admin_views.form_context import ImportColumn, ImportFault, ImportOption, ImportWizard
from admin_views.guard import acting, desk_zone, requires
from admin_views.links import SCREENS
from admin_views.page_parts import Choice
from admin_views.sessions import now
from admin_views.shell_context import Crumb
from admin_views.values import text_of
from extensions import db
from models import Complaint, LedgerBatch
from models.enums import Channel, State
from models.labels import LazyString, _l
from services.access.permissions import Permission
from services.errors import DeskError, Invalid, NotFound, NotPermitted
from services.ledger.checking import Answered, LedgerRow, Options, Report, Unanswered
from services.ledger.exporting import FileForm, export_ledger
from services.ledger.headings import Heading, find_heading, suggested
from services.ledger.importing import (
    OldLedger,
    check_ledger,
    further_targets,
    import_ledger,
    new_rows,
    remembered_mapping,
)
from services.ledger.kept_files import KeptFiles
from services.ledger.layouts import AS_ON_SCREEN
from services.ledger.source import UnusableFile, open_sheets
from services.ledger.spool import UploadedLedgers, working_folder
from services.ledger.targets import Target, targets
from services.ledger.wishes import Wish, fetched_export
from services.listing import ListQuery
from services.operations.start_export import start_export
from services.own_fields.values import named, read
from services.unit_of_work import UnitOfWork
from settings import Settings

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")
_MIME_TYPES = {
    FileForm.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileForm.TEXT: "text/csv; charset=utf-8",
}
SHOWN_FAULTS = 200


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


# Export


@blueprint.post("/export")
@requires(Permission.LEDGER_EXPORT)
def export() -> ResponseReturnValue:
    """The complaints on the screen as a workbook; `query` is what the list says of itself."""
    return _export(Complaint, _("Complaint ledger"))


@blueprint.post("/export/<screen>")
@requires(Permission.LEDGER_EXPORT)
def export_screen(screen: str) -> ResponseReturnValue:
    """The same for another screen, by its endpoint. NotFound for one that shows no list of records."""
    shown = {endpoint: model for model, endpoint in current_app.extensions.get(SCREENS, {}).items()}
    if screen not in shown:
        raise NotFound
    return _export(shown[screen], "")


@blueprint.get("/exports/<address>")
@requires(Permission.LEDGER_EXPORT)
def fetch(address: str) -> ResponseReturnValue:
    """The file of a finished export of one's own, as long as it is kept and one still has the rights it was made with.

    NotFound for somebody else's, whoever asks.
    """
    kept = fetched_export(db.session(), acting(), address, now())
    path = KeptFiles(_settings().exports_dir, _settings().exports_max_bytes).place(address)
    if not path.is_file():
        raise NotFound
    return _attachment(path.open("rb"), kept["filename"], kept["size"])


def _export(model: type[Any], title: str) -> ResponseReturnValue:
    screen = _screen_of(model)
    if screen.permission is None or not acting().may(screen.permission):
        raise NotPermitted
    query: ListQuery = screen.query(request.form.get("query", ""))
    title, layout = title or str(screen.title), request.form.get("layout", AS_ON_SCREEN)
    try:
        form = FileForm(request.form.get("form", FileForm.WORKBOOK))
    except ValueError:
        raise NotFound from None
    if not query.count(db.session()).exact:
        wish = Wish.of(query, screen.permission, title, form, layout)
        with UnitOfWork(db.session(), acting(), now()) as work:
            start_export(work, wish)
        current_app.extensions["jobs"].enqueue("exports")
        return redirect(url_for("jobs.index"), 303)
    with working_folder(_settings().spool_dir) as folder:
        exported = export_ledger(db.session(), query, folder, title, layout=layout, form=form)
        # Still readable through the handle when its folder is gone: nothing is left even if the reader hangs up.
        file = exported.written.path.open("rb")
    return _attachment(file, exported.filename, exported.written.size)


def _attachment(file: IO[bytes], filename: str, size: int) -> Response:
    kind = FileForm(filename.rpartition(".")[2])
    answer = send_file(
        file, mimetype=_MIME_TYPES[kind], as_attachment=True, download_name=filename, etag=False
    )
    answer.content_length = size
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _screen_of(model: type[Any]) -> Any:
    """The view that shows the list of a model."""
    endpoint = current_app.extensions[SCREENS][model]
    view: Any = current_app.view_functions[f"{endpoint}.index_view"]
    return view.__self__


# Import


@blueprint.get("/import")
@requires(Permission.LEDGER_IMPORT)
def import_page() -> ResponseReturnValue:
    """The first step, or with ?batch= the result of an import of one's own."""
    address = request.args.get("batch")
    if not address:
        return _show(ImportWizard(step="upload", url=_url(), max_size=_most()))
    batch = db.session().scalars(db.select(LedgerBatch).where(LedgerBatch.public_id == address)).first()
    if batch is None:
        raise NotFound
    return _show(
        ImportWizard(
            step="result",
            url=_url(),
            file_name=batch.filename,
            row_count=batch.rows_read,
            done=batch.rows_written,
            result_url=f"{_list_url()}?f.is_imported=1",
            note=_already(batch.rows_skipped) if batch.rows_skipped else "",
        )
    )


@blueprint.post("/import")
@requires(Permission.LEDGER_IMPORT)
def import_step() -> ResponseReturnValue:
    """One step of the wizard: what to do follows from the step the form stood on."""
    step = request.form.get("step", "upload")
    steps = {"upload": _uploaded, "mapping": _mapped, "dry_run": _confirmed}
    try:
        return steps.get(step, _uploaded)()
    except NotPermitted:
        raise
    except DeskError as fault:
        db.session().rollback()
        if isinstance(fault, Invalid) and step != "upload":
            return _show(_mapping_step(*_opened(), errors=messages_of(fault)), 422)
        return _show(
            ImportWizard(step="upload", url=_url(), max_size=_most(), errors=messages_of(fault)), 422
        )


def _uploaded() -> ResponseReturnValue:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise UnusableFile(_("Choose a file first."))
    kept = _kept()
    sha256 = kept.keep(upload.stream)
    try:
        heading = find_heading(open_sheets(kept.path(sha256)), further=_further())
    except DeskError:
        kept.forget_all()
        raise
    return _show(_mapping_step(heading, sha256, upload.filename))


def _mapped() -> ResponseReturnValue:
    heading, sha256, filename = _opened()
    return _dry_run(heading, sha256, filename)


def _dry_run(heading: Heading, sha256: str, filename: str) -> ResponseReturnValue:
    ledger = OldLedger(filename, sha256, heading, _mapping(heading), _options())
    report = check_ledger(db.session(), acting(), ledger, desk_zone(), now())
    ready = new_rows(db.session(), report)
    return _show(_dry_run_step(ledger, report, ready))


def _confirmed() -> ResponseReturnValue:
    heading, sha256, filename = _opened()
    if request.form.get("back"):
        return _show(_mapping_step(heading, sha256, filename))
    ledger = OldLedger(filename, sha256, heading, _mapping(heading), _options())
    report = check_ledger(db.session(), acting(), ledger, desk_zone(), now())
    if not report.is_clean:
        return _show(_dry_run_step(ledger, report, 0), 422)
    with UnitOfWork(db.session(), acting(), now()) as work:
        outcome = import_ledger(work, ledger, desk_zone(), report)
        address = outcome.batch.public_id if outcome.batch else ""
    _kept().forget_all()
    if address:
        return redirect(url_for("ledger.import_page", batch=address), 303)
    done = ImportWizard(step="result", url=_url(), file_name=filename, row_count=outcome.read)
    return _show(_with_note(done, _already(outcome.already_here)))


# What a step works on


def _kept() -> UploadedLedgers:
    settings = _settings()
    return UploadedLedgers(settings.spool_dir, acting().user_id or 0, settings.upload_max_bytes)


def _opened() -> tuple[Heading, str, str]:
    """The file of this wizard, from what its form carries."""
    sha256 = request.form.get("sha256", "")
    heading = find_heading(open_sheets(_kept().path(sha256)), further=_further())
    return heading, sha256, request.form.get("filename", "")[-200:]


def _further() -> tuple[Target, ...]:
    return further_targets(db.session(), acting())


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


# What a step shows


def _show(wizard: ImportWizard, status: int = 200) -> ResponseReturnValue:
    crumbs = [Crumb(label=_("Complaints"), url=_list_url()), Crumb(label=_("Import a ledger"))]
    return render_template("desk/wizard_import.html", wizard=wizard, breadcrumbs=crumbs), status


def _with_note(wizard: ImportWizard, note: str) -> ImportWizard:
    return ImportWizard(**(vars(wizard) | {"note": note}))


def _url() -> str:
    return url_for("ledger.import_page")


def _list_url() -> str:
    return url_for(f"{current_app.extensions[SCREENS][Complaint]}.index_view")


def _most() -> str:
    return _("at most %(size)s MB", size=_settings().upload_max_mb)


def _already(rows: int) -> str:
    return ngettext(
        "%(num)d row is on the desk already and was left out.",
        "%(num)d rows are on the desk already and were left out.",
        rows,
    )


def _hidden(sha256: str, filename: str) -> list[tuple[str, str]]:
    return [("sha256", sha256), ("filename", filename)]


def _mapping_step(
    heading: Heading, sha256: str, filename: str, errors: list[str] | None = None
) -> ImportWizard:
    guessed = suggested(heading)
    known = remembered_mapping(db.session(), heading)
    posted = _mapping(heading) if request.form.get("step") != "upload" else None
    mapping = posted if posted is not None else known or guessed
    columns = [
        ImportColumn(
            index=index,
            name=name or _("column %(number)s", number=index + 1),
            samples=heading.samples[index],
            target=mapping.get(index, ""),
            guessed=posted is None and known is None and index in guessed,
        )
        for index, name in enumerate(heading.names)
    ]
    note = _("The columns go where they went when a ledger of this shape was last imported.")
    return ImportWizard(
        step="mapping",
        url=_url(),
        file_name=filename,
        row_count=heading.rows_below(),
        columns=columns,
        targets=[(target.key, target.label, target.required) for target in targets(heading.further).values()],
        options=_offered_options(),
        hidden=_hidden(sha256, filename),
        note=note if known and posted is None else "",
        errors=errors or (),
    )


def _offered_options() -> list[ImportOption]:
    said = _options()
    offered: tuple[tuple[str, LazyString, Any, str], ...] = (
        ("answered", _l("Rows with a reply become"), Answered, said.answered),
        ("unanswered", _l("Rows without a reply become"), Unanswered, said.unanswered),
        ("channel", _l("Channel, where the file names none"), Channel, said.channel),
    )
    return [
        ImportOption(
            name=name,
            label=label,
            choices=[
                Choice(value=each.value, label=_label(each), selected=each.value == chosen) for each in values
            ],
        )
        for name, label, values, chosen in offered
    ]


def _label(member: Any) -> LazyString:
    return member.label if isinstance(member, Channel) else State(member.value).label


def _dry_run_step(ledger: OldLedger, report: Report, ready: int) -> ImportWizard:
    known = targets(ledger.heading.further)
    keys = [key for _index, key in sorted(ledger.mapping.items())]
    options = ledger.options.as_json()
    return ImportWizard(
        step="dry_run",
        url=_url(),
        file_name=ledger.filename,
        row_count=report.rows,
        faults=[ImportFault(**fault.as_json()) for fault in report.faults[:SHOWN_FAULTS]],
        faults_more=max(0, len(report.faults) - SHOWN_FAULTS) + report.more_faults,
        preview=[_preview(row, [known[key] for key in keys]) for row in report.preview],
        preview_heads=[known[key].label for key in keys],
        ready=0 if report.faulty else ready,
        hidden=[
            *_hidden(ledger.sha256, ledger.filename),
            *((f"map-{index}", key) for index, key in ledger.mapping.items()),
            *options.items(),
        ],
        note=_already(len(report.keys) - ready) if ready < len(report.keys) and not report.faulty else "",
    )


def _preview(row: LedgerRow, columns: list[Target]) -> list[str]:
    return [text_of(_shown(column, row.values.get(column.key)), desk_zone()).strip() for column in columns]


def _shown(column: Target, value: Any) -> Any:
    """A value as the desk will show it: codes by the names that the procedure gives them."""
    if value is None or column.spec is None:
        return value
    if column.declared is not None:
        return read(column.spec, value)
    return named(column.spec, value) if column.words else value
