"""A test client that sends the CSRF token as the desk's own pages do: the protection stays on in every test."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from app import create_app
from extensions import db
from models import User
from services.actor import SYSTEM
from settings import Settings

KEY = "b3Nlc3Npb24ta2V5LW9ubHktZm9yLXRlc3RzLTEyMzQ="


class DeskClient(FlaskClient):
    """`client.post(...)` carries a valid token; `client.post(..., csrf=False)` carries none."""

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        if csrf and kwargs.get("method", "GET") not in ("GET", "HEAD", "OPTIONS"):
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("X-CSRFToken", self.csrf_token())
            kwargs["headers"] = headers
        return super().open(*args, **kwargs)

    def csrf_token(self) -> str:
        """The token of this client's session, as `csrf_token()` in a template would print it."""
        with self.session_transaction() as kept:
            raw = kept.setdefault("csrf_token", hashlib.sha1(os.urandom(64)).hexdigest())
        return str(
            URLSafeTimedSerializer(self.application.secret_key or "", salt="wtf-csrf-token").dumps(raw)
        )

    def sign_in(self, user: User) -> DeskClient:
        """Begin a session of `user` (which must be committed) as the sign-in page would, without the password."""
        self.set_cookie("session", session_cookie(self.application, user.id))
        return self


def session_cookie(app: Flask, user_id: int) -> str:
    """What the browser of this account keeps after signing in."""
    from admin_views import sessions

    with app.test_request_context():
        db.session().info["actor"] = SYSTEM
        user = db.session.get(User, user_id)
        assert user is not None, "commit the user before signing in"
        sessions.sign_in(user)
        interface = app.session_interface
        assert isinstance(interface, SecureCookieSessionInterface)
        serializer = interface.get_signing_serializer(app)
        assert serializer is not None
        return str(serializer.dumps(dict(session)))


def settings_for(url: str, folder: Path, **changed: Any) -> Settings:
    """Settings of a desk in `folder` whose jobs run at once."""
    values: dict[str, Any] = {
        "data_dir": folder,
        "database_url": url,
        "secret_key": "only-for-tests-0123456789-abcdefghijklmnop",
        "field_key": KEY,
        "jobs_url": "immediate:",
    }
    return Settings(**(values | changed))


def make_app(settings: Settings) -> Flask:
    """The real application for `settings`, with the test client above."""
    app = create_app(settings)
    app.testing = True
    app.test_client_class = DeskClient
    return app
