"""One list over one mapped model: what is shown, which rows, in which order, which page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from models import Complaint
from models.fields import FieldSpec, relation_target
from models.labels import _l
from services.access.masking import CASE_KEYS, mask
from services.access.scope import current_actor
from services.actor import Actor
from services.errors import Invalid
from services.listing import columns as cols
from services.listing import filters as flt
from services.listing.keyset import Cursor, Order, decode
from services.listing.listed import Count, ListedPage, ListRow
from services.listing.search import narrowing, search_condition
from services.own_fields import NOTHING, Declared
from services.procedures.wording import grade_names
from services.reports.drilling import part_words

Params = str | Mapping[str, Any] | Iterable[tuple[str, str]]
PAGE_SIZES = (20, 50, 100, 200)
COUNTED = 10_000
"""Counts are exact up to here; beyond it a list says "more than 10,000"."""
_NOT_ASKED = object()


Words = dict[str, dict[str, str]]


@dataclass(frozen=True)
class ListQuery:
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
        pairs = _pairs(params)
        last = dict(pairs)
        asked = last["columns"].split(",") if last.get("columns") else columns
        offered = {spec.key for spec in cols.offered(model, declared)}
        shown = tuple(dict.fromkeys(key for key in asked if key in offered)) or cols.default_keys(
            model, declared
        )
        sortable = {spec.key for spec in cols.offered(model, declared) if cols.is_sortable(spec)}
        sort = next((s for s in (last.get("sort", ""), default_sort) if s.removeprefix("-") in sortable), "")
        size = _page_size(last.get("page_size", ""))
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

    # Reading

    def look_up(self, session: Session) -> None:
        """Ask the index once where the words of the search are; what reads rows afterwards looks there only."""
        if self.search and "_where_to_look" not in self.__dict__:
            self.__dict__["_where_to_look"] = narrowing(self.search, self.model, session, self.actor)

    @property
    def is_common(self) -> bool:
        """Whether the words are on so many complaints that the list is read in its order to find them."""
        return self.model is Complaint and self.__dict__.get("_where_to_look", _NOT_ASKED) is None

    def count(self, session: Session) -> Count:
        """How many rows match, exact up to COUNTED; of common words, how many at least."""
        self._check(session)
        if self.is_common:
            return self._count_some(session)
        inner = self.ids_statement().limit(COUNTED + 1).subquery()
        number = session.scalar(sa.select(sa.func.count()).select_from(inner)) or 0
        return Count(min(number, COUNTED), number <= COUNTED)

    def _count_some(self, session: Session) -> Count:
        """Matches among the first COUNTED rows that the filters leave: all of them takes as long as reading all."""
        sources = cols.Sources(self.model, self.locale)
        found = search_condition(self.search, sources, self.actor)
        every = self._filtered(sa.select(found.label("found")).select_from(self.model))
        read = sources.joined(every).limit(COUNTED + 1).subquery()
        matching = sa.func.count(sa.case((read.c.found, 1)))
        rows, number = session.execute(sa.select(sa.func.count(), matching).select_from(read)).one()
        return Count(min(number, COUNTED), rows <= COUNTED)

    def ids_statement(self) -> Select[Any]:
        """Ids of the rows that match, in no order; the session puts the scope on it."""
        sources = cols.Sources(self.model, self.locale)
        return sources.joined(self._where(sa.select(self.model.id), sources))

    def page(self, session: Session) -> ListedPage:
        """One page of rows, one statement."""
        self._check(session)
        sources = cols.Sources(self.model, self.locale)
        order, spec = self._order(sources)
        cursor = decode(
            self.cursor, self.sort, spec.kind if spec else "integer", spec.choices if spec else None
        )
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
        sources = cols.Sources(self.model, self.locale)
        order, _ = self._order(sources)
        statement = sources.joined(self._where(sa.select(self.model.id), sources))
        return list(session.scalars(statement.order_by(*order.clauses()).limit(limit)))

    # How the statement is put together

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
        for one in self.filters:
            statement = statement.where(flt.condition(one, self.context))
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
        parts = [getattr(self.model, key).label(f"_{key}") for key in self._keys]
        parts.append(sort.key.label("_sort"))
        for index, spec in enumerate(self._loaded):
            parts += [part.label(f"c{index}_{n}") for n, part in enumerate(sources.value(spec, full))]
        return self._where(sa.select(*parts), sources)

    def _words(self, session: Session) -> Words:
        """Names of the codes that procedures define, by column."""
        if self.model is not Complaint or all(s.key != "grade" or s.choices for s in self._loaded):
            return {}
        return {"grade": grade_names(session, self.locale)}

    def _row(self, row: Any, words: Words) -> ListRow:
        keys = dict(zip(self._keys, row, strict=False))
        case = _Case(keys) if any(key in keys for key in CASE_KEYS) else None
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

    def _listed(self, found: Sequence[Any], cursor: Cursor | None, more: bool, words: Words) -> ListedPage:
        rows = [self._row(row, words) for row in found]
        backwards = cursor is not None and cursor.side in ("before", "last")
        at_end = cursor is not None and cursor.side == "last"
        position = self._position(cursor, len(rows))
        has_previous = more if backwards else cursor is not None
        has_next = (not at_end) if backwards else more
        if not rows:
            return ListedPage([], None, None, None, None, 0)
        start, end = found[0], found[-1]
        before = Cursor(self.sort, "before", start._sort, start._id, position)
        after = Cursor(self.sort, "after", end._sort, end._id, position + len(rows))
        return ListedPage(
            rows=rows,
            first="" if has_previous else None,
            previous=before.encode() if has_previous else None,
            next=after.encode() if has_next else None,
            last=Cursor(self.sort, "last").encode() if has_next else None,
            position=position,
        )

    @staticmethod
    def _position(cursor: Cursor | None, length: int) -> int:
        if cursor is None or cursor.side == "last":
            return 0
        return cursor.position if cursor.side == "after" else max(0, cursor.position - length)


class _Case:
    """The keys of a row as attributes, for the masking rule."""

    def __init__(self, keys: dict[str, Any]) -> None:
        self.__dict__.update(keys)


def _page_size(text: str) -> int:
    return int(text) if text in map(str, PAGE_SIZES) else PAGE_SIZES[0]


def _pairs(params: Params) -> list[tuple[str, str]]:
    """Address parameters in any of their shapes as pairs."""
    if isinstance(params, str):
        return parse_qsl(params.removeprefix("?"), keep_blank_values=True)
    if isinstance(params, Mapping):
        multi = getattr(params, "lists", None)
        items = multi() if multi is not None else params.items()
        return [
            (key, str(value))
            for key, some in items
            for value in (some if isinstance(some, list | tuple) else [some])
        ]
    return [(str(key), str(value)) for key, value in params]


def without_page(query: ListQuery) -> ListQuery:
    """The same list from its beginning."""
    return replace(query, cursor="")
