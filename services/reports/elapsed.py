"""Time between two moments in SQL, in hours: each engine has its own word for it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.functions import FunctionElement


class hours_between(FunctionElement[float]):
    """`hours_between(from, until)`; negative when the second is earlier."""

    type = sa.Float()
    name = "hours_between"
    inherit_cache = True

    def __init__(self, start: ColumnElement[Any] | Any, end: ColumnElement[Any] | Any) -> None:
        super().__init__(start, end)


@compiles(hours_between, "sqlite")
def _sqlite(element: hours_between, compiler: Any, **kwargs: Any) -> str:
    start, end = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 24.0)"


@compiles(hours_between, "postgresql")
def _postgresql(element: hours_between, compiler: Any, **kwargs: Any) -> str:
    start, end = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({end} - {start})) / 3600.0 AS DOUBLE PRECISION)"
