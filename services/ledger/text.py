"""Text in a workbook cell: nothing lost, nothing executed.

A cell holds 32,767 UTF-16 units, and its XML cannot hold control characters. Excel's own way out is `_xHHHH_`, four
hexadecimal digits of the character's code; a text that happens to look like one has its underscore written as
`_x005F_`. `decoded` reverses both. calamine and LibreOffice decode by themselves, openpyxl does not.
"""

from __future__ import annotations

import re

CELL_UNITS = 32_767
"""What Excel keeps of a text, in UTF-16 units: a character beyond U+FFFF counts two."""

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def encoded(text: str) -> str:
    """`text` with everything that XML or Excel would change written as `_xHHHH_`."""
    return _UNSAFE.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def decoded(text: str) -> str:
    """The text that `encoded` was given; for readers that hand out the escapes as they stand."""
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)


def utf16_units(text: str) -> int:
    """How many UTF-16 units the text takes."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def pieces(text: str) -> list[str]:
    """`text` cut into cells of at most CELL_UNITS; a character is never cut in two. Joined they are the text."""
    if len(text) * 2 <= CELL_UNITS or utf16_units(text) <= CELL_UNITS:
        return [text]
    found: list[str] = []
    begin = units = 0
    for position, character in enumerate(text):
        wide = 2 if character > "\uffff" else 1
        if units + wide > CELL_UNITS:
            found.append(text[begin:position])
            begin, units = position, 0
        units += wide
    return [*found, text[begin:]]
