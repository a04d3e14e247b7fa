"""The first page of an empty desk: four answers, guarded by the token that the server prints at its start."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from admin_views.auth import put_errors
from admin_views.form_context import FormSection
from admin_views.guard import public
from admin_views.sessions import now, sign_in, url_for_home
from extensions import db
from models.labels import _l
from services.actor import SYSTEM
from services.errors import DeskError
from services.organisation.setting_up import FirstAnswers, forget_token, is_set_up, set_up, token_fits
from services.procedures.registry import load_packs
from services.unit_of_work import UnitOfWork
from settings import Settings

blueprint = Blueprint("first_run", __name__)
_NEEDED = InputRequired(_l("Please fill this in."))


class FirstRunForm(FlaskForm):
    class Meta:
        csrf = False  # CSRFProtect checks every POST already

    token = StringField(
        _l("Set-up token"),
        [_NEEDED],
        description=_l(
            "The server printed it at its start; it is also in the file setup_token of the data folder."
        ),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    organisation = StringField(_l("Name of the organisation"), [_NEEDED, Length(max=200)])
    procedure_code = SelectField(_l("Procedure"), [_NEEDED])
    name = StringField(_l("Your name"), [_NEEDED, Length(max=80)])
    login = StringField(_l("Login"), [_NEEDED, Length(max=80)], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _l("Password"),
        [_NEEDED],
        description=_l("At least 10 characters; not your login and not a well-known password."),
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        _l("Password again"),
        [EqualTo("password", _l("The two entries differ."))],
        render_kw={"autocomplete": "new-password"},
    )


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.route("/setup", methods=["GET", "POST"])
@public
def page() -> ResponseReturnValue:
    """404 as soon as there is an organisation."""
    if is_set_up(db.session()):
        abort(404)
    settings: Settings = current_app.extensions["settings"]
    language = str(get_locale())
    form = FirstRunForm(token=request.args.get("token", ""))
    form.procedure_code.choices = [
        (code, f"{one.names.in_language(language)} · {one.organisation_kind.in_language(language)}")
        for code, one in load_packs().items()
    ]
    if form.validate_on_submit():
        if token_fits(settings.data_dir, form.token.data or ""):
            try:
                return _set_up(form, settings)
            except DeskError as fault:
                form.form_errors = put_errors(form, fault)
        else:
            form.token.errors = [_("This is not the token that the server printed.")]
    rendered = render_template("desk/first_run.html", form=form, sections=_sections())
    return rendered, 422 if form.is_submitted() else 200


def _set_up(form: FirstRunForm, settings: Settings) -> ResponseReturnValue:
    answers = FirstAnswers(
        organisation=form.organisation.data or "",
        procedure_code=form.procedure_code.data or "",
        timezone=settings.timezone,
        login=form.login.data or "",
        name=form.name.data or "",
        password=form.password.data or "",
    )
    with UnitOfWork(db.session(), SYSTEM, now()) as work:
        user, _code = set_up(work, answers)
    forget_token(settings.data_dir)
    sign_in(user)
    flash(_("The desk is ready. Create departments and people next."), "success")
    return redirect(url_for_home())


def _sections() -> list[FormSection]:
    return [
        FormSection(title=_("Proof that you started the server"), fields=["token"]),
        FormSection(title=_("The organisation"), fields=["organisation"]),
        FormSection(
            title=_("The procedure it works by"),
            fields=["procedure_code"],
            text=_(
                "Time limits, steps and forms follow from it. Working days follow the official calendar of the PRC."
            ),
        ),
        FormSection(title=_("The first administrator"), fields=["name", "login", "password", "repeated"]),
    ]
