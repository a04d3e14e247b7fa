"""The search box of a list: one text against the fields that the reader may read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

import models as m
from models.fields import Sensitivity, fields_of
from services.access.masking import own_cases
from services.access.permissions import Permission
from services.actor import Actor
from services.listing.columns import Sources
from services.search import contains, words_of
from services.search.finding import LONGEST

_SEARCHED: dict[type[Any], tuple[str, ...]] = {m.User: ("login", "name", "post")}


def search_condition(text: str, sources: Sources, actor: Actor) -> ColumnElement[bool]:
    """Rows that contain every word of `text` in some field; personal fields only on the actor's own cases."""
    if sources.model is m.Complaint:
        return contains(words_of(text), actor)
    words = text.strip()[:LONGEST].split()
    return sa.and_(sa.true(), *(_contains(word, sources, actor) for word in words))


def _contains(word: str, sources: Sources, actor: Actor) -> ColumnElement[bool]:
    model = sources.model
    keys = _SEARCHED.get(model)
    found: list[ColumnElement[bool]] = []
    personal: list[ColumnElement[bool]] = []
    for spec in fields_of(model):
        wanted = spec.key in keys if keys else spec.kind in ("text", "long_text") and spec.filter
        if wanted:
            made = getattr(model, spec.key).icontains(word, autoescape=True)
            (personal if spec.sensitivity is Sensitivity.PERSONAL else found).append(made)
        elif spec.relation == "complaint":
            found.append(sources.shown_text(spec).icontains(word, autoescape=True))
    if personal and actor.may(Permission.COMPLAINT_REVEAL):
        found.append(sa.and_(sa.or_(*personal), own_cases(model, actor)))
    return sa.or_(*found) if found else sa.false()
