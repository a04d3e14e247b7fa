"""Where a record's page is: one table of the screens that show each model, filled as they are registered."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import current_app, g, url_for

from services.listing import Ref

SCREENS = "desk_screens"
_PLACE = "-record-"


def remember(app: Any, model: type[Any], endpoint: str) -> None:
    """The screen `endpoint` shows records of `model` (its route `details_view` takes `address`)."""
    app.extensions.setdefault(SCREENS, {})[model] = endpoint


def record_url(model: type[Any], address: str | None) -> str:
    """The page of a record; empty when no screen shows its model."""
    endpoint = current_app.extensions.get(SCREENS, {}).get(model)
    return at_address(f"{endpoint}.details_view", address) if endpoint and address else ""


def at_address(endpoint: str, address: str) -> str:
    """The page `endpoint` of a record: made once a request and then filled in, lists have hundreds of them."""
    made: dict[str, str] = g.setdefault("record_urls", {})
    if endpoint not in made:
        made[endpoint] = url_for(endpoint, address=_PLACE)
    return made[endpoint].replace(_PLACE, quote(address, safe=""))


def link_to(model: type[Any], ref: Ref) -> str:
    """The page of a relation's target."""
    return record_url(model, ref.address)
