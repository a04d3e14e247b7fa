"""One scope rule a table: which rows an actor may see, added to every statement that names a scoped table.

A session listener puts the rule on ORM selects and bulk statements. Core statements go through `apply`. What carries
neither (text, a forgotten Core select) is refused by an engine listener with `UnscopedStatement`, in production too:
a screen that fails is better than one that shows another department's case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql import ColumnElement

from models import Complaint
from services.access.rules import SCOPES, on_the_desk, visible_complaint_ids
from services.actor import NOBODY, Actor

MARK = "desk_scope"
"""Execution option that says how a statement came by its scope; the engine listener asks for it."""


__all__ = [
    "MARK",
    "SCOPES",
    "UnscopedStatement",
    "apply",
    "current_actor",
    "install",
    "rule_for",
    "scoped",
    "unscoped",
    "visible_complaint_ids",
]


class UnscopedStatement(RuntimeError):
    """A statement names a scoped table without its rule: a programming error, never the user's."""


_BY_TABLE = {model.__tablename__: model for model in SCOPES}
_NAMED = re.compile(r"\b(" + "|".join(sorted(_BY_TABLE, key=len, reverse=True)) + r")\b")


def rule_for(model: type[Any], actor: Actor) -> ColumnElement[bool]:
    """The condition on `model` for this actor: everything there is for the desk itself, nothing for nobody."""
    if actor.is_system:
        return on_the_desk() if model is Complaint else sa.true()
    if actor.user_id is None:
        return sa.false()
    return SCOPES[model](actor)


def apply(statement: Any, actor: Actor, *scoped: type[Any]) -> Any:
    """A Core select with the rules of the models it reads, marked as scoped.

    Name every scoped model of the statement; the engine listener can't tell that one was forgotten beside another.
    """
    for model in scoped:
        statement = statement.where(rule_for(model, actor))
    return statement.execution_options(**{MARK: "core"})


@contextmanager
def unscoped(session: Session, reason: str) -> Iterator[None]:
    """The desk's own bookkeeping over rows that the actor may not see (numbers, visibility, recipients).

    Every user of it is listed with its reason in tests/architecture; what it reads never reaches a screen.
    """
    outer = session.info.get("unscoped")
    session.info["unscoped"] = reason
    try:
        yield
    finally:
        session.info["unscoped"] = outer


def current_actor(session: Session) -> Actor:
    """Who this session works for; nobody until somebody is set."""
    actor: Actor = session.info.get("actor", NOBODY)
    return actor


@lru_cache(maxsize=256)
def _reachable(model: type[Any]) -> frozenset[type[Any]]:
    """The scoped models that eager loading could pull in beside `model`."""
    found: set[type[Any]] = set()
    queue = [model]
    while queue:
        mapper: Mapper[Any] = sa.inspect(queue.pop())
        for target in (relation.mapper.class_ for relation in mapper.relationships):
            if target in SCOPES and target not in found:
                found.add(target)
                queue.append(target)
    return frozenset(found)


def _models_in(statement: Any, entities: set[type[Any]]) -> set[type[Any]]:
    """The scoped models that the statement may read, eager loading of the selected `entities` included.

    UnscopedStatement for a plain table on its own, which no loader rule would reach.
    """
    entities = set(entities)
    plain: set[type[Any]] = set()
    for element in _parts(statement):
        if not isinstance(element, sa.Table | sa.Column):
            continue
        table = element if isinstance(element, sa.Table) else element.table
        model = _BY_TABLE.get(getattr(table, "name", ""))
        if model is not None:
            (entities if "parententity" in element._annotations else plain).add(model)
    reached = (entities & SCOPES.keys()).union(*(_reachable(cast(Any, entity)) for entity in entities))
    if plain - reached:
        raise UnscopedStatement(f"plain tables in an ORM statement: {plain - reached}")
    return reached


def _parts(statement: Any) -> Iterator[Any]:
    """Every element of the statement, each once: what many parts refer to (a CTE) is large in some."""
    seen: dict[int, Any] = {}  # with the elements themselves, so that no number is given anew meanwhile
    waiting = [statement]
    while waiting:
        element = waiting.pop()
        if id(element) not in seen:
            seen[id(element)] = element
            yield element
            waiting.extend(element.get_children())


def _add_rules(state: ORMExecuteState) -> None:
    if state.is_column_load:
        # The object was loaded under its rule; refreshing it must not fail after the actor handed it on.
        state.update_execution_options(**{MARK: "column"})
        return
    if not state.is_orm_statement or state.execution_options.get(MARK) == "core":
        return  # left to `apply` and the engine listener
    session = state.session
    if session.info.get("unscoped"):
        state.update_execution_options(**{MARK: "unscoped"})
        return
    reached = _models_in(state.statement, {mapper.class_ for mapper in state.all_mappers})
    state.statement = state.statement.options(*_rules(current_actor(session), reached))
    state.update_execution_options(**{MARK: "orm"})


def _rules(actor: Actor, reached: set[type[Any]]) -> list[Any]:
    if actor.is_system:
        return [
            with_loader_criteria(Complaint, on_the_desk(), include_aliases=True, propagate_to_loaders=False)
        ]
    return [
        with_loader_criteria(model, rule_for(model, actor), include_aliases=True, propagate_to_loaders=False)
        for model in sorted(reached, key=lambda model: model.__name__)
    ]


def scoped(session: Session, statement: sa.Select[Any]) -> sa.Select[Any]:
    """A select of mapped columns with the rules that `session.execute` would put on it.

    For `session.connection().execute`, which hands out the driver's rows as they are: a third of the time, which
    counts where a whole ledger is read.
    """
    named = {described.get("entity") for described in statement.column_descriptions} - {None}
    reached = _models_in(statement, {sa.inspect(entity).mapper.class_ for entity in named})
    rules = _rules(current_actor(session), reached)
    return statement.options(*rules).execution_options(**{MARK: "orm"})


def _flush_begins(session: Session, *_: Any) -> None:
    session.connection().info["desk_flush"] = True


def _flush_ends(session: Session, *_: Any) -> None:
    session.connection().info.pop("desk_flush", None)


def _returned(dbapi_connection: Any, record: Any) -> None:
    """A failed flush never reaches `after_flush`: its mark goes with the connection's return to the pool."""
    record.info.pop("desk_flush", None)


def _refuse_unscoped(
    connection: sa.Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> None:
    options = context.execution_options if context is not None else {}
    if options.get(MARK):
        return
    verb = statement.lstrip()[:6].upper()
    if verb in {"INSERT", "CREATE", "PRAGMA", "ALTER ", "DROP T"}:
        return
    if verb in {"UPDATE", "DELETE"} and connection.info.get("desk_flush"):
        return
    named = _NAMED.search(statement)
    if named:
        raise UnscopedStatement(f"statement on {named.group(1)} without its scope rule: {statement[:120]}")


def install(session_class: Any, engine: sa.Engine) -> None:
    """Put the listeners on the desk's sessions and its engine. Idempotent."""
    if not event.contains(session_class, "do_orm_execute", _add_rules):
        event.listen(session_class, "do_orm_execute", _add_rules)
        event.listen(session_class, "before_flush", _flush_begins)
        event.listen(session_class, "after_flush", _flush_ends)
    if not event.contains(engine, "before_cursor_execute", _refuse_unscoped):
        event.listen(engine, "before_cursor_execute", _refuse_unscoped)
        event.listen(engine, "checkin", _returned)
