"""From a ListQuery to the ListPage that templates/desk/list.html shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from admin_views.list_context import (
    BulkAction,
    Cell,
    ColumnHead,
    ExportChoice,
    FilterChip,
    FilterSpec,
    ListPage,
    Pager,
    Row,
    SavedView,
)
from admin_views.list_length import Place, rows_words
from admin_views.page_parts import Action, Choice, DueState, Empty, Text
from admin_views.row_menus import shared
from admin_views.values import Reader, cell_of
from models.fields import FieldSpec
from services.listing import (
    PAGE_SIZES,
    Count,
    ListedPage,
    ListQuery,
    ListRow,
    is_sortable,
    offered,
    offered_filters,
    special_filters,
)
from services.listing.filters import NONE, PREFIX, Filter, labels

CellOf = Callable[[FieldSpec, ListRow, Cell], Cell]


_LEADING = frozenset({"text", "date", "moment", "long"})
"""Kinds of cells that can be the link to their record."""


@dataclass(frozen=True, kw_only=True)
class ListFrame:
    """What a screen adds to its generated list."""

    title: Text
    url: str
    row_url: Callable[[ListRow], str]
    row_name: Callable[[ListRow], str] = lambda row: row.name or row.address
    note: Text = ""
    actions: Sequence[Action] = ()
    before_rows: Callable[[Sequence[ListRow]], None] = lambda rows: None
    """Reads for all rows of the page at once what the callables below need."""
    row_actions: Callable[[ListRow], Sequence[Action]] = lambda row: ()
    row_due: Callable[[ListRow], DueState | str] = lambda row: ""
    cell: CellOf = lambda spec, row, cell: cell
    """Last word on a generated cell."""
    bulk_actions: Sequence[BulkAction] = ()
    lookup_url: Callable[[str], str] = lambda key: ""
    columns_url: str = ""
    save_view_url: str = ""
    export_url: str = ""
    export_choices: Sequence[ExportChoice] = ()
    views: Sequence[SavedView] = ()
    counts_url: str = ""
    empty: Empty = field(default_factory=lambda: Empty(title=""))
    search_placeholder: Text = ""


class ListBuilder:
    """Builds one ListPage; statements: rows, and one for each relation filter in use."""

    def __init__(self, session: Session, query: ListQuery, frame: ListFrame, reader: Reader) -> None:
        self.session = session
        self.query = query
        self.frame = frame
        self.reader = reader
        self.picked = {one.key: query.picks(session, one) for one in query.filters}

    def build(self) -> ListPage:
        query, frame = self.query, self.frame
        listed = query.page(self.session)
        place = Place.of(listed, query)
        frame.before_rows(listed.rows)
        rows, menu = shared([self._row(row) for row in listed.rows])
        return ListPage(
            title=frame.title,
            note=frame.note,
            url=frame.url,
            actions=frame.actions,
            columns=self._heads(),
            rows=rows,
            menu=menu,
            pager=self._pager(listed, place),
            search=query.search,
            search_placeholder=frame.search_placeholder,
            has_filters=bool(self._offered() or special_filters(query.model)),
            chips=self._chips(),
            clear_url=self._url(replace(query, filters=(), search="", cursor="")),
            keep=self._kept(query),
            views=frame.views,
            save_view_url=frame.save_view_url,
            query=self._said(),
            columns_url=frame.columns_url,
            bulk_actions=frame.bulk_actions,
            counts_url=self._counts_url(place),
            filter_token=query.token(),
            export_url=frame.export_url,
            export_choices=frame.export_choices,
            empty=frame.empty,
            panels_url=self._panels_url(),
        )

    def panels(self) -> ListPage:
        """What the dialogs of the page show; no row is read."""
        query, frame = self.query, self.frame
        return ListPage(
            title=frame.title,
            url=frame.url,
            columns=self._heads(),
            rows=(),
            pager=Pager(),
            filters=self._filters(),
            clear_url=self._url(replace(query, filters=(), search="", cursor="")),
            keep=self._kept(query),
            save_view_url=frame.save_view_url,
            query=self._said(),
            columns_url=frame.columns_url,
        )

    # Addresses

    def _said(self) -> str:
        return urlencode([*self.query.params(), ("columns", ",".join(self.query.columns))])

    def _panels_url(self) -> str:
        pairs = [*self._kept(self.query), ("panels", "1")]
        return f"{self.frame.url}?{urlencode(pairs)}"

    def _counts_url(self, place: Place) -> str:
        pairs = [*self._kept(self.query), *place.params()] if place.params() else []
        if not self.frame.counts_url or not (pairs or self.frame.views):
            return ""
        return f"{self.frame.counts_url}?{urlencode(pairs)}" if pairs else self.frame.counts_url

    def _kept(self, query: ListQuery) -> list[tuple[str, str]]:
        size = [("page_size", str(query.page_size))] if query.page_size != PAGE_SIZES[0] else []
        return query.params() + size

    def _url(self, query: ListQuery, cursor: str = "") -> str:
        pairs = self._kept(query) + ([("cursor", cursor)] if cursor else [])
        return f"{self.frame.url}?{urlencode(pairs)}" if pairs else self.frame.url

    # Columns

    def _heads(self) -> list[ColumnHead]:
        shown = {spec.key for spec in self.query.specs}
        hidden = [spec for spec in offered(self.query.model, self.query.declared) if spec.key not in shown]
        return [self._head(spec, True) for spec in self.query.specs] + [
            self._head(spec, False) for spec in hidden
        ]

    def _head(self, spec: FieldSpec, shown: bool) -> ColumnHead:
        current = self.query.sort.removeprefix("-") == spec.key
        descending = current and self.query.sort.startswith("-")
        target = spec.key if not current or descending else f"-{spec.key}"
        return ColumnHead(
            key=spec.key,
            label=spec.label,
            shown=shown,
            numeric=spec.kind in ("integer", "number"),
            sort_url=self._url(replace(self.query, sort=target, cursor="")) if is_sortable(spec) else "",
            sorted=("descending" if descending else "ascending") if current else "",
            help=spec.help,
        )

    # Rows

    @cached_property
    def _shown(self) -> list[FieldSpec]:
        """The columns with their names in the reader's language: put into words once, not for every cell."""
        return [replace(spec, label=str(spec.label)) for spec in self.query.specs]

    def _row(self, row: ListRow) -> Row:
        url = self.frame.row_url(row)
        cells = []
        linked = not url
        for spec in self._shown:
            cell = self.frame.cell(spec, row, cell_of(spec, row.values[spec.key], self.reader))
            # The first one that can lead to the record does: a badge cannot, and a person leads elsewhere.
            if not linked and not cell.href and cell.kind in _LEADING and cell.text:
                cell, linked = replace(cell, kind="link", href=url), True
            linked = linked or cell.href == url
            cells.append(cell)
        return Row(
            id=row.address,
            version=row.version,
            name=self.frame.row_name(row),
            cells=cells,
            url=url,
            due=self.frame.row_due(row),  # type: ignore[arg-type]
            actions=self.frame.row_actions(row),
        )

    def _pager(self, listed: ListedPage, place: Place) -> Pager:
        size = self.query.page_size
        total = None if place.is_unknown else Count(place.before + place.rows, True)
        sizes = [Choice(value=str(n), label=str(n), selected=n == size) for n in PAGE_SIZES]
        return Pager(
            first_url=self._url(replace(self.query, cursor="")) if listed.first is not None else "",
            previous_url=self._url(self.query, listed.previous) if listed.previous else "",
            next_url=self._url(self.query, listed.next) if listed.next else "",
            last_url=self._url(self.query, listed.last) if listed.last else "",
            words=rows_words(place, total),
            page=0 if place.is_last else -(-place.before // size) + 1,
            pages=-(-total.number // size) if total else 0,
            sizes=sizes,
        )

    # Filters

    def _chips(self) -> list[FilterChip]:
        query = self.query
        described = [(_("Search"), query.search)] if query.search else []
        described += [
            labels(one, query.context, [name for _address, name in self.picked.get(one.key, [])])
            for one in query.filters
        ]
        without = [replace(query, search="", cursor="")] if query.search else []
        without += [
            replace(query, filters=tuple(f for f in query.filters if f is not one), cursor="")
            for one in query.filters
        ]
        return [
            FilterChip(label=label, text=text, remove_url=self._url(rest))
            for (label, text), rest in zip(described, without, strict=True)
        ]

    def _filters(self) -> list[FilterSpec]:
        active = {one.key: one for one in self.query.filters}
        special = [
            self._special(each.key, each.label, each.kind, active.get(each.key))
            for each in special_filters(self.query.model).values()
            if each.kind != "hidden"
        ]
        specs = sorted(self._offered(), key=lambda spec: not spec.default)
        return special + [self._filter(spec, active.get(spec.key)) for spec in specs]

    def _offered(self) -> list[FieldSpec]:
        return offered_filters(self.query.model, self.query.actor, self.query.declared)

    @staticmethod
    def _special(key: str, label: Any, kind: str, one: Filter | None) -> FilterSpec:
        picked = _parts(one) if one else []
        if kind == "number":
            days = sorted({"0", "1", "3", "7", "30", *(part for part in picked if part.isdigit())}, key=int)
            choices = [Choice(value=each, label=_days(int(each)), selected=each in picked) for each in days]
            return FilterSpec(
                param=PREFIX + key, label=label, kind="choice", choices=choices, active=one is not None
            )
        value = picked[0] if picked else ""
        return FilterSpec(param=PREFIX + key, label=label, kind="bool", value=value, active=one is not None)

    def _filter(self, spec: FieldSpec, one: Filter | None) -> FilterSpec:
        param = PREFIX + spec.key
        value = one.values[0] if one and one.values else ""
        if spec.kind in ("choice", "choices"):
            return FilterSpec(
                param=param,
                label=spec.label,
                kind="choice",
                choices=_choices(spec, one),
                active=one is not None,
            )
        if spec.kind == "relation":
            picked = self.picked.get(spec.key, [])
            choices = [Choice(value=address, label=name, selected=True) for address, name in picked]
            if one and NONE in _parts(one):
                choices.append(Choice(value=NONE, label=_("none"), selected=True))
            return FilterSpec(
                param=param,
                label=spec.label,
                kind="lookup",
                choices=choices,
                lookup_url=self.frame.lookup_url(spec.key),
                active=one is not None,
            )
        if spec.kind in ("moment", "date", "integer", "number"):
            return FilterSpec(
                param=param,
                label=spec.label,
                kind="date_range" if spec.kind in ("moment", "date") else "number_range",
                value_from=one.start if one else "",
                value_to=one.end if one else "",
                active=one is not None,
            )
        kind = "bool" if spec.kind == "boolean" else "text"
        return FilterSpec(param=param, label=spec.label, kind=kind, value=value, active=one is not None)  # type: ignore[arg-type]


def _days(number: int) -> str:
    return ngettext("%(num)d day", "%(num)d days", number) if number else _("Today")


def _parts(one: Filter) -> list[str]:
    return [part.strip() for value in one.values for part in value.split(",")]


def _choices(spec: FieldSpec, one: Filter | None) -> list[Choice]:
    picked = _parts(one) if one else []
    assert spec.choices is not None
    choices = [
        Choice(
            value=member.value, label=getattr(member, "label", member.value), selected=member.value in picked
        )
        for member in spec.choices
    ]
    if spec.column.nullable:
        choices.append(Choice(value=NONE, label=_("none"), selected=NONE in picked))
    return choices
