"""The screens of the desk. `register` puts them on the application."""

from __future__ import annotations

from flask import Flask

from admin_views import assets, attachments, auth, first_run, notices, sessions


def register(app: Flask) -> None:
    """Every screen, in the order in which requests meet them: session rules first."""
    assets.init_assets(app)
    sessions.register(app)
    auth.register(app)
    first_run.register(app)
    attachments.register(app)
    notices.register(app)
