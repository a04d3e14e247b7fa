"""What a bulk action works on: the rows ticked, or everything that matches a filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint
from services.actor import Actor
from services.listing.columns import address_key
from services.listing.query import ListQuery
from services.own_fields import NOTHING, declared

MOST = 10_000
"""Rows that one bulk action takes."""


@dataclass(frozen=True)
class Selected:
    """A chosen row, with the version that the person saw (None: not seen, chosen by the filter)."""

    id: int
    address: str
    version: int | None


def selection(
    session: Session,
    model: type[Any],
    actor: Actor,
    zone: ZoneInfo,
    *,
    rowids: Sequence[str] = (),
    token: str = "",
    limit: int = MOST,
) -> list[Selected]:
    """The rows meant, under the actor's scope: foreign, unknown and malformed ones are not among them.

    `rowids` are the checkboxes ("<address>" or "<address>:<version>"); `token` (ListQuery.token) wins when given.
    Invalid for a broken token.
    """
    public = address_key(model) != "id"
    key = getattr(model, address_key(model))
    if token:
        known = declared(session, actor, "en") if model is Complaint else NOTHING
        ids = ListQuery.from_token(model, token, actor, zone, known).ids(session, limit)
        found = []
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            addresses = {
                row[0]: row[1] for row in session.execute(sa.select(model.id, key).where(model.id.in_(part)))
            }
            found += [Selected(each, str(addresses[each]), None) for each in part if each in addresses]
        return found
    versions = dict(_read(rowid) for rowid in rowids[:limit])
    asked = [a for a in versions if public or a.isdigit()]
    wanted = asked if public else [int(a) for a in asked]
    rows: dict[str, int] = {}
    for start in range(0, len(wanted), 500):
        part_keys = wanted[start : start + 500]
        rows |= {str(k): i for i, k in session.execute(sa.select(model.id, key).where(key.in_(part_keys)))}
    return [Selected(rows[a], a, versions[a]) for a in asked if a in rows]


def _read(rowid: str) -> tuple[str, int | None]:
    address, _, version = rowid.partition(":")
    return address, int(version) if version.isascii() and version.isdigit() else None


def selection_ids(
    session: Session,
    model: type[Any],
    actor: Actor,
    zone: ZoneInfo,
    token_or_ids: str | Sequence[str],
    limit: int = MOST,
) -> list[int]:
    """Just the ids of `selection`."""
    chosen = (
        selection(session, model, actor, zone, token=token_or_ids, limit=limit)
        if isinstance(token_or_ids, str)
        else selection(session, model, actor, zone, rowids=token_or_ids, limit=limit)
    )
    return [each.id for each in chosen]
