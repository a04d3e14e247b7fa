"""File names as people gave them, Chinese ones included, without what could mislead or break out."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 255


def clean_filename(given: str | None) -> str:
    """The last part of a path without control and direction-changing characters, at most 255 long; "" for nothing.

    Direction marks are dropped because they can make "cod.exe" read as "exe.doc".
    """
    name = unicodedata.normalize("NFC", given or "")
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(
        " " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    name = re.sub(r" +", " ", name).strip(" .")
    if len(name) > LONGEST:
        ending = extension_of(name)
        name = name[: LONGEST - len(ending)].rstrip(" .") + name[len(name) - len(ending) :]
    return name


def extension_of(name: str) -> str:
    """The ending in lower case with its dot, "" when there is none (or when it is too long to be one)."""
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem and 0 < len(ending) <= 10 else ""
