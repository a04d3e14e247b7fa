"""Where to look for the rows of a list: the ids that its rarest filters leave, found through their indexes.

An index helps where what it is asked for is rare. What is common is met soon by reading the list in its order, and
an index over it would only hand over half the table to be sorted. Statistics tell the two apart on PostgreSQL only, so
the desk asks itself: each filter for at most MOST complaints, all filters in one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from models import Complaint
from services.access.scope import apply
from services.access.visibility import FEW
from services.actor import SYSTEM
from services.listing.filters import Context, Filter, condition, is_looked_up, searched_text
from services.listing.frequency import is_of_few
from services.search import candidates, words_of

MOST = FEW
"""Complaints up to which a filter narrows a list: so many are sorted sooner than the order of an index is read."""
TOGETHER = frozenset({"department_id", "state"})
"""Filters that share an index: each may be common, and both together rare."""


@dataclass(frozen=True)
class Narrowed:
    """`ids`: all rows that may match are among these; None: read the rows in their order."""

    ids: frozenset[int] | None = None
    has_common_words: bool = False
    """The words searched for are so common that counting all of them would read every text."""


def narrowed(session: Session, search: str, filters: Sequence[Filter], context: Context) -> Narrowed:
    """What the search and the filters leave of the complaints; whether the actor may see them is not asked."""
    found: list[frozenset[int]] = []
    texts = [search, *(searched_text(one, context) for one in filters)]
    is_common = False
    for text in filter(None, texts):
        ids = candidates(session, words_of(text), context.actor)
        is_common = is_common or ids is None
        found += [] if ids is None else [frozenset(ids)]
    if not context.actor.sees_few:
        found += _rare(session, [one for one in filters if is_looked_up(one, context)], context)
    common_words = is_common and not found
    return Narrowed(frozenset.intersection(*found) if found else None, common_words)


def _rare(session: Session, filters: Sequence[Filter], context: Context) -> list[frozenset[int]]:
    """The complaints of each filter that leaves at most MOST; of department and state also together."""
    made = {one.key: condition(one, context) for one in filters}
    # What few complaints are at any time has an index that is read whole.
    wanted = [each for each in made.values() if not is_of_few(each)]
    if made.keys() >= TOGETHER:
        wanted.append(sa.and_(*(made[key] for key in sorted(TOGETHER))))
    asked = [_some(each, place) for place, each in enumerate(wanted)]
    if not asked:
        return []
    found: list[list[int]] = [[] for _ in asked]
    whole = sa.union_all(*asked) if len(asked) > 1 else asked[0]
    for place, id in session.execute(apply(whole, SYSTEM)):
        found[place].append(id)
    return [frozenset(ids) for ids in found if len(ids) <= MOST]


def _some(made: ColumnElement[bool], place: int) -> sa.Select[Any]:
    few = sa.select(Complaint.id.label("id")).where(made).limit(MOST + 1).subquery()
    return sa.select(sa.literal_column(str(place), sa.Integer).label("place"), few.c.id)
