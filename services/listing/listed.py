"""What a list hands out: how many rows there are, one row, one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.access.masking import Masked
from services.listing.keyset import Cursor


@dataclass(frozen=True)
class Count:
    """How many rows match; `exact` is False when there are more than `number`."""

    number: int
    exact: bool


@dataclass(frozen=True)
class ListRow:
    """One row: its keys and the values of the columns asked for, masked for the reader."""

    id: int
    address: str
    """What addresses and checkboxes carry."""
    version: int | None
    name: str
    values: dict[str, Any]

    def is_masked(self, key: str) -> bool:
        return isinstance(self.values.get(key), Masked)


@dataclass(frozen=True)
class ListedPage:
    """The rows of one page and the cursors of its neighbours (None: there is none)."""

    rows: list[ListRow]
    first: str | None
    previous: str | None
    next: str | None
    last: str | None
    position: int
    is_placed: bool = True
    """Whether `position` was counted; the end of a list is reached without."""


class Keys:
    """The keys of a row as attributes, for the masking rule."""

    def __init__(self, keys: dict[str, Any]) -> None:
        self.__dict__.update(keys)


def position_of(cursor: Cursor | None, length: int) -> int:
    """How many rows stand before a page of this length, as counted while leafing."""
    if cursor is None or cursor.side == "last":
        return 0
    return cursor.position if cursor.side == "after" else max(0, cursor.position - length)
