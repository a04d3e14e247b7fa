"""The screens of the desk. `register` puts them on the application: the one list of screens and their order."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from admin_views import assets, errors, guard, security, sessions, shell
from admin_views.base import DeskIndexView

PAGES = (
    "auth",
    "first_run",
    "complaints.worklist",
    "complaints.steps",
    "complaints.lifecycle",
    "attachments",
    "notices",
    "ledger",
)
"""Modules with `register(app)` or a `blueprint`."""

SCREENS = ("complaints.view", "quality", "archive", "audit", "jobs", "calendar", "procedures", "organisation")
"""Modules with `screens()`, the Flask-Admin views they bring."""


def register(app: Flask) -> None:
    """Every screen, in the order in which requests meet them: session rules first, then the guard."""
    assets.init_assets(app)
    sessions.register(app)
    guard.register(app)
    security.register(app)
    errors.register(app)
    shell.register(app)
    for name in PAGES:
        module = _module(name)
        if module is not None:
            module.register(app) if hasattr(module, "register") else app.register_blueprint(module.blueprint)
    admin = Admin(
        app,
        name="Zhisu",
        url="/start",
        index_view=DeskIndexView(name="Zhisu", url="/start", endpoint="admin"),
        theme=Bootstrap4Theme(base_template="admin/base.html"),
        csp_nonce_generator=security.csp_nonce,
    )
    for name in SCREENS:
        module = _module(name)
        for view in _screens(module):
            admin.add_view(view)


def _screens(module: Any) -> list[Any]:
    if hasattr(module, "ComplaintsView"):
        return [module.ComplaintsView(endpoint="complaints", url="/complaints")]
    return list(module.screens()) if hasattr(module, "screens") else []


def _module(name: str) -> Any:
    try:
        found = importlib.util.find_spec(f"{__name__}.{name}")
    except ModuleNotFoundError:
        return None
    return importlib.import_module(f"{__name__}.{name}") if found else None
