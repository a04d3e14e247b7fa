"""The words of every language of the desk, for headings and values that people write into a ledger."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

from models.labels import LazyString
from settings import LOCALES, ROOT


@cache
def _catalogues(folder: Path) -> tuple[NullTranslations, ...]:
    return tuple(Translations.load(str(folder), [locale]) for locale in LOCALES)


def in_all_languages(label: LazyString | str) -> set[str]:
    """A label as written in the source and in each catalogue."""
    source = label._args[0] if isinstance(label, LazyString) else label
    return {source, *(catalogue.gettext(source) for catalogue in _catalogues(ROOT / "translations"))}


def key_of(text: str) -> str:
    """A word as it is compared: width, case, blanks and punctuation don't count."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in normal if unicodedata.category(c)[0] in "LN" or c in "√×✓")
