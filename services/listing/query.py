"""One list over one mapped model: what is shown, which rows, in which order, which page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select

from models import Complaint
from models.fields import FieldSpec
from models.labels import _l
from services.access.masking import CASE_KEYS, mask
from services.access.scope import current_actor
from services.actor import Actor
from services.errors import Invalid
from services.listing import columns as cols
from services.listing import filters as flt
from services.listing.asked import PAGE_SIZES, Params, page_number_of, page_size_of, pairs_of
from services.listing.counting import COUNTABLE, among_the_first, number_of, number_visible
from services.listing.describing import Described
from services.listing.frequency import common, without_index
from services.listing.frequency import is_of_few as holds_for_few
from services.listing.keyset import Cursor, Order, decode
from services.listing.ladder import whole_audiences
from services.listing.listed import Count, Keys, ListedPage, ListRow, position_of
from services.listing.narrowing import Narrowed, narrowed
from services.listing.paging import Paged, Words
from services.listing.search import search_condition
from services.own_fields import NOTHING, Declared
from services.procedures.wording import grade_names
from services.search import among


@dataclass(frozen=True)
class ListQuery(Described, Paged):
    """A list as asked for. Make it with `from_params`; it reads nothing before `page`, `count` or `iterate`."""

    model: type[Any]
    actor: Actor
    zone: ZoneInfo
    columns: tuple[str, ...]
    filters: tuple[flt.Filter, ...] = ()
    search: str = ""
    sort: str = ""
    page_size: int = PAGE_SIZES[0]
    cursor: str = ""
    number: int = 1
    """Of the page asked for; a cursor wins over it."""
    locale: str = "zh_Hans_CN"
    extra: tuple[str, ...] = ()
    """Further fields to load though no column shows them (for colours and links)."""
    declared: Declared = NOTHING
    """The fields that procedures declare, for lists of complaints (services.own_fields.declared)."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def from_params(
        cls,
        model: type[Any],
        params: Params,
        actor: Actor,
        zone: ZoneInfo,
        *,
        columns: Sequence[str] = (),
        default_sort: str = "",
        locale: str = "zh_Hans_CN",
        extra: Sequence[str] = (),
        declared: Declared = NOTHING,
    ) -> ListQuery:
        """The list that address parameters ask for.

        Parameters: `f.…` filters, `q` search, `sort` (`key` or `-key`), `page_size`, `cursor`, `columns` (keys with
        commas; wins over the argument, which is the person's own choice).
        """
        pairs = pairs_of(params)
        last = dict(pairs)
        asked = last["columns"].split(",") if last.get("columns") else columns
        offered = {spec.key for spec in cols.offered(model, declared)}
        shown = tuple(dict.fromkeys(key for key in asked if key in offered)) or cols.default_keys(
            model, declared
        )
        sortable = {spec.key for spec in cols.offered(model, declared) if cols.is_sortable(spec)}
        sort = next((s for s in (last.get("sort", ""), default_sort) if s.removeprefix("-") in sortable), "")
        size = page_size_of(last.get("page_size", ""))
        return cls(
            model=model,
            actor=actor,
            zone=zone,
            columns=shown,
            filters=flt.parse(model, pairs, declared),
            search=last.get("q", "").strip(),
            sort=sort,
            page_size=size,
            cursor=last.get("cursor", ""),
            number=page_number_of(last.get("page", "")),
            locale=locale,
            extra=tuple(extra),
            declared=declared,
        )

    # What it says of itself

    @cached_property
    def specs(self) -> list[FieldSpec]:
        """The fields shown, in their order."""
        known = {spec.key: spec for spec in cols.offered(self.model, self.declared)}
        return [known[key] for key in self.columns if key in known]

    @property
    def context(self) -> flt.Context:
        return flt.Context(self.model, self.actor, self.zone, self.now, self.declared)

    @classmethod
    def from_token(
        cls, model: type[Any], token: str, actor: Actor, zone: ZoneInfo, declared: Declared = NOTHING
    ) -> ListQuery:
        """The list behind a token. Invalid when it is broken: nothing may be done to rows nobody asked for."""
        try:
            text = base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode().removeprefix("?")
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
        except (ValueError, binascii.Error, UnicodeError):
            raise Invalid({"filter": _l("The filter cannot be read. Open the list again.")}) from None
        return cls.from_params(model, pairs, actor, zone, declared=declared)

    # Reading

    def look_up(self, session: Session) -> None:
        """Ask the indexes once where to look."""
        if self.model is Complaint and (self.search or self.filters) and "_found" not in self.__dict__:
            found = self.__dict__["_found"] = narrowed(session, self.search, self.filters, self.context)
            if found.ids is not None:
                self.__dict__["_where_to_look"] = among(session, sorted(found.ids))

    @property
    def found(self) -> Narrowed:
        """Where to look, as far as it was looked up."""
        found: Narrowed = self.__dict__.get("_found", Narrowed())
        return found

    @property
    def is_common(self) -> bool:
        """Whether what is asked for is on so many complaints that the list is read in its order to find them."""
        if self.model is not Complaint or self.actor.is_system:
            return False
        return self.found.has_common_words or not self._reads_few

    @property
    def _reads_few(self) -> bool:
        """Whether the rows are found first and sorted then, instead of being read in the order of an index."""
        return self.actor.sees_few or self.found.ids is not None or self.is_of_few

    @cached_property
    def _conditions(self) -> list[ColumnElement[bool]]:
        return [flt.condition(one, self.context) for one in self.filters]

    def condition(self) -> ColumnElement[bool]:
        """What the filters ask for, all together."""
        return sa.and_(sa.true(), *self._conditions)

    @cached_property
    def is_of_few(self) -> bool:
        """Whether a filter asks for what few complaints are at any time."""
        return self.model is Complaint and any(holds_for_few(made) for made in self._conditions)

    def count(self, session: Session) -> Count:
        """How many rows match, exact up to COUNTED; of what is common, how many at least."""
        self._check(session)
        if self.found.ids == frozenset():
            return Count(0, True)
        if not self.is_common:
            return number_of(session, self.ids_statement())
        wanted = list(self._conditions)
        if self.search:
            wanted.append(search_condition(self.search, cols.Sources(self.model, self.locale), self.actor))
        if not wanted:
            return number_visible(session, self.actor)
        is_one = len(wanted) == 1 and bool(whole_audiences(self.actor))
        if not self.search and (is_one or {one.key for one in self.filters} <= COUNTABLE):
            return number_of(session, sa.select(Complaint.id).where(*wanted))
        return among_the_first(session, wanted, self.actor)

    def ids_statement(self) -> Select[Any]:
        """Ids of the rows that match, in no order; the session puts the scope on it."""
        sources = cols.Sources(self.model, self.locale)
        return sources.joined(self._where(sa.select(self.model.id), sources))

    def page(self, session: Session) -> ListedPage:
        """One page of rows: one statement; for whoever sees many complaints two (which, and what stands in them)."""
        self._check(session)
        sources = cols.Sources(self.model, self.locale)
        order, spec = self._order(sources)
        cursor = decode(
            self.cursor, self.sort, spec.kind if spec else "integer", spec.choices if spec else None
        )
        if self.number > 1 and cursor is None:
            return self._numbered(session)
        if self.model is Complaint:
            if not self.actor.sees_few:
                return self._rows_of(session, self._climbed(session, spec, cursor), cursor)
            order = replace(order, key=without_index(order.key), id=without_index(order.id))
        backwards = cursor is not None and cursor.side in ("before", "last")
        statement = self._select(sources, full=False, sort=order)
        if cursor is not None and cursor.side != "last":
            statement = statement.where(order.beyond(cursor))
        statement = sources.joined(statement).order_by(*order.clauses(backwards)).limit(self.page_size + 1)
        found = session.execute(statement).all()
        more = len(found) > self.page_size
        found = found[: self.page_size]
        if backwards:
            found = found[::-1]
        return self._listed(found, cursor, more, self._words(session))

    def one(self, session: Session, address: str) -> ListRow | None:
        """The one row with this address under the same masking, long texts whole; None when it is not in scope."""
        self._check(session)
        sources = cols.Sources(self.model, self.locale)
        statement = self._select(sources, full=True, sort=self._order(sources)[0])
        statement = statement.where(cols.at_address(self.model, address))
        row = session.execute(sources.joined(statement)).first()
        return None if row is None else self._row(row, self._words(session))

    def iterate(self, session: Session, *, batch: int = 1000) -> Iterator[ListRow]:
        """Every row that matches, in order, long texts whole, read through a server-side cursor."""
        self._check(session)
        sources = cols.Sources(self.model, self.locale)
        order, _ = self._order(sources)
        words = self._words(session)
        statement = sources.joined(self._select(sources, full=True, sort=order)).order_by(*order.clauses())
        for row in session.execute(statement.execution_options(yield_per=batch)):
            yield self._row(row, words)

    def ids(self, session: Session, limit: int) -> list[int]:
        """Ids of the rows that match, in order, at most `limit`."""
        self._check(session)
        order, _ = self._order(sources := cols.Sources(self.model, self.locale))
        statement = sources.joined(self._where(sa.select(self.model.id), sources))
        return list(session.scalars(statement.order_by(*order.clauses()).limit(limit)))

    # The statement

    def _check(self, session: Session) -> None:
        if current_actor(session) != self.actor:
            raise RuntimeError("the list was made for another actor than the session works for")
        self.look_up(session)

    def _order(self, sources: cols.Sources) -> tuple[Order, FieldSpec | None]:
        key = self.sort.removeprefix("-")
        spec = next(
            (s for s in cols.offered(self.model, self.declared) if s.key == key and cols.is_sortable(s)), None
        )
        if spec is None:
            return Order(self.model.id, self.model.id, False, True), None
        column, nullable = sources.sort_key(spec)
        return Order(column, self.model.id, nullable, self.sort.startswith("-")), spec

    def _filtered(self, statement: Select[Any]) -> Select[Any]:
        is_found = self.actor.sees_few or self.found.ids is not None
        is_asked = "_found" in self.__dict__ or self.is_of_few
        marks = self.model is Complaint and is_asked and not is_found
        for one, made in zip(self.filters, self._conditions, strict=True):
            # The range of a moment keeps its index: it is the place in the order, or goes with it.
            is_range = bool(one.start or one.end)
            statement = statement.where(common(made) if marks and not is_range else made)
        if self.is_of_few and not is_found:
            return statement.with_hint(Complaint, "INDEXED BY ix_complaints_open", "sqlite")
        return statement

    def _where(self, statement: Select[Any], sources: cols.Sources) -> Select[Any]:
        statement = self._filtered(statement)
        if not self.search:
            return statement
        statement = statement.where(search_condition(self.search, sources, self.actor))
        among = self.__dict__.get("_where_to_look")
        return statement if among is None else statement.where(among)

    @cached_property
    def _loaded(self) -> list[FieldSpec]:
        extra = [
            spec
            for spec in self.declared.fields_of(self.model)
            if spec.key in self.extra and spec.key not in self.columns
        ]
        return self.specs + extra

    @cached_property
    def _keys(self) -> list[str]:
        name = cols.display_key(self.model, self.locale)
        wanted = ["id", cols.address_key(self.model), "version", name, *CASE_KEYS]
        return [key for key in dict.fromkeys(wanted) if hasattr(self.model, key)]

    def _select(self, sources: cols.Sources, *, full: bool, sort: Order) -> Select[Any]:
        return self._where(self._columns(sources, full=full, sort=sort), sources)

    def _columns(self, sources: cols.Sources, *, full: bool, sort: Order | None = None) -> Select[Any]:
        parts = [getattr(self.model, key).label(f"_{key}") for key in self._keys]
        parts.append((sort.key if sort else sa.null()).label("_sort"))
        for index, spec in enumerate(self._loaded):
            parts += [part.label(f"c{index}_{n}") for n, part in enumerate(sources.value(spec, full))]
        return sa.select(*parts)

    def _words(self, session: Session) -> Words:
        """Names of the codes that procedures define, by column."""
        if self.model is not Complaint or all(s.key != "grade" or s.choices for s in self._loaded):
            return {}
        return {"grade": grade_names(session, self.locale)}

    def _row(self, row: Any, words: Words) -> ListRow:
        keys = dict(zip(self._keys, row, strict=False))
        case = Keys(keys) if any(key in keys for key in CASE_KEYS) else None
        at = len(self._keys) + 1
        values = {}
        for spec in self._loaded:
            width = 3 if spec.relation else 1
            value = cols.read_value(spec, list(row[at : at + width]))
            value = words[spec.key].get(value, value) if spec.key in words else value
            values[spec.key] = mask(spec, value, self.actor, case)
            at += width
        name = keys.get(cols.display_key(self.model, self.locale), "")
        address = str(keys[cols.address_key(self.model)])
        return ListRow(keys["id"], address, keys.get("version"), str(name or ""), values)

    def _listed(
        self,
        found: Sequence[Any],
        cursor: Cursor | None,
        more: bool,
        words: Words,
        keys: Mapping[int, Any] | None = None,
        skipped: int = 0,
    ) -> ListedPage:
        """The page of these rows; `keys` are their sort values where the rows do not carry them."""
        rows = [self._row(row, words) for row in found]
        backwards = cursor is not None and cursor.side in ("before", "last")
        at_end = cursor is not None and cursor.side == "last"
        position = skipped or position_of(cursor, len(rows))
        has_previous = more if backwards else cursor is not None or skipped > 0
        has_next = (not at_end) if backwards else more
        if not rows:
            return ListedPage([], None, None, None, None, 0)
        start, end = found[0], found[-1]
        first, last = (keys[row._id] if keys else row._sort for row in (start, end))
        before = Cursor(self.sort, "before", first, start._id, position)
        after = Cursor(self.sort, "after", last, end._id, position + len(rows))
        return ListedPage(
            rows=rows,
            first="" if has_previous else None,
            previous=before.encode() if has_previous else None,
            next=after.encode() if has_next else None,
            last=Cursor(self.sort, "last").encode() if has_next else None,
            position=position,
            is_placed=not at_end,
        )


def without_page(query: ListQuery) -> ListQuery:
    """The same list from its beginning."""
    return replace(query, cursor="")
