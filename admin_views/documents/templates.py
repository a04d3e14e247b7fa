"""The forms of the organisation's procedure, and Word templates of its own in their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin_views.attachments import staged_files, store
from admin_views.documents.answers import file_answer
from admin_views.documents.words import AUDIENCES, LANGUAGES
from admin_views.errors import messages_of
from admin_views.guard import acting, desk_zone, requires
from admin_views.locale import locale
from admin_views.shell_context import Crumb
from admin_views.values import moment_text
from extensions import db
from models import DocumentTemplate
from services.access.permissions import Permission
from services.documents.forms import forms_of
from services.documents.making import own_template
from services.documents.word import default_template
from services.errors import DeskError, NotFound, NotPermitted
from services.operations.set_document_template import set_document_template
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.schema import Procedure
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("document_templates", __name__, url_prefix="/document-templates")


@dataclass(frozen=True)
class TemplateLine:
    """One form in one language, with the template in force."""

    code: str
    name: str
    audience: Any
    clause: tuple[str, ...]
    language: str
    language_name: Any
    own: DocumentTemplate | None
    since: str


def _procedure() -> Procedure:
    version = current_version(db.session())
    if version is None:
        raise NotFound
    return parsed(version)


@blueprint.get("/")
@requires(Permission.PROCEDURE_READ)
def index() -> ResponseReturnValue:
    return _page([])


def _page(errors: list[str], form_code: str = "", language: str = "") -> ResponseReturnValue:
    query = sa.select(DocumentTemplate).where(DocumentTemplate.ended_at.is_(None))
    own = {(each.form, each.language): each for each in db.session().scalars(query)}
    lines = [
        TemplateLine(
            code=code,
            name=form.names.in_language(locale()),
            audience=AUDIENCES[form.audience],
            clause=form.clause,
            language=each,
            language_name=LANGUAGES[each],
            own=(found := own.get((code, each))),
            since=moment_text(found.created_at, desk_zone()) if found else "",
        )
        for code, form in forms_of(_procedure()).items()
        for each in LANGUAGES
    ]
    page = render_template(
        "desk/document_templates.html",
        lines=lines,
        errors=errors,
        at_fault=(form_code, language),
        may_write=acting().may(Permission.DOCUMENT_TEMPLATE_WRITE),
        breadcrumbs=[Crumb(label=_("Letters and forms"))],
    )
    return page, 422 if errors else 200


@blueprint.get("/<form_code>/<any(zh, en):language>")
@requires(Permission.PROCEDURE_READ)
def download(form_code: str, language: str) -> ResponseReturnValue:
    """The template in force, or with ?default=1 the default one: what a template of one's own begins with."""
    procedure = _procedure()
    form = forms_of(procedure).get(form_code)
    if form is None:
        raise NotFound
    name = form.names.in_language(language)
    own = own_template(db.session(), form_code, language)
    if own is not None and "default" not in request.args:
        return file_answer(store().path(own.sha256).read_bytes(), name, "word")
    return file_answer(
        default_template(form, language, {field.code: field for field in procedure.fields}), name, "word"
    )


@blueprint.post("/<form_code>/<any(zh, en):language>")
@requires(Permission.DOCUMENT_TEMPLATE_WRITE)
def replace(form_code: str, language: str) -> ResponseReturnValue:
    """A template of one's own in place of the one in force; without a file the default one again."""
    try:
        with staged_files(request.files.getlist("file")) as staged:
            if not staged and "to_default" not in request.form:
                return _page([_("Choose a file first.")], form_code, language)
            with UnitOfWork(db.session(), acting()) as work:
                set_document_template(work, store(), form_code, language, staged[0] if staged else None)
    except (NotFound, NotPermitted):
        raise
    except DeskError as fault:
        return _page([str(message) for message in messages_of(fault)], form_code, language)
    flash(
        _("The default template is in force again.") if not staged else _("The template is in force."),
        "success",
    )
    return redirect(url_for(".index"), code=303)
