"""How much waits, for many questions at once: one pass over the index that holds only open complaints.

What is not about open complaints (measures, what is to be filed) is asked beside it, in the same statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select

from models import Complaint
from services.access.scope import current_actor
from services.listing.frequency import is_of_few, without_index
from services.listing.queues import is_open

Asked = Mapping[str, ColumnElement[bool]]


@dataclass(frozen=True)
class Waiting:
    """How many complaints meet a condition (counted to a limit), and those of them that are due first."""

    count: int
    first: Sequence[int]


def counted(session: Session, asked: Asked, most: int, further: Mapping[str, Select[Any]]) -> dict[str, int]:
    """How many complaints meet each condition, and how many rows `further` gives, up to `most`; one statement."""
    open_ones = {key: made for key, made in asked.items() if is_of_few(made)}
    selects = {
        key: sa.select(Complaint.id).where(made) for key, made in asked.items() if key not in open_ones
    }
    selects |= further
    numbers = [_number(each, most) for each in selects.values()]
    statement: Any = sa.select(*numbers)
    if open_ones:
        work = _work(session, open_ones)
        sums = [sa.func.coalesce(sa.func.sum(work.c[key]), 0) for key in open_ones]
        statement = sa.select(*numbers, *sums).select_from(work)
    found = session.execute(statement).one()
    return {key: min(int(number), most) for key, number in zip([*selects, *open_ones], found, strict=True)}


def waiting(
    session: Session, asked: Asked, most: int, shown: int, indexes: Mapping[str, str]
) -> dict[str, Waiting]:
    """Of each condition how many meet it, and the first `shown` by due date; one statement.

    `indexes`: which one holds exactly what a condition asks for.
    """
    if not asked:
        return {}
    keys = list(asked)
    open_ones = {key: made for key, made in asked.items() if is_of_few(made)}
    work = _work(session, open_ones) if open_ones else None
    parts = []
    for place, (key, made) in enumerate(asked.items()):
        if work is not None and key in open_ones:
            mine = sa.select(work.c.id, work.c.due_at).where(work.c[key] == 1)
        else:
            # The few that other tables lead to, or those of an index of their own: never by way of all due dates.
            due_at = (
                Complaint.due_at
                if key in indexes
                else without_index(cast(Any, Complaint.due_at)).label("due_at")
            )
            mine = sa.select(Complaint.id, due_at).where(made)
            if key in indexes:
                mine = mine.with_hint(Complaint, f"INDEXED BY {indexes[key]}", "sqlite")
        parts.append(_lines(mine, place, most, shown))
    found: dict[str, list[Any]] = {key: [] for key in keys}
    whole = sa.union_all(*parts).subquery()
    # By way of the complaint, so that the session puts its rules on all of the statement.
    rows = sa.select(whole.c.place, Complaint.id, whole.c.number).join(whole, whole.c.id == Complaint.id)
    for place, id, number in session.execute(rows.order_by(whole.c.place, *_by_due(Complaint))):
        found[keys[place]].append((id, number))
    return {
        key: Waiting(min(lines[0][1], most) if lines else 0, [id for id, _ in lines])
        for key, lines in found.items()
    }


def _work(session: Session, asked: Asked) -> sa.CTE:
    """The open complaints that one may see, with a column for each condition."""
    # CASE leaves the rest of a condition alone once its first part is false; AND in a column would not.
    flags = [sa.case((made, 1), else_=0).label(key) for key, made in asked.items()]
    work = sa.select(Complaint.id, Complaint.due_at, *flags).where(is_open())
    if not current_actor(session).sees_few:  # whose complaints are looked up by their ids
        work = work.with_hint(Complaint, "INDEXED BY ix_complaints_open", "sqlite")
    return work.cte("open_work")


def _number(ids: Select[Any], most: int) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(ids.limit(most).subquery()).scalar_subquery()


def _lines(mine: Select[Any], place: int, most: int, shown: int) -> Select[Any]:
    first = mine.order_by(*_by_due(mine.selected_columns)).limit(shown).subquery()
    where = sa.literal_column(str(place), sa.Integer).label("place")
    return sa.select(where, first.c.id, _number(mine, most).label("number"))


def _by_due(columns: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return columns.due_at.nulls_last(), columns.id.asc()
