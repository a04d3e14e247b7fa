"""The desk as a Flask application: wiring only. Start reading here.

`create_app()` is what `flask desk …` loads; `serving_app()` is what the web server and the worker load: it refuses what
must not serve.
"""

from __future__ import annotations

# isort: off
import python_version  # noqa: F401  (first: says so when the Python is too old)

# isort: on
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask, has_request_context, session
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

import admin_views
import commands
import database
import models  # noqa: F401  (every table, before the extensions look at them)
from extensions import babel, csrf, db, login_manager
from services import search
from services.access import months, scope, visibility
from services.jobs import JobContext, JobQueue, handlers  # noqa: F401  (handlers registers the jobs)
from services.listing import orders
from services.schema import SchemaFault
from services.sealing import use_key
from serving.readiness import check_database
from settings import LOCALES, ROOT, Settings, SettingsFault


def create_app(settings: Settings | None = None) -> Flask:
    """The application for `settings`; without them, for the environment, and a faulty one ends with one line."""
    app = Flask(__name__, root_path=str(ROOT))
    app.extensions["settings"] = settings = settings or _settings_or_exit()
    app.config.update(_flask_config(settings))
    use_key(settings.field_key)
    _connect_extensions(app, settings)
    app.extensions["jobs"] = JobQueue(settings, lambda: _job_context(app, settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    if hasattr(admin_views, "register"):
        admin_views.register(app)
    commands.register(app)
    return app


def serving_app() -> Flask:
    """The application for the web server and the worker: safe settings and a database of this very version, or exit."""
    settings = _settings_or_exit()
    try:
        settings.check_serving()
        check_database(settings)
    except (SettingsFault, SchemaFault) as fault:
        sys.exit(str(fault))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return create_app(settings)


def _settings_or_exit() -> Settings:
    try:
        return Settings.from_environment()
    except SettingsFault as fault:
        sys.exit(str(fault))


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key or None,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": database.engine_options(settings.database_url),
        "BABEL_DEFAULT_LOCALE": settings.default_locale,
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "MAX_CONTENT_LENGTH": settings.upload_max_bytes + 1024 * 1024,
        "PERMANENT_SESSION_LIFETIME": timedelta(minutes=settings.session_minutes),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "WTF_CSRF_TIME_LIMIT": None,
        "JSON_AS_ASCII": False,
    }


def _connect_extensions(app: Flask, settings: Settings) -> None:
    if settings.sqlite_file is not None:
        settings.sqlite_file.parent.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        # On the base class: sessions of commands and jobs obey the scope rules like those of requests.
        scope.install(Session, database.configure_engine(db.engine))
        search.install(Session)
        visibility.install(Session)
        months.install(Session)
        orders.install(Session)
    login_manager.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=lambda: _choose_locale(settings))


def _choose_locale(settings: Settings) -> str:
    """The language of this session, else the person's own, else the desk's."""
    if has_request_context():
        for choice in (session.get("locale"), getattr(current_user, "locale", None)):
            if choice in LOCALES:
                return str(choice)
    return settings.default_locale


@contextmanager
def _job_context(app: Flask, settings: Settings) -> Iterator[JobContext]:
    with app.app_context():
        yield JobContext(db.session(), settings)
