"""Every route says what it needs: a permission, or that it is public. What says nothing is refused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Flask, current_app, request

from extensions import db
from services.access.permissions import Permission
from services.access.scope import current_actor
from services.actor import Actor
from services.errors import NotPermitted

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
_log = logging.getLogger("desk.guard")


def acting() -> Actor:
    """Who this request works for."""
    return current_actor(db.session())


def desk_zone() -> ZoneInfo:
    """The time zone of the desk."""
    zone: ZoneInfo = current_app.extensions["settings"].zone
    return zone


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare the permission of a view function or of a method of a view class; `register` enforces it."""

    def declare(view: View) -> View:
        view.desk_permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare a view that needs nobody signed in."""
    view.desk_public = True  # type: ignore[attr-defined]
    return view


def declared(app: Flask, endpoint: str) -> Permission | str | None:
    """What an endpoint declares: its permission, PUBLIC, or None when it says nothing.

    Methods of the desk's view classes may also be named in `permissions` of their class.
    """
    if endpoint == "static" or endpoint.endswith(".static"):
        return PUBLIC
    view = app.view_functions.get(endpoint)
    if getattr(view, "desk_public", False):
        return PUBLIC
    said: Permission | None = getattr(view, "desk_permission", None)
    if said is None:
        lookup = getattr(getattr(view, "__self__", None), "permission_of", None)
        said = lookup(getattr(view, "__name__", "")) if lookup else None
    return said


def check(app: Flask, endpoint: str, actor: Actor) -> None:
    """NotPermitted unless the endpoint is public or the actor holds what it declares."""
    needed = declared(app, endpoint)
    if needed is None:
        _log.error("endpoint %s declares no permission", endpoint)
        raise NotPermitted
    if needed != PUBLIC and not actor.may(Permission(needed)):
        raise NotPermitted


def register(app: Flask) -> None:
    """Check every request, after the session rules have set its actor."""

    @app.before_request
    def refuse_undeclared() -> None:
        if request.endpoint is not None:
            check(app, request.endpoint, acting())
