"""What `templates/desk/list.html` expects: one `ListPage`, built by the server and passed as `listing`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from admin_views.page_parts import Action, Badge, Choice, Due, DueState, Empty, Text

ROW_PLACE = "-row-"
"""Stands in the addresses of a menu that rows share for the address of the row."""
FilterKind = Literal["choice", "text", "date_range", "number_range", "bool", "lookup"]
CellKind = Literal["text", "long", "number", "date", "moment", "badge", "badges", "due", "bool", "link"]


@dataclass(frozen=True, kw_only=True)
class ColumnHead:
    """A column of the list and of the column chooser, in the user's order; hidden ones have `shown` False."""

    key: str
    label: Text
    shown: bool = True
    fixed: bool = False  # cannot be hidden or moved
    numeric: bool = False
    sort_url: str = ""
    sorted: Literal["", "ascending", "descending"] = ""
    help: Text = ""


_PLAIN = frozenset(("text", "number", "moment", "date"))


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value. `text` is shown; `title` is its full form; `sub` is a second, quieter line."""

    key: str
    label: Text
    kind: CellKind = "text"
    text: Text = ""
    title: Text = ""
    sub: Text = ""
    href: str = ""
    badge: Badge | None = None
    badges: Sequence[Badge] = ()
    due: Due | None = None
    masked: bool = False

    @property
    def is_plain(self) -> bool:
        """Nothing but its text."""
        return self.kind in _PLAIN and not (self.href or self.sub or self.masked)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the list. Its checkbox posts `rowid` = "<id>:<version>"."""

    id: str
    version: int | None = None
    name: Text  # spoken name, e.g. the number; in the page only where the first cell says something else
    cells: Sequence[Cell]
    url: str = ""
    due: DueState | Literal[""] = ""
    actions: Sequence[Action] = ()
    menu: Sequence[int] = ()  # which lines of the menu that all rows share


@dataclass(frozen=True, kw_only=True)
class FilterSpec:
    """A filter of the panel, sent as GET parameters: `param`, or `param_from`/`param_to` for ranges.

    `choices` belong to kind "choice" (several may be ticked); "lookup" asks `lookup_url` (?q=) for
    [{"value", "label", "note"}] and keeps its picks in `choices`.
    """

    param: str
    label: Text
    kind: FilterKind
    value: str = ""
    value_from: str = ""
    value_to: str = ""
    choices: Sequence[Choice] = ()
    lookup_url: str = ""
    active: bool = False


@dataclass(frozen=True, kw_only=True)
class FilterChip:
    """An active filter above the list with the address that takes it away."""

    label: Text
    text: Text
    remove_url: str


@dataclass(frozen=True, kw_only=True)
class BulkAction:
    """A button over the selection: the form posts `rowid`… (or all_matching=1 with `filter`) to `url`.

    The server answers with the dialog form (count to confirm), as for a row.
    """

    key: str
    label: Text
    url: str
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class SavedView:
    """A tab above the list. `own` ones may be renamed, shared, deleted."""

    label: Text
    url: str
    id: str = ""
    active: bool = False
    own: bool = False
    shared: bool = False
    rename_url: str = ""
    delete_url: str = ""
    share_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Pager:
    """Addresses of the neighbouring pages; empty ones are greyed. What is not known yet comes with the counts."""

    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    last_url: str = ""
    words: Text = ""  # which rows, of how many where that is known
    page: int = 0  # of the rows shown; 0: not known
    pages: int = 0  # how many there are; 0: not known
    sizes: Sequence[Choice] = ()
    size_param: str = "page_size"


@dataclass(frozen=True, kw_only=True)
class ExportChoice:
    """Another way to export the list: another form of file, or the columns of a registration table."""

    label: Text
    form: str = "xlsx"
    layout: str = ""


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """The whole list screen. `keep` are the (name, value) pairs every GET form carries on."""

    title: Text
    url: str
    columns: Sequence[ColumnHead]
    rows: Sequence[Row]
    pager: Pager
    note: Text = ""
    actions: Sequence[Action] = ()
    search_param: str = "q"
    search: str = ""
    search_placeholder: Text = ""
    searchable: bool = True
    filters: Sequence[FilterSpec] = ()
    has_filters: bool = False  # the panel has some; it comes when it is opened
    chips: Sequence[FilterChip] = ()
    clear_url: str = ""
    keep: Sequence[tuple[str, str]] = ()
    views: Sequence[SavedView] = ()
    save_view_url: str = ""  # POST name, query, shared
    query: str = ""  # the query string of this screen, posted by save view, columns and export
    columns_url: str = ""  # POST column=<key>… in order; reset=1
    bulk_actions: Sequence[BulkAction] = ()
    counts_url: str = ""  # GET: what is said of the length of the list, and the counts of the tabs
    filter_token: str = ""  # posted as `filter` with all_matching
    export_url: str = ""  # POST
    export_choices: Sequence[ExportChoice] = ()
    empty: Empty = field(default_factory=lambda: Empty(title=""))
    menu: Sequence[Action] = ()  # of all rows: their addresses name ROW_PLACE instead of a row
    panels_url: str = ""  # GET: the dialogs of the page, asked for when one is opened

    @property
    def heads(self) -> list[ColumnHead]:
        """The columns on screen, in order."""
        return [column for column in self.columns if column.shown]
