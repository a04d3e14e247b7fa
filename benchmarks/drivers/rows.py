"""The rows of the plain writers: the 25 columns with names of department and handler, through SQLAlchemy Core."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from benchmarks.peers.columns import EXPORTED, named

_NAMES = {"department_id": "d.name", "handler_id": "u.name"}
QUERY = (
    "SELECT "
    + ", ".join(f"{_NAMES.get(key, f'c.{key}')} AS {named(key)}" for key in EXPORTED)
    + " FROM complaints c LEFT JOIN departments d ON d.id = c.department_id LEFT JOIN users u ON u.id = c.handler_id"
    " ORDER BY c.received_at DESC, c.id DESC"
)
_TYPES: dict[str, Any] = {
    **dict.fromkeys(("received_at", "due_at", "replied_at", "closed_at"), sa.DateTime()),
    "occurred_on": sa.Date(),
    "is_anonymous": sa.Boolean(),
}
HEADINGS = [named(key) for key in EXPORTED]


def rows() -> Iterator[Any]:
    """All of them, streamed."""
    engine = sa.create_engine(os.environ["BENCH_DATABASE_URL"])
    typed = sa.text(QUERY).columns(*(sa.column(name, _TYPES.get(name, sa.String())) for name in HEADINGS))
    with engine.connect().execution_options(stream_results=True, max_row_buffer=1000) as connection:
        yield from connection.execute(typed)
