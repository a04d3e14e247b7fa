"""Taking out of a procedure what names a thing that is gone."""

from __future__ import annotations

from typing import Any


def pruned(part: Any, names: set[str]) -> Any:
    """`part` without the members of its lists that are, or show, one of `names`.

    A list emptied by it goes too, and so does the item that was about nothing else.
    """
    if isinstance(part, dict):
        return {key: pruned(value, names) for key, value in part.items()}
    if not isinstance(part, list):
        return part
    kept = [(each, pruned(each, names)) for each in part if not _names_one(each, names)]
    return [now for before, now in kept if not _emptied(before, now)]


def _emptied(before: Any, now: Any) -> bool:
    """Whether nothing is left of a list, or of a list that an item holds."""
    if isinstance(now, dict):
        return any(_emptied(before[key], value) for key, value in now.items() if isinstance(value, list))
    return now == [] and before != []


def _names_one(part: Any, names: set[str]) -> bool:
    if isinstance(part, dict):
        return part.get("field") in names
    return isinstance(part, str) and part in names
