"""Who a request comes from: the account of the session, its actor, and what happens when nobody is signed in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, generate_csrf

from extensions import db, login_manager
from models import Organisation, User
from services.actor import NOBODY
from services.identity import actor_for

SEEN = "seen_at"
LOGIN = "auth.login"
PASSWORD = "auth.password"  # noqa: S105
FIRST_RUN = "first_run.page"
WITHOUT_NEW_PASSWORD = {PASSWORD, "auth.logout", "auth.keep_alive", "auth.preferences", "auth.end_sessions"}


@dataclass(frozen=True)
class Account(UserMixin):
    """The signed-in account as plain values, so that the end of a transaction does not reload it."""

    id: int
    public_id: str
    login: str
    name: str
    department_id: int | None
    locale: str | None
    theme: str | None
    session_stamp: int
    must_change_password: bool

    def get_id(self) -> str:
        return f"{self.id}:{self.session_stamp}"

    @classmethod
    def of(cls, user: User) -> Account:
        return cls(
            user.id,
            user.public_id,
            user.login,
            user.name,
            user.department_id,
            user.locale,
            user.theme,
            user.session_stamp,
            user.must_change_password,
        )


def register(app: Flask) -> None:
    """Put the session rules on the application."""
    # `seen_at` says when a session ends; a cookie that is renewed by every picture would not.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    login_manager.user_loader(_load)
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(CSRFError, _refuse_forgery)


def now() -> datetime:
    """The moment of this request."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment


def request_id() -> str:
    """What the log, the audit trail and the error page call this request."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    name: str = g.request_id
    return name


def lifetime() -> timedelta:
    return timedelta(minutes=current_app.extensions["settings"].session_minutes)


def session_ends() -> datetime | None:
    """When the session of this request ends without a further request; None when nobody is signed in."""
    return now() + lifetime() if current_user.is_authenticated else None


def is_fetch() -> bool:
    """Whether a script asks: it gets a status to act on instead of a redirect."""
    return bool(
        request.headers.get("X-Desk-Fragment")
        or request.headers.get("X-Requested-With") == "XMLHttpRequest"
        or request.accept_mimetypes.best == "application/json"
    )


def safe_next(target: str | None, default: str | None = None) -> str:
    """`target` when it is a path of this desk, else the default, else the home page."""
    fallback = default or url_for_home()
    if not target or not target.startswith("/") or any(ord(sign) < 32 or sign == "\\" for sign in target):
        return fallback
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or target.startswith("//"):
        return fallback
    return fallback if parts.path.startswith((url_for(LOGIN), url_for("auth.logout"))) else target


def url_for_home() -> str:
    return f"{request.script_root}/"


def sign_in(user: User) -> None:
    """Begin a session for this user; nothing of the session before it survives but the language."""
    chosen = user.locale or session.get("locale")
    session.clear()
    session.permanent = True
    login_user(Account.of(user))
    session[SEEN] = now().timestamp()
    session["csrf_token"] = _form_token(user)
    g.pop("csrf_token", None)
    if chosen:
        session["locale"] = chosen
    _set_actor(user)


def sign_out() -> None:
    """End the session of this browser."""
    logout_user()
    locale = session.get("locale")
    session.clear()
    g.pop("csrf_token", None)
    if locale:
        session["locale"] = locale
    db.session().info["actor"] = NOBODY


def _form_token(user: User) -> str:
    """The same for every session of an account until its stamp changes.

    A form that was open when the session ended, in this tab or another, can so be sent after signing in again.
    """
    key = (current_app.secret_key or "").encode() if isinstance(current_app.secret_key, str) else b""
    text = f"form-token:{user.id}:{user.session_stamp}".encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def _load(kept: str) -> Account | None:
    """The account of a session; None when it is disabled, signed out everywhere, or too long without a request."""
    number, _colon, stamp = kept.partition(":")
    seen = session.get(SEEN)
    if not (number.isdigit() and stamp.isdigit()) or not isinstance(seen, float | int):
        return None
    if datetime.fromtimestamp(seen, UTC) + lifetime() <= now():
        return None
    user = db.session().get(User, int(number))
    if user is None or not user.is_active or user.session_stamp != int(stamp):
        return None
    g.user = user
    return Account.of(user)


def _set_actor(user: User) -> None:
    db.session().info["actor"] = actor_for(db.session(), user, now(), request_id())


def _begin() -> ResponseReturnValue | None:
    """Set the actor of this request, or send an unknown visitor to the sign-in page."""
    db.session().info["actor"] = NOBODY
    endpoint = request.endpoint or ""
    if endpoint == "static" or endpoint.endswith(".static"):
        return None
    if current_user.is_authenticated:
        _set_actor(g.user)
        session[SEEN] = now().timestamp()
        if current_user.must_change_password and endpoint not in WITHOUT_NEW_PASSWORD:
            return _refuse(url_for(PASSWORD))
        return None
    if getattr(current_app.view_functions.get(endpoint), "desk_public", False):
        return None
    return refuse_nobody()


def refuse_nobody() -> ResponseReturnValue:
    """The answer to a visitor who is not signed in."""
    if db.session().get(Organisation, 1) is None and FIRST_RUN in current_app.view_functions:
        return _refuse(url_for(FIRST_RUN))
    came_from = request.full_path.rstrip("?") if request.method == "GET" else _path_of(request.referrer)
    wanted = safe_next(came_from)
    return _refuse(url_for(LOGIN, next=wanted if wanted != url_for_home() else None))


def _path_of(address: str | None) -> str | None:
    parts = urlsplit(address or "")
    if parts.netloc != request.host:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _refuse(target: str) -> ResponseReturnValue:
    if is_fetch():
        return Response(_("Sign in to go on."), status=401, mimetype="text/plain")
    return redirect(target)


def _refuse_forgery(error: CSRFError) -> ResponseReturnValue:
    """A form without a valid token: mostly one that was open when the session ended."""
    public = getattr(current_app.view_functions.get(request.endpoint or ""), "desk_public", False)
    if not current_user.is_authenticated and not public:
        return refuse_nobody()
    if is_fetch():
        return Response(_("This form is too old. Please send it again."), status=400, mimetype="text/plain")
    flash(_("This form is too old. Please send it again."), "warning")
    return redirect(_path_of(request.referrer) or url_for_home())


def _finish(response: Response) -> Response:
    endpoint = request.endpoint or ""
    response.headers["X-Request-Id"] = request_id()
    if endpoint == "static" or endpoint.endswith(".static"):
        return response
    response.headers.setdefault("Cache-Control", "no-store")
    if is_fetch():
        response.headers["X-Desk-Csrf"] = generate_csrf()
        if ends := session_ends():
            response.headers["X-Desk-Session-Ends"] = ends.isoformat()
    return response
