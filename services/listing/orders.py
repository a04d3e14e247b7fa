"""Keeps what complaints are sorted by in step with them, and with the names of departments and people.

Whatever a session flushes is taken up by a listener; what is written past it calls `rebuild` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Complaint, ComplaintOrder, Department, User
from pinyin import name_key, order_key
from services.access.scope import MARK

KEYED = {"department_id": "department_key", "handler_id": "handler_key", "product": "product_key"}
"""Columns of complaints whose order is that of a key."""
CHUNK = 1000

_complaints = cast(sa.Table, Complaint.__table__)
_orders = cast(sa.Table, ComplaintOrder.__table__)
_departments = cast(sa.Table, Department.__table__)
_users = cast(sa.Table, User.__table__)
_OWN = {MARK: "core"}


def install(session_class: Any) -> None:
    """Put the listener on the desk's sessions. Idempotent."""
    if not event.contains(session_class, "after_flush", _after_flush):
        event.listen(session_class, "after_flush", _after_flush)


def rebuild(connection: sa.Connection, ids: Iterable[int] | None = None) -> None:
    """Make the keys of these complaints, or of all, from what the tables hold now."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    made = insert(_orders)
    made = made.on_conflict_do_update(
        index_elements=[_orders.c.id], set_={name: made.excluded[name] for name in KEYED.values()}
    )
    keys = Keys(connection)
    for rows in _rows(connection, ids):
        lines = [
            {"id": row.id, **dict(zip(KEYED.values(), keys.of(row._mapping), strict=True))} for row in rows
        ]
        connection.execute(made.execution_options(**_OWN), lines)


class Keys:
    """What complaints are sorted by, from the names of departments and people as they are now."""

    def __init__(self, connection: sa.Connection) -> None:
        self.departments = {id: order_key(name) for id, name in _names(connection, _departments)}
        self.people = {id: name_key(name) for id, name in _names(connection, _users)}

    def of(self, values: Mapping[Any, Any]) -> tuple[str | None, ...]:
        """The keys of one complaint, in the order of KEYED."""
        return (
            self.departments.get(values.get("department_id")),
            self.people.get(values.get("handler_id")),
            order_key(values.get("product")),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Keys) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


def _names(connection: sa.Connection, table: sa.Table) -> list[Any]:
    return list(connection.execute(sa.select(table.c.id, table.c.name).execution_options(**_OWN)))


def _rows(connection: sa.Connection, ids: Iterable[int] | None) -> Iterator[list[Any]]:
    asked = sa.select(_complaints.c.id, *(_complaints.c[name] for name in KEYED)).execution_options(**_OWN)
    if ids is not None:
        remaining = iter(ids)
        while chunk := list(islice(remaining, CHUNK)):
            yield list(connection.execute(asked.where(_complaints.c.id.in_(chunk))))
        return
    last = 0
    while rows := list(
        connection.execute(asked.where(_complaints.c.id > last).order_by(_complaints.c.id).limit(CHUNK))
    ):
        yield rows
        last = rows[-1].id


def _after_flush(session: Session, _context: object) -> None:
    touched = [one.id for one in session.new if isinstance(one, Complaint)]
    touched += [one.id for one in session.dirty if isinstance(one, Complaint) and _has_moved(one)]
    if touched:
        rebuild(session.connection(), touched)
    for one in session.dirty:
        if isinstance(one, Department | User):
            state: Any = sa.inspect(one)
            if state.attrs["name"].history.has_changes():
                _renamed(session, one)


def _has_moved(complaint: Complaint) -> bool:
    state: Any = sa.inspect(complaint)
    return any(state.attrs[key].history.has_changes() for key in KEYED)


def _renamed(session: Session, one: Department | User) -> None:
    column, key = (
        ("department_id", order_key(one.name))
        if isinstance(one, Department)
        else ("handler_id", name_key(one.name))
    )
    theirs = sa.select(_complaints.c.id).where(_complaints.c[column] == one.id)
    changed = sa.update(_orders).where(_orders.c.id.in_(theirs)).values({KEYED[column]: key})
    session.connection().execute(changed.execution_options(**_OWN))
