"""Address parameters in any of their shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

Params = str | Mapping[str, Any] | Iterable[tuple[str, str]]
PAGE_SIZES = (20, 50, 100, 200)


def page_size_of(text: str) -> int:
    return int(text) if text in map(str, PAGE_SIZES) else PAGE_SIZES[0]


def pairs_of(params: Params) -> list[tuple[str, str]]:
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


def page_number_of(text: str) -> int:
    """The number of a page; the first one for what is none."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1
