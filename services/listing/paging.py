"""How a list reads one page: by a cursor along the ladder of its order, or by its number."""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select

from models import Complaint
from models.fields import FieldSpec
from services.actor import Actor
from services.listing import columns as cols
from services.listing import filters as flt
from services.listing.counting import COUNTED
from services.listing.jumping import by_month
from services.listing.keyset import Cursor, Order
from services.listing.ladder import Found, Ladder, ladder_of, whole_audiences
from services.listing.listed import ListedPage
from services.listing.narrowing import Narrowed

Words = dict[str, dict[str, str]]


class Paged:
    """The part of a list query that finds the rows of a page."""

    model: type[Any]
    actor: Actor
    zone: ZoneInfo
    filters: tuple[flt.Filter, ...]
    search: str
    sort: str
    page_size: int
    number: int
    locale: str

    @property
    @abstractmethod
    def found(self) -> Narrowed: ...

    @property
    @abstractmethod
    def _reads_few(self) -> bool: ...

    @abstractmethod
    def page(self, session: Session) -> ListedPage: ...

    @abstractmethod
    def _order(self, sources: cols.Sources) -> tuple[Order, FieldSpec | None]: ...

    @abstractmethod
    def _where(self, statement: Select[Any], sources: cols.Sources) -> Select[Any]: ...

    @abstractmethod
    def _columns(self, sources: cols.Sources, *, full: bool, sort: Order | None = None) -> Select[Any]: ...

    @abstractmethod
    def _words(self, session: Session) -> Words: ...

    @abstractmethod
    def _listed(
        self,
        found: Sequence[Any],
        cursor: Cursor | None,
        more: bool,
        words: Words,
        keys: Mapping[int, Any] | None = None,
        skipped: int = 0,
    ) -> ListedPage: ...

    def _numbered(self, session: Session) -> ListedPage:
        """The page of this number, or the last one that has one."""
        skipped = min(self.number - 1, (self.reach() - 1) // self.page_size) * self.page_size
        if found := self._after(session, skipped):
            return self._rows_of(session, found, None, skipped)
        return replace(cast(Any, self), number=1, cursor=Cursor(self.sort, "last").encode()).page(session)

    def _after(self, session: Session, skipped: int) -> list[Found]:
        """Ids and sort values of a page and of one row more, after so many rows."""
        sources = cols.Sources(self.model, self.locale)
        order, spec = self._order(sources)
        size, descending = self.page_size + 1, self.sort.startswith("-")
        if self._counts_by_month:
            return by_month(session, self.actor, skipped, size, descending)
        if self.model is Complaint:
            found = self._ladder(spec).page(
                session, lambda asked: self._where(asked, sources), None, skipped + size
            )
            return found[skipped:]
        asked = self._where(sa.select(self.model.id.label("id"), order.key.label("key")), sources)
        asked = sources.joined(asked).order_by(*order.clauses()).offset(skipped).limit(size)
        return [(row.id, row.key) for row in session.execute(asked)]

    def _ladder(self, spec: FieldSpec | None) -> Ladder:
        place = next((one for one in self.filters if spec is not None and one.key == spec.key), None)

        def within(key: ColumnElement[Any]) -> ColumnElement[bool]:
            return sa.true() if place is None or spec is None else flt.within(spec, key, place, self.zone)

        return ladder_of(spec, self.sort.startswith("-"), self.actor, self._reads_few, within)

    @property
    def _counts_by_month(self) -> bool:
        is_whole = not (self.search or self.filters) and bool(whole_audiences(self.actor))
        return self.model is Complaint and is_whole and self.sort.removeprefix("-") == "received_at"

    def reach(self) -> int:
        """How many rows can be passed over to a page by its number; in all others one leafs."""
        return sys.maxsize if self._counts_by_month else COUNTED

    def _climbed(self, session: Session, spec: FieldSpec | None, cursor: Cursor | None) -> list[Found]:
        """Ids and sort values of the page and of one row more."""
        if self.found.ids == frozenset():
            return []
        ladder = self._ladder(spec)
        sources = cols.Sources(self.model, self.locale)
        return ladder.page(
            session, lambda statement: self._where(statement, sources), cursor, self.page_size + 1
        )

    def _rows_of(
        self, session: Session, found: list[Found], cursor: Cursor | None, skipped: int = 0
    ) -> ListedPage:
        more = len(found) > self.page_size
        backwards = cursor is not None and cursor.side in ("before", "last")
        shown = found[-self.page_size :] if backwards else found[: self.page_size]
        place = {id: number for number, (id, _) in enumerate(shown)}
        rows: list[Any] = []
        if place:
            sources = cols.Sources(self.model, self.locale)
            statement = self._columns(sources, full=False).where(self.model.id.in_(place))
            rows = sorted(session.execute(sources.joined(statement)), key=lambda row: place[row._id])
        return self._listed(rows, cursor, more, self._words(session), dict(shown), skipped)
