"""The order of Chinese texts as people look them up: by sound, then by tone, a syllable at a time.

Knows no table and no engine: a text has the same key everywhere, and keys are compared byte by byte. Whoever changes
anything here adds a migration that makes the keys anew.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import normalize

from pypinyin import Style, lazy_pinyin

LONGEST = 120
"""Characters of a key."""
_READ = 40
"""Characters of a text that are looked at."""
_SURNAMES = {
    "曾": "zeng1",
    "单": "shan4",
    "仇": "qiu2",
    "解": "xie4",
    "查": "zha1",
    "任": "ren2",
    "区": "ou1",
    "朴": "piao2",
    "翟": "zhai2",
    "华": "hua4",
    "盖": "ge3",
    "冼": "xian3",
    "员": "yun4",
    "覃": "qin2",
    "尹": "yin3",
}
"""Characters that are read otherwise where they begin a name."""


def order_key(text: str | None) -> str | None:
    """What a text is sorted by; None for one that says nothing."""
    return _key(text, "") if text and text.strip() else None


def name_key(name: str | None) -> str | None:
    """The same for the name of a person."""
    if not name or not name.strip():
        return None
    first = name.strip()[0]
    return _key(name.strip()[1:], _SURNAMES[first]) if first in _SURNAMES else _key(name, "")


def _first(others: str) -> str:
    """Letters and digits stand before every Chinese character."""
    return f"!{others}"


@lru_cache(maxsize=20_000)
def _key(text: str, before: str) -> str:
    spelt = normalize("NFKC", text.strip()[:_READ]).casefold()
    syllables = lazy_pinyin(spelt, style=Style.TONE3, neutral_tone_with_five=True, errors=_first)
    return " ".join([before, *syllables] if before else syllables)[:LONGEST]
