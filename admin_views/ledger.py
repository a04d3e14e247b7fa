"""The ledger on the screens: any list as a workbook with one click; what takes an old one in is beside it."""

from __future__ import annotations

from typing import IO, Any

from flask import Blueprint, Flask, Response, current_app, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin_views import ledger_import
from admin_views.guard import acting, requires
from admin_views.links import SCREENS
from admin_views.sessions import now
from extensions import db
from models import Complaint
from services.access.permissions import Permission
from services.errors import NotFound, NotPermitted
from services.ledger.exporting import FileForm, export_ledger
from services.ledger.kept_files import KeptFiles
from services.ledger.layouts import AS_ON_SCREEN
from services.ledger.spool import working_folder
from services.ledger.wishes import Wish, fetched_export
from services.listing import COUNTED, ListQuery
from services.operations.start_export import start_export
from services.unit_of_work import UnitOfWork
from settings import Settings

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")
ledger_import.add_routes(blueprint)
_MIME_TYPES = {
    FileForm.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileForm.TEXT: "text/csv; charset=utf-8",
}


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
    count = query.count(db.session())
    if not count.exact or count.number > COUNTED:
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
