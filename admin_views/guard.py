"""Every route says what it needs: a permission, or that it is public. A test walks them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort

from extensions import db
from services.access.permissions import Permission
from services.access.scope import current_actor
from services.actor import Actor

View = TypeVar("View", bound=Callable[..., Any])


def acting() -> Actor:
    """Who this request works for."""
    return current_actor(db.session())


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare and enforce the permission of a view function or method: 403 without it."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not acting().may(permission):
                abort(403)
            return view(*args, **kwargs)

        guarded.desk_permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def public(view: View) -> View:
    """Declare a view that needs nobody signed in."""
    view.desk_permission = None  # type: ignore[attr-defined]
    view.desk_public = True  # type: ignore[attr-defined]
    return view
