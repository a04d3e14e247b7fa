"""Rows as the XML of a sheet, column by column: the part of an export that costs time.

A batch comes in as columns of plain values. Each column becomes a list of fragments, and a row is its fragments joined
by the row's number, which every cell names. Values that repeat are rendered once; a column's texts are looked through
for anything that needs escaping all at once.

Knows nothing of the desk, so that the helper process starts in a moment and plans cross to it as plain data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from services.ledger.deflate import Piece, deflated
from services.ledger.text import CELL_UNITS, encoded, pieces

Cell = str | int | float | None
"""A text, a number (a date is its serial number), or nothing."""

LINE_HEIGHT = 15.0
MOST_LINES = 8
WIDEST = 60
"""Narrow characters that a column is wide at most."""

_NEEDS_CARE = re.compile("[&<>_\x00-\x1f\ud800-\udfff\ufffe\uffff]")
"""Found in a text: it is looked at by itself. The underscore because of Excel's `_xHHHH_`."""
_TEXTS, _NUMBERS = {str, type(None)}, {int, float, type(None)}
_REPEATS = 3
"""Values that stand in a batch so many times on average are rendered once each."""


@dataclass(frozen=True)
class Column:
    """How a column is written: letters of its cells (more than one where texts go on) and styles by tone."""

    names: tuple[str, ...]
    texts: Mapping[str, int]
    numbers: Mapping[str, int]
    set_texts: Mapping[str, int]
    """Styles of cells that have a value in a column that stands out; the same as the others elsewhere."""
    set_numbers: Mapping[str, int]
    is_tall: bool = False
    """Its line breaks and length make the row higher."""

    def as_plain(self) -> tuple[Any, ...]:
        return (
            self.names, dict(self.texts), dict(self.numbers), dict(self.set_texts), dict(self.set_numbers),
            self.is_tall,
        )  # fmt: skip


@dataclass(frozen=True)
class Block:
    """The rows of one batch, deflated; `longest` has, by column, how many cells its longest text takes."""

    piece: Piece
    longest: Mapping[int, int]


def text_content(text: str) -> str:
    """A text as it stands between the tags of a cell, from `<t` to its end."""
    safe = encoded(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    keep = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() or "\n" in text else ""
    return f"<t{keep}>{safe}</t>"


def lines_of(text: str) -> int:
    """How many lines a wrapped text takes."""
    return text.count("\n") + 1 + len(text) * 2 // WIDEST


class Renderer:
    """Makes blocks of rows for one layout of columns."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = list(columns)
        names = [name for column in self.columns for name in column.names]
        following = [f'</c><c r="{name}' for name in names[1:]] + ["</c></row>"]
        self.ends: list[list[str]] = []
        at = 0
        for column in self.columns:
            self.ends.append(following[at : at + len(column.names)])
            at += len(column.names)
        first = names[0] if names else "A"
        heights = [f' ht="{line * LINE_HEIGHT:g}" customHeight="1"' for line in range(MOST_LINES + 1)]
        self.heads = [f'"{height if line > 1 else ""}><c r="{first}' for line, height in enumerate(heights)]

    def block(self, first_row: int, values: Sequence[Sequence[Cell]], tones: Sequence[str]) -> Block:
        """Rows from number `first_row` (as the sheet counts, from 1); `values` by column, all as long as `tones`."""
        longest: dict[int, int] = {}
        fragments = [self._heads(values, len(tones))]
        for index in range(len(self.columns)):
            fragments += self._column(index, values[index], tones, longest)
        rows = (
            str(number).join(row)
            for number, row in enumerate(
                zip(repeat('<row r="', len(tones)), *fragments, strict=True), start=first_row
            )
        )
        return Block(deflated("".join(rows).encode()), longest)

    def _heads(self, values: Sequence[Sequence[Cell]], size: int) -> list[str]:
        tall = [values[i] for i, column in enumerate(self.columns) if column.is_tall]
        if not tall:
            return [self.heads[0]] * size
        lines = [
            [lines_of(text) if isinstance(text, str) and text else 0 for text in column] for column in tall
        ]
        tallest = lines[0] if len(lines) == 1 else list(map(max, *lines))
        heads = self.heads
        return [heads[n if n < MOST_LINES else MOST_LINES] for n in tallest]

    def _column(
        self, index: int, values: Sequence[Cell], tones: Sequence[str], longest: dict[int, int]
    ) -> list[list[str]]:
        column = self.columns[index]
        types = set(map(type, values))
        if len(column.names) > 1 or (str in types and _is_overlong(values)):
            return self._in_parts(index, values, tones, longest)
        end = self.ends[index][0]
        distinct: set[Cell] = set() if column.is_tall else set(values)
        if distinct and len(distinct) * _REPEATS <= len(values):
            made = {
                tone: {value: self._cell(column, value, tone, end) for value in distinct}
                for tone in set(tones)
            }
            if len(made) == 1:
                (same,) = made.values()
                return [[same[value] for value in values]]
            return [[made[tone][value] for tone, value in zip(tones, values, strict=True)]]
        if types <= _TEXTS and _is_plain(values):
            return [_plain_texts(column, values, tones, end)]
        if types <= _NUMBERS and column.numbers == column.set_numbers:
            return [_numbers(column, values, tones, end)]
        return [[self._cell(column, value, tone, end) for tone, value in zip(tones, values, strict=True)]]

    def _cell(self, column: Column, value: Cell, tone: str, end: str) -> str:
        if value is None or value == "":
            return f'" s="{column.texts[tone]}">{end}'
        if isinstance(value, str):
            style = column.set_texts[tone]
            return f'" s="{style}" t="inlineStr"><is>{text_content(value)}</is>{end}'
        style = (column.set_numbers if value else column.numbers)[tone]
        return f'" s="{style}"><v>{value!r}</v>{end}'

    def _in_parts(
        self, index: int, values: Sequence[Cell], tones: Sequence[str], longest: dict[int, int]
    ) -> list[list[str]]:
        """A column whose texts may go on in further cells right behind their own."""
        column, ends = self.columns[index], self.ends[index]
        found: list[list[str]] = [[] for _ in column.names]
        for value, tone in zip(values, tones, strict=True):
            parts: Sequence[Cell] = pieces(value) if isinstance(value, str) and value else [value]
            longest[index] = max(longest.get(index, 1), len(parts))
            for part, end in enumerate(ends):
                filled = parts[part] if part < len(parts) else None
                found[part].append(self._cell(column, filled, tone, end))
        return found


def _is_overlong(values: Sequence[Cell]) -> bool:
    return any(isinstance(value, str) and len(value) * 2 > CELL_UNITS for value in values)


def _is_plain(values: Sequence[Cell]) -> bool:
    """None of these texts needs care."""
    texts: list[str] = list(filter(None, values))  # type: ignore[arg-type]
    return _NEEDS_CARE.search("".join(texts)) is None and list(map(str.strip, texts)) == texts


def _plain_texts(column: Column, values: Sequence[Any], tones: Sequence[str], end: str) -> list[str]:
    closing = f"</t></is>{end}"
    opening = {tone: f'" s="{style}" t="inlineStr"><is><t>' for tone, style in column.set_texts.items()}
    blank = _blanks(column, end)
    if len(set(tones)) == 1:
        begin, empty = opening[tones[0]], blank[tones[0]]
        return [begin + text + closing if text else empty for text in values]
    return [
        opening[tone] + text + closing if text else blank[tone]
        for tone, text in zip(tones, values, strict=True)
    ]


def _numbers(column: Column, values: Sequence[Any], tones: Sequence[str], end: str) -> list[str]:
    closing = f"</v>{end}"
    opening = {tone: f'" s="{style}"><v>' for tone, style in column.numbers.items()}
    blank = _blanks(column, end)
    return [
        blank[tone] if number is None else opening[tone] + repr(number) + closing
        for tone, number in zip(tones, values, strict=True)
    ]


def _blanks(column: Column, end: str) -> dict[str, str]:
    return {tone: f'" s="{style}">{end}' for tone, style in column.texts.items()}


def single_row(number: int, cells: Sequence[tuple[str, int, str]], height: float | None = None) -> Piece:
    """One row of texts by itself: name of the column, style and text of each cell."""
    tall = f' ht="{height:g}" customHeight="1"' if height else ""
    made = [
        f'<c r="{name}{number}" s="{style}" t="inlineStr"><is>{text_content(text)}</is></c>'
        if text
        else f'<c r="{name}{number}" s="{style}"/>'
        for name, style, text in cells
    ]
    return deflated(f'<row r="{number}"{tall}>{"".join(made)}</row>'.encode())
