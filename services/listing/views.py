"""Saved views and chosen columns of a person, one screen at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select

from models import ColumnChoice, Complaint, SavedView, User
from models.labels import _l
from services.errors import Invalid, NotFound
from services.listing.columns import offered
from services.listing.open_work import counted
from services.listing.query import ListQuery
from services.own_fields import NOTHING, declared
from services.unit_of_work import UnitOfWork

MOST_VIEWS = 30
COUNTED_TO = 99
"""Beyond it, counts beside views say "more"."""
LONGEST_NAME = 60


@dataclass(frozen=True)
class View:
    """A saved view as a list shows it; `own` ones may be changed."""

    id: int
    name: str
    query: str
    columns: tuple[str, ...]
    own: bool
    shared: bool


def columns_of(session: Session, user_id: int | None, screen: str) -> tuple[str, ...]:
    """The columns that a person chose for a screen; empty for the standard ones."""
    if user_id is None:
        return ()
    kept = session.scalar(
        sa.select(ColumnChoice.columns).where(ColumnChoice.user_id == user_id, ColumnChoice.screen == screen)
    )
    return tuple(kept or ())


def views_of(session: Session, query: ListQuery, screen: str) -> list[View]:
    """One's own views of a screen and those that colleagues of the department share, by name."""
    actor = query.actor
    colleagues = sa.and_(SavedView.is_shared, User.department_id == actor.department_id)
    rows = session.execute(
        sa.select(
            *(getattr(SavedView, key) for key in ("id", "name", "query", "columns", "user_id", "is_shared"))
        )
        .join(User, User.id == SavedView.user_id)
        .where(SavedView.screen == screen, sa.or_(SavedView.user_id == actor.user_id, colleagues))
        .order_by(SavedView.name, SavedView.id)
        .limit(MOST_VIEWS)
    )
    return [
        View(
            row.id,
            row.name,
            str(row.query.get("params", "")),
            tuple(row.columns),
            row.user_id == actor.user_id,
            row.is_shared,
        )
        for row in rows
    ]


def counts(session: Session, query: ListQuery, searches: Sequence[str]) -> list[int]:
    """How many rows each of the searches (query strings) finds in the list of `query`, up to COUNTED_TO + 1."""
    asked: dict[str, ColumnElement[bool]] = {}
    further: dict[str, Select[Any]] = {}
    for place, params in enumerate(searches):
        one = ListQuery.from_params(
            query.model, params, query.actor, query.zone, locale=query.locale, declared=query.declared
        )
        if one.is_of_few and not one.search:
            asked[f"s{place}"] = one.condition()
        else:
            if one.search:
                one.look_up(session)
            further[f"s{place}"] = one.ids_statement()
    found = counted(session, asked, COUNTED_TO + 1, further) if searches else {}
    return [found[f"s{place}"] for place in range(len(searches))]


def choose_columns(work: UnitOfWork, model: type[Any], screen: str, columns: Sequence[str]) -> None:
    """Keep the columns a person chose, in their order; none: back to the standard ones."""
    added = declared(work.session, work.actor, "en") if model is Complaint else NOTHING
    known = {spec.key for spec in offered(model, added)}
    kept = [key for key in dict.fromkeys(columns) if key in known]
    row = work.session.scalars(
        sa.select(ColumnChoice).where(
            ColumnChoice.user_id == work.actor.user_id, ColumnChoice.screen == screen
        )
    ).first()
    if not kept:
        if row is not None:
            work.session.delete(row)
    elif row is None:
        work.session.add(ColumnChoice(user_id=work.actor.user_id, screen=screen, columns=kept))
    else:
        row.columns = kept


def save_view(
    work: UnitOfWork, model: type[Any], screen: str, name: str, query: ListQuery, shared: bool
) -> SavedView:
    """A new view under `name`, or the own one of that name with other contents. Invalid without a name."""
    name = name.strip()[:LONGEST_NAME]
    if not name:
        raise Invalid({"name": _l("Give the view a name.")})
    own = sa.select(SavedView).where(SavedView.user_id == work.actor.user_id, SavedView.screen == screen)
    view = work.session.scalars(own.where(SavedView.name == name)).first()
    if view is None:
        number = work.session.scalar(sa.select(sa.func.count()).select_from(own.subquery())) or 0
        if number >= MOST_VIEWS:
            raise Invalid({"name": _l("You have %(n)s views here; delete one first.", n=MOST_VIEWS)})
        view = SavedView(user_id=work.actor.user_id, screen=screen, name=name)
        work.session.add(view)
    view.query = {"params": urlencode(query.params())}
    view.columns = list(query.columns)
    view.is_shared = shared
    work.session.flush()
    return view


def own_view(work: UnitOfWork, screen: str, view_id: int) -> SavedView:
    """One's own view. NotFound for anybody else's."""
    view = work.session.scalars(
        sa.select(SavedView).where(
            SavedView.id == view_id, SavedView.user_id == work.actor.user_id, SavedView.screen == screen
        )
    ).first()
    if view is None:
        raise NotFound
    return view


def rename_view(work: UnitOfWork, screen: str, view_id: int, name: str, query: ListQuery) -> None:
    """Another name, and the filters and columns that the list shows now."""
    view = own_view(work, screen, view_id)
    name = name.strip()[:LONGEST_NAME]
    taken = work.session.scalar(
        sa.select(SavedView.id).where(
            SavedView.user_id == work.actor.user_id,
            SavedView.screen == screen,
            SavedView.name == name,
            SavedView.id != view.id,
        )
    )
    if not name or taken is not None:
        raise Invalid(
            {"name": _l("There is already a view of this name.") if name else _l("Give the view a name.")}
        )
    view.name = name
    view.query = {"params": urlencode(query.params())}
    view.columns = list(query.columns)


def share_view(work: UnitOfWork, screen: str, view_id: int) -> None:
    """Share a view with the department, or stop sharing it."""
    view = own_view(work, screen, view_id)
    view.is_shared = not view.is_shared


def delete_view(work: UnitOfWork, screen: str, view_id: int) -> None:
    """Delete one's own view (a setting, no record)."""
    work.session.delete(own_view(work, screen, view_id))
