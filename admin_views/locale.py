"""The language of the page being made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import get_locale

from settings import LOCALES


def locale() -> str:
    """zh_Hans_CN or en."""
    return "en" if str(get_locale() or LOCALES[0]).startswith("en") else LOCALES[0]


def enumerated(words: Iterable[Any]) -> str:
    """Words one after the other, as the language of the page sets them apart."""
    return (", " if locale() == "en" else "、").join(str(word) for word in words)
