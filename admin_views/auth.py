"""Signing in and out, one's password, language and appearance."""

from __future__ import annotations

import json

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from admin_views.form_context import FormPage, FormSection
from admin_views.guard import acting, public, requires
from admin_views.sessions import is_fetch, now, request_id, safe_next, sign_in, sign_out, url_for_home
from extensions import db
from models.labels import _l
from services.access.permissions import Permission
from services.actor import Actor
from services.errors import DeskError, Invalid
from services.identity import accounts, passwords
from services.identity.signing_in import authenticate
from services.unit_of_work import UnitOfWork
from settings import LOCALES, Settings

THEMES = ("auto", "light", "dark")
ACCOUNTS_FILE = "demonstration_accounts.json"
blueprint = Blueprint("auth", __name__)


class _Form(FlaskForm):
    class Meta:
        csrf = False  # CSRFProtect checks every POST already


class LoginForm(_Form):
    username = StringField(_l("Login"), [InputRequired(_l("Please enter your login.")), Length(max=80)])
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Please enter your password.")), Length(max=passwords.LONGEST)]
    )
    next = HiddenField()


def _new_password() -> PasswordField:
    return PasswordField(
        _l("New password"),
        [InputRequired(_l("Please enter a new password."))],
        description=_l("At least 10 characters; not your login and not a well-known password."),
        render_kw={"autocomplete": "new-password"},
    )


def _repeated() -> PasswordField:
    return PasswordField(
        _l("New password again"),
        [EqualTo("new_password", _l("The two entries differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class PasswordForm(_Form):
    current_password = PasswordField(
        _l("Current password"), [InputRequired(_l("Please enter your current password."))]
    )
    new_password = _new_password()
    repeated = _repeated()


class ResetForm(_Form):
    username = StringField(
        _l("Login"),
        [InputRequired(_l("Please enter your login.")), Length(max=80)],
        render_kw={"autocomplete": "username"},
    )
    code = StringField(
        _l("One-time code"),
        [InputRequired(_l("Please enter the code."))],
        description=_l("The administrator gives it to you; it is good for 24 hours."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )
    new_password = _new_password()
    repeated = _repeated()


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


def put_errors(form: FlaskForm, fault: DeskError) -> list[str]:
    """Show what an operation refused: at its fields where they are named, else returned for the summary."""
    if not isinstance(fault, Invalid):
        return [str(reason.message) for reason in getattr(fault, "reasons", [])] or [str(fault.message)]
    loose = []
    for name, message in fault.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, message]
        else:
            loose.append(str(message))
    return loose


@blueprint.route("/login", methods=["GET", "POST"])
@public
def login() -> ResponseReturnValue:
    """The sign-in page; also the dialog that an ended session brings up."""
    form = LoginForm(next=request.args.get("next", ""))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_next(request.args.get("next")))
    if form.validate_on_submit():
        user = authenticate(
            db.session(), form.username.data or "", form.password.data or "", now(), request_id()
        )
        if user is not None:
            sign_in(user)
            return _signed_in(safe_next(form.next.data), user.theme)
        form.form_errors = [
            _("Login and password do not fit, or the account is locked for a while after several failures.")
        ]
    status = 200 if request.method == "GET" else 422
    settings: Settings = current_app.extensions["settings"]
    listed = _demonstration_accounts(settings)
    page = render_template(
        "desk/login.html",
        form=form,
        login_url=url_for("auth.login"),
        code_url=url_for("auth.reset"),
        accounts=[(one["login"], one["role"]) for one in listed],
        demo_password=listed[0]["password"] if listed else "",
    )
    return page, status


def _signed_in(target: str, theme: str | None) -> Response:
    response = _done(target)
    if theme is not None and theme in THEMES:
        response.set_cookie("desk_theme", theme, max_age=31_536_000, samesite="Lax")
    return response


def _done(target: str) -> Response:
    """A script is told that it worked; a page goes on to `target`."""
    return Response(status=204) if is_fetch() else current_app.make_response(redirect(target))


def _demonstration_accounts(settings: Settings) -> list[dict[str, str]]:
    """The made-up accounts, shown at the sign-in page of a demonstration only."""
    file = settings.data_dir / ACCOUNTS_FILE
    if not settings.is_demonstration or not file.exists():
        return []
    shown: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return shown


@blueprint.post("/logout")
@requires(Permission.SELF)
def logout() -> ResponseReturnValue:
    with UnitOfWork(db.session(), acting(), now()) as work:
        accounts.sign_out(work)
    sign_out()
    flash(_("You are signed out."), "success")
    return redirect(url_for("auth.login"))


@blueprint.post("/account/sessions/end")
@requires(Permission.SELF)
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    with UnitOfWork(db.session(), acting(), now()) as work:
        accounts.sign_out_everywhere(work)
    sign_out()
    flash(_("You are signed out on every device."), "success")
    return redirect(url_for("auth.login"))


@blueprint.route("/account/password", methods=["GET", "POST"])
@requires(Permission.SELF)
def password() -> ResponseReturnValue:
    form = PasswordForm()
    errors: list[str] = []
    if form.validate_on_submit():
        try:
            with UnitOfWork(db.session(), acting(), now()) as work:
                user = accounts.change_password(
                    work, form.current_password.data or "", form.new_password.data or ""
                )
            sign_in(user)
            flash(_("Your password is changed. Every other session of yours has ended."), "success")
            return redirect(url_for_home())
        except DeskError as fault:
            errors = put_errors(form, fault)
    form.form_errors = errors
    page = render_template(
        "desk/password.html",
        form=form,
        forced=current_user.must_change_password,
        rules=[_("At least 10 characters; not your login and not a well-known password.")],
        back_url=url_for_home(),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/login/code", methods=["GET", "POST"])
@public
def reset() -> ResponseReturnValue:
    """Set a new password with the one-time code of an administrator."""
    form = ResetForm()
    errors: list[str] = []
    if form.validate_on_submit():
        nobody = Actor(user_id=None, name="", request_id=request_id())
        try:
            with UnitOfWork(db.session(), nobody, now()) as work:
                user = accounts.redeem_reset_code(
                    work, form.username.data or "", form.code.data or "", form.new_password.data or ""
                )
            if user is not None:
                sign_in(user)
                flash(_("Your new password is set."), "success")
                return redirect(url_for_home())
            errors = [_("Login and code do not fit, or the code is no longer good.")]
        except DeskError as fault:
            errors = put_errors(form, fault)
    page = FormPage(
        title=_("Set a new password"),
        url=url_for("auth.reset"),
        sections=[FormSection(title="", fields=["username", "code", "new_password", "repeated"])],
        submit=_("Set password"),
        back_url=url_for("auth.login"),
        errors=errors,
    )
    return render_template("desk/bare_form.html", page=page, form=form), 422 if form.is_submitted() else 200


@blueprint.post("/session/keep-alive")
@requires(Permission.SELF)
def keep_alive() -> ResponseReturnValue:
    """Every answered request moves the end of the session; this one does nothing else."""
    return Response(status=204)


@blueprint.post("/preferences")
@public
def preferences() -> ResponseReturnValue:
    """Language and appearance: kept with the account, and for this browser before signing in."""
    language, theme = request.form.get("language"), request.form.get("theme")
    chosen_language = language if language in LOCALES else None
    chosen_theme = theme if theme in THEMES else None
    if chosen_language:
        session["locale"] = chosen_language
    if current_user.is_authenticated and (chosen_language or chosen_theme):
        with UnitOfWork(db.session(), acting(), now()) as work:
            accounts.set_preferences(work, chosen_language, chosen_theme)
    response = _done(_next_page())
    if chosen_theme:
        response.set_cookie("desk_theme", chosen_theme, max_age=31_536_000, samesite="Lax")
    return response


def _next_page() -> str:
    """Back to where the form stood; the sign-in page too, which safe_next leaves out."""
    target = request.form.get("next", "")
    if target.startswith((url_for("auth.login"), url_for("auth.reset"))) and "\\" not in target:
        return target.rstrip("?")
    return safe_next(target).rstrip("?")
