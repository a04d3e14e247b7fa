"""What the desk knows of how often a condition holds, said to SQLite, which keeps no frequencies of its own.

PostgreSQL has its statistics and reads the conditions as they are.
"""

from __future__ import annotations

from operator import and_, or_
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.functions import GenericFunction


def common(made: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition that many rows meet: its index would hand over half the table to be sorted."""
    if isinstance(made, BooleanClauseList) and made.operator is and_:
        return sa.and_(sa.true(), *(common(each) for each in made.clauses))
    return made if isinstance(made, _Few) else _Common(made)


def few(made: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition that few rows meet at any time, with an index of its own: that is the way to them."""
    return _Few(made)


def is_of_few(made: ColumnElement[bool]) -> bool:
    """Whether a condition holds for few rows at any time, because part of it does."""
    if isinstance(made, BooleanClauseList) and made.operator is and_:
        return any(is_of_few(each) for each in made.clauses)
    return isinstance(made, _Few)


def without_index(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value to sort few rows by, which are found first: not the order to read all rows in."""
    return _Plain(value, type_=value.type)


def bytewise(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text to sort by, compared as SQLite compares it, whatever language the database was set up in."""
    return _Bytewise(value, type_=value.type)


def is_among(id: Any, ids: sa.Select[Any]) -> ColumnElement[bool]:
    """One of the ids that a query gives, as an index can look for it also beside other conditions (OR)."""
    return _Among(id, ids.scalar_subquery())


class _Marked(GenericFunction[bool]):
    type = sa.Boolean()
    inherit_cache = True
    name = "desk_marked"

    def self_group(self, against: Any = None) -> Any:
        """As it is: compared with 1, as SQLite's booleans are, the condition would hide from its index."""
        return self


class _Common(_Marked):
    inherit_cache = True
    name = "desk_common"


class _Few(_Marked):
    inherit_cache = True
    name = "desk_few"


class _Plain(GenericFunction[Any]):
    inherit_cache = True
    name = "desk_plain"


class _Bytewise(GenericFunction[Any]):
    inherit_cache = True
    name = "desk_bytewise"


class _Among(_Marked):
    inherit_cache = True
    name = "desk_among"


@compiles(_Among)
def _in(element: _Among, compiler: Any, **options: Any) -> str:
    id, ids = (compiler.process(each, **options) for each in element.clauses.clauses)
    return f"{id} IN {ids}"


@compiles(_Among, "postgresql")
def _any_of(element: _Among, compiler: Any, **options: Any) -> str:
    id, ids = (compiler.process(each, **options) for each in element.clauses.clauses)
    return f"{id} = ANY (ARRAY{ids})"


@compiles(_Common)
@compiles(_Few)
@compiles(_Plain)
@compiles(_Bytewise)
def _as_it_is(element: GenericFunction[Any], compiler: Any, **options: Any) -> str:
    return f"({_inner(element, compiler, options)})"


@compiles(_Common, "sqlite")
def _likely(element: _Common, compiler: Any, **options: Any) -> str:
    inner = _inner(element, compiler, options)
    made = element.clauses.clauses[0]
    # Of an OR, each part would be looked for in its own index however likely the whole is: the sign hides it.
    is_either = isinstance(made, BooleanClauseList) and made.operator is or_
    return f"+({inner})" if is_either else f"likely({inner})"


@compiles(_Bytewise, "postgresql")
def _in_c(element: _Bytewise, compiler: Any, **options: Any) -> str:
    return f'({_inner(element, compiler, options)} COLLATE "C")'


@compiles(_Plain, "sqlite")
def _with_a_sign(element: _Plain, compiler: Any, **options: Any) -> str:
    return f"+{_inner(element, compiler, options)}"


def _inner(element: GenericFunction[Any], compiler: Any, options: dict[str, Any]) -> str:
    return str(compiler.process(element.clauses.clauses[0], **options))
