"""Where a record's page is: one table of the screens that show each model, filled as they are registered."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from services.listing import Ref

SCREENS = "desk_screens"


def remember(app: Any, model: type[Any], endpoint: str) -> None:
    """The screen `endpoint` shows records of `model` (its route `details_view` takes `address`)."""
    app.extensions.setdefault(SCREENS, {})[model] = endpoint


def record_url(model: type[Any], address: str | None) -> str:
    """The page of a record; empty when no screen shows its model."""
    endpoint = current_app.extensions.get(SCREENS, {}).get(model)
    return url_for(f"{endpoint}.details_view", address=address) if endpoint and address else ""


def link_to(model: type[Any], ref: Ref) -> str:
    """The page of a relation's target."""
    return record_url(model, ref.address)
