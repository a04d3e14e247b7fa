"""Lists over any mapped model, generated from its field declarations.

    query = ListQuery.from_params(Complaint, request.args, actor, zone, columns=chosen)
    query.page(session)       rows of one page with the cursors of its neighbours
    query.count(session)      exact up to 10,000
    query.iterate(session)    every row in order, streamed, long texts whole (export)
    query.describe(session)   which search and filters, in words
    query.specs               the columns shown, in order
    query.token()             "everything that matches", for bulk actions: selection(session, …, token=…)

Values come masked for the actor; every statement carries the actor's scope.
"""

from services.listing.asked import PAGE_SIZES
from services.listing.columns import (
    Ref,
    address_key,
    at_address,
    default_keys,
    display_key,
    is_sortable,
    offered,
)
from services.listing.counting import COUNTED
from services.listing.filters import Filter, offered_filters
from services.listing.listed import Count, ListedPage, ListRow
from services.listing.query import ListQuery, without_page
from services.listing.selection import Selected, selection, selection_ids
from services.listing.special import SpecialFilter, special_filters

__all__ = [
    "COUNTED",
    "PAGE_SIZES",
    "Count",
    "Filter",
    "ListQuery",
    "ListRow",
    "ListedPage",
    "Ref",
    "Selected",
    "SpecialFilter",
    "address_key",
    "at_address",
    "default_keys",
    "display_key",
    "is_sortable",
    "offered",
    "offered_filters",
    "selection",
    "selection_ids",
    "special_filters",
    "without_page",
]
