"""Finds the heading row of an old ledger and proposes what each of its columns is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import Any

from models.labels import _l
from services.errors import Invalid
from services.ledger.languages import in_all_languages, key_of
from services.ledger.parsing import is_blank, text_of
from services.ledger.sheets import Row
from services.ledger.source import NoRows, Sheet, UnusableFile
from services.ledger.targets import REQUIRED, Target, targets, words_for

REMARKS = _l("What the dry run found")
"""Heading of the column that services.ledger.marking adds."""
_ABOUT = _l("About this ledger")
"""Name of the sheet that the desk's own workbooks have besides."""
LOOKED_AT = 20
"""Lines at the top among which the heading row is sought: titles and notes may stand above it."""
SAMPLES = 3


@dataclass(frozen=True)
class Heading:
    """The heading row of a sheet: its line (from 1), the names of its columns, a few values of each."""

    sheet: Sheet
    line: int
    names: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    further: tuple[Target, ...] = ()
    """What the procedure in force adds to the fields that a column can go to."""
    sheets: tuple[str, ...] = ()
    """Names of all sheets of the file that have a heading."""

    @property
    def key(self) -> str:
        """The shape of the file: ledgers with the same headings share a remembered mapping."""
        return hashlib.sha256("\x1f".join(key_of(name) for name in self.names).encode()).hexdigest()

    def place(self) -> dict[str, Any]:
        """What `kept` reads: where it stands and what stands there."""
        return {
            "sheet": self.sheet.name,
            "sheets": list(self.sheets),
            "line": self.line,
            "names": list(self.names),
            "samples": [list(each) for each in self.samples],
        }

    @classmethod
    def kept(
        cls, place: Mapping[str, Any], further: tuple[Target, ...], sheet: Sheet | None = None
    ) -> Heading:
        """A heading as `place` kept it: over the rows of `sheet`, otherwise names without rows under them."""
        samples = tuple(tuple(each) for each in place["samples"])
        sheet = sheet or Sheet(place["sheet"], NoRows())
        return cls(sheet, place["line"], tuple(place["names"]), samples, further, tuple(place["sheets"]))

    @property
    def lines_below(self) -> int:
        """How many lines the sheet has under it, once it was read."""
        return max(0, self.sheet.rows.total - self.line)


ColumnMapping = Mapping[int, str]
"""Column (from 0) → field."""


def find_heading(sheets: list[Sheet], wanted: str = "", further: tuple[Target, ...] = ()) -> Heading:
    """The heading row of the sheet named `wanted`, else of the sheet whose headings say most. UnusableFile: none."""
    words = words_for(further)
    sheets = [sheet for sheet in sheets if sheet.name not in in_all_languages(_ABOUT)]
    found = [(each[0], each[1]) for sheet in sheets if (each := _in_sheet(sheet, words)) is not None]
    names = tuple(heading.sheet.name for _score, heading in found)
    asked = [each for each in found if not wanted or each[1].sheet.name == wanted]
    if not asked:
        raise UnusableFile(
            _l("No heading row was found. Put a row with the names of the columns above the data.")
        )
    best = max(asked, key=lambda each: each[0])[1]
    return replace(best, further=further, sheets=names)


def _in_sheet(sheet: Sheet, words: Mapping[str, str]) -> tuple[int, Heading] | None:
    top = sheet.top(LOOKED_AT + SAMPLES + 1)
    found = [(_score(row, words), -index, row) for index, row in enumerate(top[:LOOKED_AT])]
    # Two rows, the upper one with cells merged over several of the lower: only where they say more than one alone.
    found += [
        (_score(both, words), -index - 1, both)
        for index, (upper, lower) in enumerate(pairwise(top[: LOOKED_AT + 1]))
        if _score(both := _merged(upper, lower, words), words)
        > max(_score(upper, words), _score(lower, words))
    ]
    score, line, row = max(found, key=lambda each: each[:2], default=(0, 0, []))
    if score < 2:
        line = -next((i for i, each in enumerate(top) if _looks_like_names(each)), len(top))
        if -line >= len(top):
            return None
        row = top[-line]
    names = [text_of(cell).strip() for cell in row]
    while names and names[-1] in ("", *in_all_languages(REMARKS)):
        names.pop()
    below = top[-line + 1 : -line + 1 + SAMPLES]
    samples = tuple(
        tuple(text_of(r[index]).strip()[:60] for r in below if index < len(r) and not is_blank(r[index]))
        for index in range(len(names))
    )
    return score, Heading(sheet, 1 - line, tuple(names), samples)


def _merged(upper: Row, lower: Row, words: Mapping[str, str]) -> Row:
    """One row of names from two: below a cell merged over several columns each has its own, elsewhere the upper one."""
    found, group = [], ""
    for over, under in zip_longest(upper, lower, fillvalue=""):
        above, below = text_of(over).strip(), text_of(under).strip()
        group = above or group
        if not below:
            found.append(above)
        elif key_of(below) in words and key_of(group + below) not in words:
            found.append(below)
        else:
            found.append(group + below)
    return found


def _score(row: Row, words: Mapping[str, str]) -> int:
    return len({words[key] for cell in row if isinstance(cell, str) and (key := key_of(cell)) in words})


def _looks_like_names(row: Row) -> bool:
    filled = [cell for cell in row if not is_blank(cell)]
    texts = [cell.strip() for cell in filled if isinstance(cell, str) and len(cell) <= 60]
    return len(texts) >= 2 and len(texts) == len(filled) == len(set(texts))


def suggested(heading: Heading) -> dict[int, str]:
    """The mapping that the headings themselves suggest; a field is given to the first column that names it."""
    words = words_for(heading.further)
    found: dict[int, str] = {}
    for index, name in enumerate(heading.names):
        key = words.get(key_of(name), "")
        if key and key not in found.values():
            found[index] = key
    return found


def check_mapping(heading: Heading, mapping: ColumnMapping) -> None:
    """Invalid when a field is unknown or given twice, or a required one is missing."""
    known = targets(heading.further)
    faults: dict[str, str] = {}
    for index, key in mapping.items():
        if key not in known or not 0 <= index < len(heading.names):
            faults[f"map-{index}"] = str(_l("There is no such field: %(name)s.", name=key))
        elif sum(other == key for other in mapping.values()) > 1:
            faults[f"map-{index}"] = str(
                _l("Two columns go to the same field: %(name)s.", name=known[key].label)
            )
    for key in REQUIRED:
        if key not in mapping.values():
            faults["mapping"] = str(_l("Say which column holds: %(name)s.", name=known[key].label))
    if not {"summary", "content"} & set(mapping.values()):
        faults.setdefault("mapping", str(_l("Say which column holds the subject or the content.")))
    if faults:
        raise Invalid(faults)
