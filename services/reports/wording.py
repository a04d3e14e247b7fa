"""Texts of both languages in the language in force."""

from __future__ import annotations

from flask_babel import get_locale

from services.procedures.parts import Text
from services.reports.slices import Words


def spoken(words: Words | None) -> str:
    """A text, a label or what somebody typed, as the reader in front of the screen reads it."""
    if isinstance(words, Text):
        locale = get_locale()
        return words.in_language(str(locale) if locale else "zh")
    return str(words or "")
