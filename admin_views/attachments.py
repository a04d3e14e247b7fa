"""Files of a case: uploading, downloading, showing where that is safe, withdrawing."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from admin_views.case_context import FileLine
from admin_views.form_context import DialogForm
from admin_views.guard import acting, desk_zone, requires
from admin_views.page_parts import Action, Badge, Text
from admin_views.sessions import is_fetch, now, safe_next
from admin_views.values import moment_text
from extensions import db
from models import Attachment
from models.labels import _l
from services.access.permissions import Permission
from services.attachments.kinds import KINDS, Preview, text_encoding
from services.attachments.names import extension_of
from services.attachments.store import FileStore, Staged
from services.errors import DeskError, Invalid, NotFound, NotPermitted, Refused
from services.operations.attach import Particulars, attach
from services.operations.read_attachment import read_attachment
from services.operations.withdraw_attachment import LONGEST_REASON, withdraw_attachment
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("attachments", __name__, url_prefix="/attachments")
log = logging.getLogger("desk.attachments")

LONGEST_DESCRIPTION = 300
DOWNLOAD_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
# A browser wraps a bare picture or film in a page of its own with a style of its own, and asks for the desk's icon,
# which a page without an origin may not have. Scripts stay forbidden either way.
PREVIEW_POLICY = (
    "sandbox allow-same-origin; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'"
)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


def store() -> FileStore:
    """The files of this desk."""
    return FileStore(current_app.extensions["settings"])


@contextmanager
def staged_files(uploads: Iterable[FileStorage] | None) -> Iterator[list[Staged]]:
    """The uploads of a form, checked and laid ready; what is not kept in the end leaves nothing behind.

    Invalid({"file": …}) when one of them can't be taken.
    """
    staged: list[Staged] = []
    try:
        for upload in uploads or ():
            if upload and upload.filename:
                staged.append(store().stage(upload.stream, upload.filename))
        yield staged
    finally:
        for one in staged:
            one.discard()


@blueprint.post("/complaint/<public_id>")
@requires(Permission.COMPLAINT_ATTACH)
def add_to_complaint(public_id: str) -> ResponseReturnValue:
    return _add(complaint=public_id)


@blueprint.post("/investigation/<public_id>")
@requires(Permission.COMPLAINT_ATTACH)
def add_to_investigation(public_id: str) -> ResponseReturnValue:
    return _add(investigation=public_id)


@blueprint.post("/accident/<public_id>")
@requires(Permission.ACCIDENT_WRITE)
def add_to_accident(public_id: str) -> ResponseReturnValue:
    return _add(accident=public_id)


def _add(**owner: str) -> ResponseReturnValue:
    """All the files of one form, or none of them."""
    files = [file for file in request.files.getlist("files") if file.filename]
    staged: list[Staged] = []
    try:
        if not files:
            raise Invalid({"file": _("Choose a file first.")})
        said = _particulars()
        staged = _stage_all(files)
        with UnitOfWork(db.session(), acting(), now()) as work:
            added = [attach(work, store(), one, particulars=said, **owner) for one in staged]
            answer = [{"id": one.public_id, "name": one.filename, "size": one.size} for one in added]
    except DeskError as fault:
        for one in staged:
            one.discard()
        return _refuse(fault)
    if is_fetch():
        return jsonify(files=answer), 201
    flash(_("%(count)s files added.", count=len(answer)), "success")
    return redirect(_back())


def _stage_all(files: Iterable[FileStorage]) -> list[Staged]:
    staged: list[Staged] = []
    try:
        for file in files:
            staged.append(store().stage(file.stream, file.filename))
    except BaseException:
        for one in staged:
            one.discard()
        raise
    return staged


def _particulars() -> Particulars:
    said = request.form.get("note", "").strip()
    if len(said) > LONGEST_DESCRIPTION:
        raise Invalid({"note": _("At most %(count)s characters.", count=LONGEST_DESCRIPTION)})
    return Particulars(description=said or None, is_evidence="is_evidence" in request.form)


def _refuse(fault: DeskError) -> ResponseReturnValue:
    if isinstance(fault, NotFound):
        abort(404)
    if isinstance(fault, NotPermitted):
        abort(403)
    messages = _messages(fault)
    if is_fetch():
        return jsonify(errors=messages), 422
    for message in messages:
        flash(message, "error")
    return redirect(_back())


def _messages(fault: DeskError) -> list[str]:
    if isinstance(fault, Invalid):
        return [str(message) for message in fault.fields.values()]
    if isinstance(fault, Refused):
        return [str(reason.message) for reason in fault.reasons]
    return [str(fault.message)]


def _back() -> str:
    """The page the form stood on."""
    referrer = request.referrer or ""
    path = (
        referrer.removeprefix(request.host_url.rstrip("/")) if referrer.startswith(request.host_url) else ""
    )
    return safe_next(request.form.get("next") or path)


@blueprint.get("/<public_id>")
@requires(Permission.COMPLAINT_READ)
def download(public_id: str) -> ResponseReturnValue:
    """The file as a download, whatever it is."""
    attachment, place = _read(public_id, "download")
    answer = send_file(
        place,
        mimetype=attachment.mime_type,
        as_attachment=True,
        download_name=attachment.filename,
        conditional=False,
        etag=False,
    )
    return _guarded(answer, DOWNLOAD_POLICY)


@blueprint.get("/<public_id>/preview")
@requires(Permission.COMPLAINT_READ)
def preview(public_id: str) -> ResponseReturnValue:
    """The file inside the browser: pictures, sound, film and plain text only."""
    attachment, place = _read(public_id, "preview")
    manner = preview_of(attachment)
    if manner is Preview.NONE:
        abort(404)
    answer = send_file(
        place,
        mimetype=attachment.mime_type,
        download_name=attachment.filename,
        conditional=False,
        etag=False,
    )
    if manner is Preview.TEXT:
        answer.headers["Content-Type"] = f"text/plain; charset={text_encoding(place) or 'utf-8'}"
    return _guarded(answer, PREVIEW_POLICY)


def preview_of(attachment: Attachment) -> Preview:
    """How this file may be shown. The table of kinds decides, not the type stored at the time of the upload."""
    kind = KINDS.get(extension_of(attachment.filename))
    return kind.preview if kind is not None and kind.mime_type == attachment.mime_type else Preview.NONE


def _read(public_id: str, manner: str) -> tuple[Attachment, Path]:
    try:
        with UnitOfWork(db.session(), acting(), now()) as work:
            attachment = read_attachment(work, public_id, manner)
            place = store().path(attachment.sha256)
    except NotFound:
        abort(404)
    if not place.is_file():
        log.error("attachment %s: its file is missing from the store", attachment.id)
        abort(404)
    return attachment, place


def _guarded(answer: Response, policy: str) -> Response:
    """Nothing in a file handed in by somebody may run as part of the desk. No range requests: each reading is one."""
    answer.headers["Content-Security-Policy"] = policy
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


class WithdrawForm(FlaskForm):
    class Meta:
        csrf = False  # CSRFProtect checks every POST already

    reason = TextAreaField(
        _l("Reason"), [InputRequired(_l("Say why the file is withdrawn.")), Length(max=LONGEST_REASON)]
    )


@blueprint.route("/<public_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ATTACH)
def withdraw(public_id: str) -> ResponseReturnValue:
    """The dialog that asks for the reason, and the withdrawal."""
    form = WithdrawForm()
    errors: list[Text] = []
    if form.validate_on_submit():
        try:
            with UnitOfWork(db.session(), acting(), now()) as work:
                withdraw_attachment(work, public_id, form.reason.data or "")
        except (NotFound, NotPermitted) as fault:
            return _refuse(fault)
        except DeskError as fault:
            errors = list(_messages(fault))
        else:
            return Response(status=204) if is_fetch() else redirect(_back())
    attachment = db.session.scalars(db.select(Attachment).where(Attachment.public_id == public_id)).first()
    if attachment is None:
        abort(404)
    dialog = DialogForm(
        title=_("Withdraw file"),
        url=url_for("attachments.withdraw", public_id=public_id),
        tone="bad",
        explanation=_("%(name)s stays on the case, marked as withdrawn.", name=attachment.filename),
        errors=errors,
        back_url=_back(),
    )
    page = render_template("desk/dialog_form.html", dialog=dialog, form=form)
    return page, 422 if form.is_submitted() else 200


_ICONS = {Preview.IMAGE: "image", Preview.VIDEO: "video"}


def file_lines(attachments: Iterable[Attachment], *, may_withdraw: bool = False) -> list[FileLine]:
    """The attachments of a record for its page, as `case.files`."""
    return [_line(one, may_withdraw) for one in attachments]


def _line(attachment: Attachment, may_withdraw: bool) -> FileLine:
    manner = preview_of(attachment)
    withdrawn = attachment.withdrawn_at is not None
    by = attachment.uploaded_by.name if attachment.uploaded_by else ""
    actions = []
    if may_withdraw and not withdrawn:
        url = url_for("attachments.withdraw", public_id=attachment.public_id)
        actions.append(Action(label=_("Withdraw file"), url=url, icon="trash", tone="bad", dialog=True))
    badge = Badge(text=_("Evidence"), tone="info") if attachment.is_evidence else None
    if withdrawn:
        badge = Badge(text=_("Withdrawn"), tone="warn", title=attachment.withdrawn_reason or "")
    return FileLine(
        name=attachment.filename,
        url=url_for("attachments.download", public_id=attachment.public_id),
        size=readable_size(attachment.size),
        kind=_ICONS.get(manner, "file"),
        note=attachment.description or "",
        added=f"{moment_text(attachment.created_at, desk_zone())} {by}".strip(),
        preview_url=url_for("attachments.preview", public_id=attachment.public_id) if manner else "",
        badge=badge,
        digest=attachment.sha256,
        actions=actions,
    )


def readable_size(size: int) -> str:
    """Bytes as a short text: 512 B, 12.3 KB, 4.5 MB."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"
