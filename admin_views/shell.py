"""Gives every page its frame: who reads, the menu, the language, when the session ends."""

from __future__ import annotations

import tomllib
from collections.abc import Hashable
from typing import Any

from flask import Flask, current_app, g, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.local import LocalProxy

from admin_views.guard import acting
from admin_views.locale import enumerated, locale
from admin_views.menu import depends_on, desk_menu
from admin_views.sessions import now, session_ends
from admin_views.shell_context import Shell
from extensions import db
from models import Organisation
from services.access.permissions import Permission
from settings import ROOT

VERSION = str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


MOST_DRAWN = 500
"""Menus kept as they were drawn; one is 12 KB."""


def _url(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def desk_shell() -> Shell:
    """The frame of this request's page, made once for its reader."""
    reader, made = g.get("desk_shell", (None, None))
    if made is None or reader != acting().user_id:
        made = _shell()
        g.desk_shell = (acting().user_id, made)
    return made


def _shell() -> Shell:
    actor = acting()
    settings = current_app.extensions["settings"]
    if actor.user_id is None or not current_user.is_authenticated:
        return Shell(
            locale=locale(),
            demonstration=settings.is_demonstration,
            language_url=_url("auth.preferences"),
            login_url=_url("auth.login"),
            version=VERSION,
        )
    organisation = db.session().get(Organisation, 1)
    roles = dict.fromkeys(str(grant.role.label) for grant in actor.grants if grant.on_behalf_of_id is None)
    covered = dict.fromkeys(g.on_behalf_of_name for g in actor.grants if g.on_behalf_of_name)
    return Shell(
        organisation=organisation.name if organisation else "",
        home_url=_url("worklist.index") or "/",
        user_name=current_user.name,
        user_note=" · ".join(roles),
        acting_for=enumerated(covered),
        locale=locale(),
        search_url=_url("complaints.index_view") if actor.may(Permission.COMPLAINT_READ) else "",
        search_text=request.args.get("q", "") if request.blueprint == "complaints" else "",
        register_url=_url("complaints.create_view") if actor.may(Permission.COMPLAINT_REGISTER) else "",
        notices_url=_url("notices.page"),
        figures_url=_url("figures.of_menu"),
        language_url=_url("auth.preferences"),
        password_url=_url("auth.password"),
        sessions_url=_url("auth.end_sessions"),
        logout_url=_url("auth.logout"),
        login_url=_url("auth.login"),
        keep_alive_url=_url("auth.keep_alive"),
        session_ends=session_ends(),
        server_now=now(),
        demonstration=settings.is_demonstration,
        version=VERSION,
    )


def register(app: Flask) -> None:
    """Put `desk_shell` and `side_menu` into the templates; the menu is only made when a template asks for it."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"desk_shell": desk_shell(), "side_menu": LocalProxy(_side_menu)}


def _side_menu() -> Markup:
    """The menu as HTML; drawn once for all who see the same one, because it is a fifth of the work of a page."""
    drawn: dict[Hashable, Markup] = current_app.extensions.setdefault("drawn_menus", {})
    key = (locale(), request.script_root, depends_on())
    found = drawn.get(key)
    if found is None:
        html = render_template("desk/side_menu.html", desk_menu=desk_menu(), version=VERSION)
        found = Markup(html)  # noqa: S704  (what a template of the desk made, escaped there)
        if len(drawn) >= MOST_DRAWN:
            drawn.clear()
        drawn[key] = found
    return found
