"""How long a list is, in words: fetched once the page stands, because counting may take longer than reading a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from services.listing import Count, ListedPage, ListQuery


@dataclass(frozen=True)
class Place:
    """Where the rows of a page stand in their list, as far as is known without counting it."""

    rows: int
    before: int
    """How many rows stand before the page, as counted while leafing."""
    is_last: bool
    """The page was asked for as the end of the list: only the count says what stands before it."""
    is_unknown: bool
    """Whether the length of the list is still to be counted."""

    @classmethod
    def of(cls, listed: ListedPage, query: ListQuery) -> Place:
        at_end = listed.next is None
        is_last = at_end and not listed.is_placed
        return cls(len(listed.rows), listed.position, is_last, is_last or not at_end)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Place:
        """As `params` of an address wrote it; nothing is to be counted where nothing is said."""
        rows, before = (_number(params.get(name, "")) for name in ("rows", "before"))
        return cls(rows, before, params.get("is_last") == "1", rows > 0)

    def params(self) -> list[tuple[str, str]]:
        """The address parameters that say it, if the length is to be counted."""
        if not self.is_unknown or not self.rows:
            return []
        pairs = [("rows", str(self.rows)), ("before", str(self.before))]
        return [*pairs, ("is_last", "1")] if self.is_last else pairs


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def rows_words(place: Place, count: Count | None = None) -> str:
    """Which rows of how many a page shows."""
    if place.is_last and count is None:
        return _("The last %(n)s rows", n=place.rows)
    before = count.number - place.rows if count and count.exact and place.is_last else place.before
    values = {"from": f"{before + 1:,}", "to": f"{before + place.rows:,}"}
    if count is None:
        return _("Rows %(from)s to %(to)s", **values)
    if count.exact:
        return _("Rows %(from)s to %(to)s of %(total)s", total=f"{count.number:,}", **values)
    if place.is_last:
        return _("The last of more than %(total)s rows", total=f"{count.number:,}")
    return _("Rows %(from)s to %(to)s of more than %(total)s", total=f"{count.number:,}", **values)


def length_words(query: ListQuery, place: Place, count: Count) -> dict[str, str | int]:
    """What the pager and the bar of bulk actions say, by the names of their places in the page."""
    size = query.page_size
    pages = -(-min(count.number, query.reach()) // size)
    is_known = not place.is_last or count.exact
    before = count.number - place.rows if place.is_last else place.before
    number = f"{pages:,}"
    every = f"{count.number:,}"
    return {
        "rows": rows_words(place, count),
        "page": -(-before // size) + 1 if is_known else "",
        "pages": _("of %(n)s", n=number) if count.exact else _("of more than %(n)s", n=number),
        "last_page": pages,
        "matching": every if count.exact else f"{every}+",
        "all_matching": _("all %(n)s matching the filter", n=every)
        if count.exact
        else _("more than %(n)s matching the filter, all of them", n=every),
    }


def capped(number: int, most: int) -> str:
    """A number that was counted to one more than `most`."""
    return f"{most}+" if number > most else str(number)
