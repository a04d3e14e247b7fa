"""Texts as the search index sees them: one spelling, cut into pieces of one, two and three characters.

Knows no table. SQLite calls `sqlite_grams` from its triggers; PostgreSQL has the same cutting as a function of its own
(migrations), since an index there cannot call Python.
"""

from __future__ import annotations

import re
import unicodedata
from array import array

FIELD_END = "\n"
"""Ends each field within a searchable text. Never inside a field or a word, so no word is found across two fields."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""Soft hyphens and spaces without width come along with pasted text; nobody types them into a search."""
_LATIN = re.compile("[0-9a-z]{3,}")
_ODD = re.compile("[\x00-\x09\x0b-/:-`{-\x7f]")
"""Every ASCII character that is neither digit nor small letter; FIELD_END may cut."""
_BLANK = ord(" ")
_FOR_FTS5 = {code: 0xE000 + code for code in range(128) if not (48 <= code <= 57 or 97 <= code <= 122)}
"""FTS5's `ascii` tokenizer cuts at whatever is ASCII and neither digit nor letter; these pieces must stay whole."""
_FOR_FTS5_TEXT = {chr(code): chr(to) for code, to in _FOR_FTS5.items()}


def normalise(text: str) -> str:
    """One spelling for what people hold to be the same: full-width digits, capitals, any run of blanks."""
    if not text:
        return ""
    spelt = unicodedata.normalize("NFKC", text)
    folded = spelt.casefold()
    if folded != spelt:
        folded = unicodedata.normalize("NFKC", folded)
    if folded.isprintable():  # nothing invisible, no blanks but plain ones: nearly every text of a ledger
        return " ".join(folded.split()) if "  " in folded else folded.strip(" ")
    folded = folded.translate(_INVISIBLE)
    return " ".join(_CONTROL.sub(" ", folded).split())


def grams(text: str) -> set[str]:
    """Every piece of one and of two characters, and those of three Latin letters or digits, field by field.

    Two digits in a row stand in almost every complaint; three tell a number from others.
    """
    found: set[str] = set()
    for line in text.split(FIELD_END):
        found.update(line)
        found.update(map(str.__add__, line, line[1:]))
        for run in _LATIN.findall(line):
            found.update(map("".join, zip(run, run[1:], run[2:], strict=False)))
    return found


def needed(word: str) -> list[str]:
    """The pieces that a text has to have to contain `word` (normalised): as few as tell the most."""
    if len(word) < 2:
        return [word] if word else []
    found: list[str] = []
    for at in range(len(word) - 1):
        if _LATIN.fullmatch(word[at : at + 3]):
            found.append(word[at : at + 3])
        elif at == 0 or not _LATIN.fullmatch(word[at - 1 : at + 2]):
            found.append(word[at : at + 2])
    return list(dict.fromkeys(found))


def told_exactly(word: str) -> bool:
    """Whether its pieces tell a word exactly: a longer one may have them all and still not the word itself."""
    return len(needed(word)) == 1


def sqlite_grams(text: str | None) -> str:
    """`grams` as the text that FTS5 is given, which minds no piece that comes twice or ends at the end of a field."""
    kept = _ODD.sub(_for_fts5, text or "")
    characters = array("I")
    characters.frombytes(kept.encode("utf-32-le", "surrogatepass"))
    # "ab" as "a ab b b": character, blank, character, the one after it, blank. Steps of an array take a third of the
    # time that joining strings does.
    found = array("I", (_BLANK,)) * (5 * len(characters))
    found[0::5] = found[2::5] = characters
    found[3:-5:5] = characters[1:]
    runs = (" ".join(map("".join, zip(run, run[1:], run[2:], strict=False))) for run in _LATIN.findall(kept))
    return found.tobytes().decode("utf-32-le", "surrogatepass") + " ".join(runs)


def sqlite_match(pieces: list[str]) -> str:
    """The FTS5 query for texts that have all these pieces."""
    return " AND ".join(f'"{piece.translate(_FOR_FTS5)}"' for piece in pieces)


def _for_fts5(found: re.Match[str]) -> str:
    return _FOR_FTS5_TEXT[found[0]]
