"""A value of the desk as a cell: which type, which style, how wide."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any

from models.labels import _l
from services.ledger.rows import blank_cell, number_cell, text_cell
from services.own_fields import Several

EPOCH = datetime(1899, 12, 30)
FIRST_DAY = date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was; days before are kept as text."""
MOST_DIGITS = 15
"""Excel keeps so many digits of a number and makes the others zeros."""
YES, NO = _l("Yes"), _l("No")

LINE_HEIGHT = 15.0
MOST_LINES = 8
WIDEST, NARROWEST = 60, 8

StyleOf = Callable[[str, str], int]
"""(kind, tone) → index of the style; kinds: text, wrap, number, moment, date."""


def plain_text(value: Any) -> str:
    """A value as the reader sees it in a text cell."""
    label = getattr(value, "label", None)
    if isinstance(value, Enum):
        return str(value.value if label is None else label)
    if isinstance(value, Several):
        return str(value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def local(value: datetime, zone: tzinfo) -> datetime:
    """A moment on the wall clock of the desk. Excel knows no zones."""
    return value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value


def serial(value: datetime) -> float:
    """The number that Excel keeps for a moment: days since its epoch."""
    return (value - EPOCH) / timedelta(days=1)


def as_cell_value(value: Any, zone: tzinfo) -> tuple[str, str | float | int]:
    """(kind, value) of a cell; kind "" is an empty one. Texts are not cut here."""
    if value is None or value == "":
        return "", ""
    if isinstance(value, str) and not isinstance(value, Enum):
        return "text", value
    if isinstance(value, bool):
        return "text", str(YES if value else NO)
    if isinstance(value, int):
        return ("number", value) if abs(value) < 10**MOST_DIGITS else ("text", str(value))
    if isinstance(value, float | Decimal):
        return _fraction(value)
    if isinstance(value, datetime):
        moment = local(value, zone)
        if moment.date() >= FIRST_DAY:
            return "moment", serial(moment)
        return "text", moment.isoformat(sep=" ")
    if isinstance(value, date):
        if value >= FIRST_DAY:
            return "date", (value - EPOCH.date()).days
        return "text", value.isoformat()
    return "text", plain_text(value)


def _fraction(value: float | Decimal) -> tuple[str, str | float]:
    if not math.isfinite(value):
        return "text", str(value)
    if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) > MOST_DIGITS:
        return "text", format(value, "f")
    return "number", float(value)


def rendered(reference: str, kind: str, value: str | float | int, style: int) -> str:
    """The XML of one cell."""
    if kind == "":
        return blank_cell(reference, style)
    if isinstance(value, str):
        return text_cell(reference, style, value)
    return number_cell(reference, style, value)


def shown_width(text: str) -> int:
    """Roughly how many narrow characters wide the longest line is; Chinese counts two."""
    line = max(text[:400].split("\n"), key=len)[:WIDEST]
    return sum(2 if character > "\u2e7f" else 1 for character in line)


def height_for(text: str) -> float | None:
    """Height of a row with this wrapped text: as many lines as it needs, up to MOST_LINES."""
    lines = text.count("\n") + 1 + len(text) * 2 // WIDEST
    return min(lines, MOST_LINES) * LINE_HEIGHT if lines > 1 else None
