"""Imported rows written in bulk: no operation, no clock and no message is involved."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa

from models import ComplaintOrder, ComplaintValue
from services.access.scope import MARK
from services.ledger.bulk import Row, Shape, make_room, put
from services.ledger.preparing import Prepared, Shapes, Terms
from services.listing import orders


class Writer:
    """Writes the rows of one batch, some thousand at a time. Nobody sees them before `publish`."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.shapes = Shapes(terms.dialect)

    def write(self, connection: sa.Connection, prepared: Prepared) -> list[Row]:
        """Write what was prepared, with ids. Returns the texts for services.ledger.searchable, with theirs."""
        make_room(connection)
        ids = _new_ids(connection, len(prepared.complaints))
        complaint = self.shapes.complaint
        put(connection, complaint.table, ("id", *complaint.names), _with_ids(ids, prepared.complaints))
        self._put_parts(connection, self.shapes.party, ids, prepared.parties)
        self._put_parts(connection, self.shapes.reply, ids, prepared.replies)
        if prepared.values:
            table = cast(sa.Table, ComplaintValue.__table__)
            connection.execute(
                sa.insert(table), [{**value, "complaint_id": ids[at]} for at, value in prepared.values]
            )
        if orders.Keys(connection) == self.terms.keys:
            names = ("id", *orders.KEYED.values())
            put(connection, ComplaintOrder.__tablename__, names, _with_ids(ids, prepared.orders))
        else:  # a department or a person got another name since the rows were made ready
            orders.rebuild(connection, ids)
        return _with_ids(ids, prepared.texts)

    def _put_parts(
        self, connection: sa.Connection, shape: Shape, ids: list[int], parts: list[tuple[int, Row]]
    ) -> None:
        put(connection, shape.table, ("complaint_id", *shape.names), [(ids[at], *row) for at, row in parts])


def _with_ids(ids: list[int], rows: list[Row]) -> list[Row]:
    return [(key, *row) for key, row in zip(ids, rows, strict=True)]


def _new_ids(connection: sa.Connection, count: int) -> list[int]:
    """Ids for rows to come: known beforehand, so that nothing has to be read back."""
    if connection.dialect.name == "sqlite":  # the transaction holds the only write lock
        last = connection.scalar(
            sa.text("SELECT max(id) FROM complaints").execution_options(**{MARK: "core"})
        )
        return list(range((last or 0) + 1, (last or 0) + count + 1))
    asked = sa.text(
        "SELECT nextval(pg_get_serial_sequence('complaints', 'id')) FROM generate_series(1, :count)"
    )
    return list(connection.scalars(asked.execution_options(**{MARK: "core"}), {"count": count}))
