"""What a list says of its search and filters."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint
from models.fields import relation_target
from models.labels import _l
from services.actor import Actor
from services.listing import columns as cols
from services.listing import filters as flt
from services.own_fields import Declared
from services.reports.drilling import part_words


class Described:
    """The part of a list query that puts what was asked for into words."""

    model: type[Any]
    actor: Actor
    filters: tuple[flt.Filter, ...]
    search: str
    sort: str
    locale: str
    declared: Declared

    @property
    def context(self) -> flt.Context:
        """What the conditions of the filters depend on."""
        raise NotImplementedError

    def filter_params(self) -> list[tuple[str, str]]:
        """Search and filters as address parameters."""
        pairs = [("q", self.search)] if self.search else []
        return pairs + [pair for one in self.filters for pair in one.params()]

    def params(self) -> list[tuple[str, str]]:
        """Search, filters and order: what a saved view, an export and every link of the page carry on."""
        return self.filter_params() + ([("sort", self.sort)] if self.sort else [])

    def token(self) -> str:
        """ "Everything that matches" as one word; `ListQuery.from_token` reads it under whatever scope is then due."""
        # The question mark keeps the token of a list without filters from being empty, which means "none given".
        return base64.urlsafe_b64encode(f"?{urlencode(self.filter_params())}".encode()).decode()

    def describe(self, session: Session) -> list[tuple[Any, str]]:
        """Label and wording of the search and of every filter (chips, second sheet of the workbook)."""
        said: list[tuple[Any, str]] = [(_l("Search"), self.search)] if self.search else []
        return said + [flt.labels(one, self.context, self.names_of(session, one)) for one in self.filters]

    def names_of(self, session: Session, one: flt.Filter) -> list[str]:
        """Names of the records that a relation filter picked."""
        return [name for _, name in self.picks(session, one)]

    def picks(self, session: Session, one: flt.Filter) -> list[tuple[str, str]]:
        """Addresses and names of the records that a relation filter picked; foreign ones are not named."""
        if self.model is Complaint and one.key == "part":
            return [(value, part_words(session, value)) for value in one.values]
        offered = flt.offered_filters(self.model, self.actor, self.declared)
        spec = next((s for s in offered if s.key == one.key and s.relation), None)
        if spec is None:
            return []
        addresses = [part for value in one.values for part in value.split(",") if part != flt.NONE]
        target = relation_target(self.model, spec)
        if not addresses or not hasattr(target, "public_id"):
            return [(each, each) for each in addresses]
        shown = getattr(target, cols.display_key(target, self.locale))
        rows = session.execute(sa.select(target.public_id, shown).where(target.public_id.in_(addresses)))
        return [(row[0], str(row[1])) for row in rows]
