"""Two texts of a procedure against each other, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.procedures.schema import Procedure

_NAMED_BY = ("code", "field", "level")
_OF_ONE = frozenset({"version"})


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Item:
    """One entry of a list, told apart by its code, field or level, else by its place."""

    identity: str
    data: Any


Part = str | Item


@dataclass(frozen=True)
class Difference:
    """One rule that is not the same. `path` goes from the section down to it."""

    path: tuple[Part, ...]
    change: Change
    before: Any = None
    after: Any = None

    @property
    def section(self) -> str:
        return str(self.path[0])


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Everything that differs, in the order of the schema. The version's own number is no rule."""
    keys = [key for key in Procedure.model_fields if key not in _OF_ONE]
    found: list[Difference] = []
    for key in [*keys, *sorted((set(before) | set(after)) - set(keys) - _OF_ONE)]:
        found += _compare((key,), before.get(key), after.get(key))
    return found


def _compare(path: tuple[Part, ...], before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if _is_parts(before) and _is_parts(after):
        yield from _compare_lists(path, before or [], after or [])
    elif before is None or after is None:
        yield Difference(path, Change.ADDED if before is None else Change.REMOVED, before, after)
    elif isinstance(before, dict) and isinstance(after, dict) and not _is_text(before):
        for key in dict.fromkeys((*before, *after)):
            yield from _compare((*path, key), before.get(key), after.get(key))
    else:
        yield Difference(path, Change.CHANGED, before, after)


def _is_parts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(each, dict) for each in value))


def _is_text(value: Mapping[str, Any]) -> bool:
    return set(value) <= {"zh", "en"}


def _compare_lists(
    path: tuple[Part, ...], before: Sequence[Any], after: Sequence[Any]
) -> Iterator[Difference]:
    old, new = _by_identity(before), _by_identity(after)
    for identity, data in old.items():
        if identity not in new:
            yield Difference((*path, Item(identity, data)), Change.REMOVED, data, None)
    for identity, data in new.items():
        here = (*path, Item(identity, data))
        if identity in old:
            yield from _compare(here, old[identity], data)
        else:
            yield Difference(here, Change.ADDED, None, data)
    kept_old = [identity for identity in old if identity in new]
    kept_new = [identity for identity in new if identity in old]
    if kept_old != kept_new:
        yield Difference(path, Change.MOVED, kept_old, kept_new)


def _by_identity(items: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for index, data in enumerate(items):
        named = next((str(data[key]) for key in _NAMED_BY if data.get(key)), f"#{index + 1}")
        found[named if named not in found else f"{named} #{index + 1}"] = data
    return found
