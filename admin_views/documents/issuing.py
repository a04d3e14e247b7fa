"""Issuing: which forms a record has, what a form asks for, how it would look; printable lists and explanations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as Maybe

from admin_views.attachments import store
from admin_views.documents.answers import file_answer
from admin_views.documents.words import AUDIENCES, LANGUAGES, language
from admin_views.fields import REQUIRED
from admin_views.form_context import DialogForm, MissingGate
from admin_views.fragments import done
from admin_views.guard import acting, desk_zone, requires
from admin_views.locale import locale
from admin_views.record_forms import posted, put_errors
from admin_views.shell_context import Crumb
from extensions import db
from models import Department, IssuedDocument, User
from models.labels import _l
from services.access.permissions import Permission
from services.documents.forms import form_of, forms_of
from services.documents.making import make, preview
from services.documents.reading import Subject
from services.documents.subjects import Case, case_at, next_number, procedure_for
from services.documents.typed import LONGEST, missing
from services.errors import DeskError, NotFound, NotPermitted, Reason
from services.listing.lookup import candidates
from services.operations.issue_document import issue_document
from services.operations.print_register import print_register
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.sections.documents import DocumentForm
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("document_forms", __name__, url_prefix="/document-forms")
_TARGETS: dict[str, type[Any]] = {"department_id": Department, "user_id": User}


@dataclass(frozen=True)
class FormLine:
    """A form that can be issued on a record: what it is, how often it was, what it still needs."""

    name: str
    audience: Any
    clause: tuple[str, ...]
    issued: int
    missing: list[Reason]
    url: str
    preview_url: str


@blueprint.get("/lookup/<field>")
@requires(Permission.DOCUMENT_ISSUE)
def lookup(field: str) -> ResponseReturnValue:
    """Departments or people whose name contains ?q=."""
    if field not in _TARGETS:
        raise NotFound
    found = candidates(db.session(), _TARGETS[field], request.args.get("q", ""), locale=locale())
    return jsonify([{"value": each.address, "label": each.label, "note": each.note} for each in found])


@blueprint.get("/complaint/<public_id>")
@requires(Permission.DOCUMENT_ISSUE)
def of_complaint(public_id: str) -> ResponseReturnValue:
    return _forms(case_at(db.session(), complaint=public_id))


@blueprint.get("/accident/<public_id>")
@requires(Permission.DOCUMENT_ISSUE)
def of_accident(public_id: str) -> ResponseReturnValue:
    return _forms(case_at(db.session(), accident=public_id))


@blueprint.route("/complaint/<public_id>/<form_code>", methods=["GET", "POST"])
@requires(Permission.DOCUMENT_ISSUE)
def issue_on_complaint(public_id: str, form_code: str) -> ResponseReturnValue:
    return _issue(case_at(db.session(), complaint=public_id), form_code)


@blueprint.route("/accident/<public_id>/<accident_form>", methods=["GET", "POST"])
@requires(Permission.DOCUMENT_ISSUE)
def issue_on_accident(public_id: str, accident_form: str) -> ResponseReturnValue:
    return _issue(case_at(db.session(), accident=public_id), accident_form)


@blueprint.get("/complaint/<public_id>/<form_code>/preview")
@requires(Permission.DOCUMENT_ISSUE)
def preview_on_complaint(public_id: str, form_code: str) -> ResponseReturnValue:
    return _preview(case_at(db.session(), complaint=public_id), form_code)


@blueprint.get("/accident/<public_id>/<accident_form>/preview")
@requires(Permission.DOCUMENT_ISSUE)
def preview_on_accident(public_id: str, accident_form: str) -> ResponseReturnValue:
    return _preview(case_at(db.session(), accident=public_id), accident_form)


def _subject(case: Case) -> Subject:
    session = db.session()
    return Subject(
        session,
        acting(),
        procedure_for(session, case),
        datetime.now(UTC),
        complaint=case.complaint,
        accident=case.accident,
        number=next_number(session, case),
        is_preview=True,
    )


def _url(endpoint: str, case: Case, **more: str) -> str:
    values: dict[str, Any] = {"public_id": case.record.public_id, **more}
    return url_for(f".{endpoint}_{case.about}", **values)


def _record_url(case: Case) -> str:
    return url_for(f"{case.about}s.details_view", address=case.record.public_id)


def _forms(case: Case) -> ResponseReturnValue:
    """The forms of a record, each with what it still needs."""
    subject = _subject(case)

    def named(code: str) -> dict[str, str]:
        return {"form_code" if case.accident is None else "accident_form": code}

    key = IssuedDocument.accident_id if case.accident is not None else IssuedDocument.complaint_id
    counted = sa.select(IssuedDocument.form, sa.func.count()).where(key == case.record.id)
    issued = {row[0]: row[1] for row in db.session().execute(counted.group_by(IssuedDocument.form))}
    lines = [
        FormLine(
            name=form.names.in_language(locale()),
            audience=AUDIENCES[form.audience],
            clause=form.clause,
            issued=issued.get(code, 0),
            missing=missing(form, subject),
            url=_url("issue_on", case, **named(code)),
            preview_url=_url("preview_on", case, **named(code)),
        )
        for code, form in forms_of(subject.procedure, case.about).items()
    ]
    crumbs = [Crumb(label=case.number, url=_record_url(case)), Crumb(label=_("Issue a document"))]
    return render_template("desk/document_forms.html", lines=lines, number=case.number, breadcrumbs=crumbs)


def _form_class(form: DocumentForm) -> type[BaseForm]:
    """What the form asks for, and the language of the document."""
    members: dict[str, Any] = {}
    for ask in form.asks:
        checks = [InputRequired(REQUIRED)] if ask.required else [Maybe()]
        label = ask.names.in_language(locale())
        if ask.choices:
            offered = [("", _l("– choose –"))] + [
                (str(index), choice.in_language(locale())) for index, choice in enumerate(ask.choices)
            ]
            members[ask.code] = SelectField(label, checks, choices=offered)
        elif ask.long:
            look = {"rows": 4, "wide": True}
            members[ask.code] = TextAreaField(label, [*checks, Length(max=LONGEST)], render_kw=look)
        else:
            members[ask.code] = StringField(label, [*checks, Length(max=LONGEST)])
    members["document_language"] = SelectField(
        _l("Language of the document"), choices=list(LANGUAGES.items()), default=language()
    )
    return type("IssueForm", (BaseForm,), members)


def _typed(form: DocumentForm, given: Any, in_language: str) -> dict[str, str | None]:
    said: dict[str, str | None] = {}
    for ask in form.asks:
        value = given[ask.code].data
        said[ask.code] = ask.choices[int(value)].in_language(in_language) if ask.choices and value else value
    return said


def _draft_key(case: Case, form_code: str) -> str:
    return f"document:{case.number}:{form_code}:{acting().user_id}"


def _issue(case: Case, form_code: str) -> ResponseReturnValue:
    """The dialog that asks what the record does not hold, and the issuing."""
    subject = _subject(case)
    form = form_of(subject.procedure, form_code, case.about)
    data = posted()
    given: Any = _form_class(form)(data)
    errors: list[str] = []
    if data is not None and given.validate():
        chosen = given.document_language.data
        try:
            with UnitOfWork(db.session(), acting()) as work:
                document = issue_document(
                    work,
                    store(),
                    form_code,
                    complaint=case.record.public_id if case.accident is None else None,
                    accident=case.accident.public_id if case.accident else None,
                    typed=_typed(form, given, chosen),
                    language=chosen,
                )
                address = document.public_id
            mark = Markup('<span data-draft-done="{}"></span>').format(_draft_key(case, form_code))
            flash(mark + _("Issued. Both files are kept as they are."), "success")
            return done(url_for("documents.details_view", address=address))
        except (NotFound, NotPermitted):
            raise
        except DeskError as fault:
            errors = put_errors(given, fault)
    dialog = DialogForm(
        title=form.names.in_language(locale()),
        url=request.path,
        submit=_("Issue"),
        icon="file",
        explanation=_(
            "It is filled from the record as it stands now; a correction later means issuing it again."
        ),
        missing=[MissingGate(text=each.message) for each in missing(form, subject)],
        errors=errors,
        back_url=_url("of", case),
        subjects=[case.number],
        draft_key=_draft_key(case, form_code),
    )
    page = render_template("desk/dialog_form.html", dialog=dialog, form=given)
    return page, 422 if errors or given.errors else 200


def _preview(case: Case, form_code: str) -> ResponseReturnValue:
    """The PDF as it would be issued now, what is asked for left empty; nothing is kept."""
    subject = _subject(case)
    form = form_of(subject.procedure, form_code, case.about)
    content = preview(subject, form, language(), {})
    return file_answer(content, f"{case.number} {form.names.in_language(locale())}", "pdf", inline=True)


# Lists and explanations


class RegisterForm(BaseForm):
    """For which days the register is printed."""

    first = DateField(_l("From"), [InputRequired(REQUIRED)])
    last = DateField(_l("Until"), [InputRequired(REQUIRED)])
    document_language = SelectField(_l("Language of the document"), choices=list(LANGUAGES.items()))
    kind = SelectField(_l("As"), choices=[("pdf", "PDF"), ("word", "Word")])


@blueprint.route("/register", methods=["GET", "POST"])
@requires(Permission.LEDGER_EXPORT)
def register() -> ResponseReturnValue:
    """The register of complaints of any period, to print."""
    today = datetime.now(UTC).astimezone(desk_zone()).date()
    data = posted()
    offered: Mapping[str, Any] = {
        "first": date(today.year, today.month, 1),
        "last": today,
        "document_language": language(),
    }
    form: Any = RegisterForm(data) if data is not None else RegisterForm(data=offered)
    errors: list[str] = []
    if data is not None and form.validate():
        try:
            with UnitOfWork(db.session(), acting()) as work:
                made = print_register(
                    work, store(), form.first.data, form.last.data, form.document_language.data
                )
            name = f"{_('Register of complaints')} {form.first.data} {form.last.data}"
            content = made.pdf if form.kind.data == "pdf" else made.word
            return file_answer(content, name, form.kind.data)
        except (NotFound, NotPermitted):
            raise
        except DeskError as fault:
            errors = put_errors(form, fault)
    page = render_template(
        "desk/document_register.html",
        form=form,
        errors=errors,
        breadcrumbs=[Crumb(label=_("Register of complaints"))],
    )
    return page, 422 if errors or form.errors else 200


@blueprint.get("/procedure/<any(zh, en):chosen>/<any(pdf, word):kind>")
@requires(Permission.PROCEDURE_READ)
def procedure_description(chosen: str, kind: str) -> ResponseReturnValue:
    """How complaints are handled here, for complainants to read and take away (R08-10)."""
    version = current_version(db.session())
    if version is None:
        raise NotFound
    procedure = parsed(version)
    form = form_of(procedure, "procedure_description", "procedure")
    subject = Subject(db.session(), acting(), procedure, datetime.now(UTC))
    made = make(store(), subject, form, chosen)
    name = form.names.in_language(chosen)
    return file_answer(made.pdf if kind == "pdf" else made.word, name, kind, inline=kind == "pdf")
