"""The rows of one page by ranges of an index, however long the list is.

An order has up to two rungs, the rows that have a value and those that have none (last in either direction, on both
engines): each is a range of one index, read from the cursor on and no further than the page is long. The rung of who
sees some departments only is read from their own rows of `complaint_visibility`, one range for each audience.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select

from models import Complaint, ComplaintValue
from models.complaint_orders import ORDER_KEY
from models.fields import FieldSpec
from models.types import Moment
from services.access.visibility import ORDERS as SEEN_IN
from services.actor import Actor
from services.listing.columns import typed_column
from services.listing.frequency import common, without_index
from services.listing.keyset import Cursor, Order
from services.listing.orders import KEYED

Found = tuple[int, Any]
"""Id and sort value of a row."""
_ID = cast(ColumnElement[int], Complaint.id)
Narrow = Callable[[Select[Any]], Select[Any]]

# Not the model, whose rule shows nobody a row: the complaint that each one leads to carries its own rule.
seen = sa.table(
    "complaint_visibility",
    sa.column("complaint_id", sa.Integer),
    sa.column("audience", sa.String),
    *(sa.column(name, Moment) for name in SEEN_IN),
)

keys = sa.table(
    "complaint_orders", sa.column("id", sa.Integer), *(sa.column(name, ORDER_KEY) for name in KEYED.values())
)


@dataclass(frozen=True)
class Rung:
    """Rows in the order of one index, which `ranges` are parts of (one after the other they would be sorted)."""

    order: Order
    ranges: tuple[Select[Any], ...]
    """Selects of id and sort value."""
    is_blank: bool = False


@dataclass(frozen=True)
class Ladder:
    """All rows of a list in their order."""

    rungs: tuple[Rung, ...]

    def page(self, session: Session, narrow: Narrow, cursor: Cursor | None, size: int) -> list[Found]:
        """At most `size` rows on the cursor's side, in the order of the list."""
        backwards = cursor is not None and cursor.side in ("before", "last")
        found: list[Found] = []
        for rung, start in self._rungs_from(cursor, backwards):
            statement = _read(rung, narrow, start, backwards, size - len(found))
            found += [(row.id, row.key) for row in session.execute(statement)]
            if len(found) >= size:
                break
        return found[::-1] if backwards else found

    def _rungs_from(self, cursor: Cursor | None, backwards: bool) -> Iterator[tuple[Rung, Cursor | None]]:
        rungs = self.rungs[::-1] if backwards else self.rungs
        if cursor is None or cursor.side == "last":
            yield from ((rung, None) for rung in rungs)
            return
        begun = False
        for rung in rungs:
            is_here = rung.is_blank is (cursor.value is None)
            if is_here:
                yield rung, replace(cursor, value=cursor.id) if rung.is_blank else cursor
            elif begun:
                yield rung, None
            begun = begun or is_here


def _read(rung: Rung, narrow: Narrow, start: Cursor | None, backwards: bool, size: int) -> Select[Any]:
    def part(selected: Select[Any]) -> Select[Any]:
        made = narrow(selected)
        if start is not None:
            made = made.where(rung.order.beyond(start))
        return made.order_by(*rung.order.clauses(backwards)).limit(size)

    if len(rung.ranges) == 1:
        return part(rung.ranges[0])
    parts = (part(selected).subquery() for selected in rung.ranges)
    # Not UNION ALL: one complaint may be seen by way of several audiences.
    whole = sa.union(*(sa.select(each.c.id, each.c.key) for each in parts)).subquery()
    order = Order(whole.c.key, whole.c.id, False, rung.order.descending)
    # By way of the complaint, so that the session puts its rules on all of the statement.
    found = sa.select(Complaint.id.label("id"), whole.c.key).join(whole, whole.c.id == Complaint.id)
    return found.order_by(*order.clauses(backwards)).limit(size)


def ladder_of(
    spec: FieldSpec | None,
    descending: bool,
    actor: Actor,
    sorts_few: bool,
    within: Callable[[ColumnElement[Any]], ColumnElement[bool]],
) -> Ladder:
    """The ladder of complaints in the order of this field; without one, the latest written first.

    `sorts_few`: few rows are found first and sorted then, so that no index of the order is wanted. `within`: the part
    of the order that is asked for, said of a column that repeats it.
    """
    if spec is None:
        id = without_index(_ID) if sorts_few else _ID
        order = Order(id, id, False, True)
        return Ladder((Rung(order, (_selected(Complaint.id, Complaint.id),)),))
    if spec.code is not None:
        return _of_values(spec, descending)
    if spec.key in KEYED:
        return _of_keys(spec, descending, sorts_few)
    key, nullable = getattr(Complaint, spec.key), bool(spec.column.nullable)
    if sorts_few:
        id = without_index(_ID)
        return _both([_selected(Complaint.id, key)], without_index(key), id, nullable, descending, common)
    if spec.key in SEEN_IN and not (actor.is_system or "*" in actor.audiences):
        return _of_audiences(spec, descending, actor, within)
    return _both([_selected(Complaint.id, key)], key, Complaint.id, nullable, descending)


def _selected(id: Any, key: Any) -> Select[Any]:
    return sa.select(id.label("id"), key.label("key"))


def _both(
    ranges: Sequence[Select[Any]],
    key: Any,
    id: Any,
    nullable: bool,
    descending: bool,
    marked: Callable[[ColumnElement[bool]], ColumnElement[bool]] = lambda made: made,
) -> Ladder:
    """The rungs of the rows with and without a value."""
    order = Order(key, id, False, descending)
    if not nullable:
        return Ladder((Rung(order, tuple(ranges)),))
    given = tuple(each.where(marked(key.is_not(None))) for each in ranges)
    blank = tuple(each.where(marked(key.is_(None))) for each in ranges)
    return Ladder((Rung(order, given), Rung(Order(id, id, False, descending), blank, is_blank=True)))


def _of_audiences(
    spec: FieldSpec,
    descending: bool,
    actor: Actor,
    within: Callable[[ColumnElement[Any]], ColumnElement[bool]],
) -> Ladder:
    key: ColumnElement[Any] = seen.c[spec.key]
    ranges = [
        sa.select(seen.c.complaint_id.label("id"), key.label("key"))
        .select_from(seen.join(Complaint, Complaint.id == seen.c.complaint_id))
        .where(seen.c.audience == audience, within(key))
        for audience in sorted(actor.audiences)
    ]
    return _both(ranges, key, seen.c.complaint_id, bool(spec.column.nullable), descending)


def _of_keys(spec: FieldSpec, descending: bool, sorts_few: bool) -> Ladder:
    """By what is kept beside the complaints for the order of names and texts."""
    key: ColumnElement[Any] = keys.c[KEYED[spec.key]]
    selected = _selected(_ID, key)
    if sorts_few:
        # From the few complaints to their keys, never the other way round.
        outer = selected.select_from(Complaint).outerjoin(keys, keys.c.id == _ID)
        return _both([outer], without_index(key), without_index(_ID), True, descending, common)
    return _both(
        [selected.select_from(keys.join(Complaint, keys.c.id == _ID))], key, keys.c.id, True, descending
    )


def _of_values(spec: FieldSpec, descending: bool) -> Ladder:
    """By the typed rows of a declared field; complaints without one stand last."""
    key, value_of = getattr(ComplaintValue, typed_column(spec)), cast(Any, ComplaintValue.complaint_id)
    mine = ComplaintValue.code == spec.code
    given: Select[Any] = sa.select(value_of.label("id"), key.label("key"))
    having = sa.select(value_of).where(mine, value_of == Complaint.id)
    blank = _selected(_ID, sa.null())
    return Ladder(
        (
            Rung(
                Order(key, value_of, False, descending), (given.join(Complaint, value_of == _ID).where(mine),)
            ),
            Rung(Order(_ID, _ID, False, descending), (blank.where(~having.exists()),), is_blank=True),
        )
    )


def whole_audiences(actor: Actor) -> list[str]:
    """The audiences of whoever reads all departments that lead to each complaint once; of others there are none.

    A confidential complaint has no "*", and no other one has a "c…".
    """
    return sorted(each for each in actor.audiences if each[0] in "*c") if "*" in actor.audiences else []


def seen_by(actor: Actor) -> Select[Any]:
    """Ids of all complaints that the actor may see, each once, out of the index alone."""
    if mine := whole_audiences(actor):
        return sa.select(seen.c.complaint_id).where(seen.c.audience.in_(mine))
    return sa.select(seen.c.complaint_id).where(seen.c.audience.in_(sorted(actor.audiences))).distinct()
