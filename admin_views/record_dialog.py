"""A step on a plain record as a dialog with a form of its own: shown by GET, carried out by POST."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin_views.attachments import staged_files
from admin_views.form_context import DialogForm, MissingGate
from admin_views.fragments import done
from admin_views.guard import acting
from admin_views.record_forms import offer_choices, posted, put_errors
from extensions import db
from services.errors import DeskError, NotFound, NotPermitted, Reason, Stale
from services.listing import ListRow
from services.unit_of_work import UnitOfWork

Carry = Callable[..., Any]


def step_dialog(
    screen: Any,
    row: ListRow,
    form_class: type[Any],
    carry_out: Carry,
    *,
    title: str,
    submit: str = "",
    explanation: Any = "",
    icon: str = "",
    tone: str = "",
    missing: Sequence[Reason] = (),
    said: str = "",
    start: Mapping[str, Any] | None = None,
    lookup_url: Callable[[str], str] | None = None,
    uploads: str = "",
) -> ResponseReturnValue:
    """The dialog, or what came of it. `carry_out(work, version, form)` calls the operation.

    `start` is what an untouched form shows; `lookup_url` says where the relation fields of the form look records up.
    `uploads` names the field with files: they are checked first, kept at the commit, and given to `carry_out` as well.
    """
    data = posted()
    form = form_class(data) if data is not None else form_class(data=dict(start or {}))
    version = _version(request.form.get("version")) if data is not None else row.version
    errors: list[str] = []
    if data is not None and form.validate():
        try:
            with ExitStack() as stack:
                given = [stack.enter_context(staged_files(form[uploads].data))] if uploads else []
                work = stack.enter_context(UnitOfWork(db.session(), acting()))
                carry_out(work, version, form, *given)
            flash(said or _("Saved."), "success")
            return done(screen.record_url(row.address))
        except (NotFound, NotPermitted):
            raise
        except Stale as stale:
            errors = [str(stale.message), _("Look at the page again; then repeat the step if it still fits.")]
            version = stale.version
        except DeskError as error:
            errors = put_errors(form, error)
    if lookup_url is not None:
        offer_choices(form, lookup_url)
    dialog = DialogForm(
        title=title,
        url=request.path,
        submit=submit,
        tone=tone,
        icon=icon,
        explanation=explanation,
        missing=[MissingGate(text=reason.message) for reason in missing],
        hidden=[("version", str(version))] if version is not None else [],
        errors=errors,
        back_url=screen.record_url(row.address),
        subjects=[screen.name_of(row)],
        draft_key=f"{request.path}:{acting().user_id}",
    )
    html = screen.render("desk/dialog_form.html", dialog=dialog, form=form)
    return html, 422 if errors or form.errors else 200


def _version(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
