"""What was typed into the forms of a procedure, as data; parts added, taken out, moved.

Nothing that was typed is refused here: a word where a number belongs goes into the draft, and the checks name it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from services.procedures.forms import OBJECT, Kind, default_of, fields_of, sections
from services.procedures.reading import InvalidProcedure, Path, name, read
from services.procedures.schema import ONE_OR_MANY, Procedure


@dataclass(frozen=True)
class Typed:
    """What a browser posted: every value of every name."""

    values: Mapping[str, Sequence[str]]

    def get(self, key: str) -> str:
        """The first value; empty when the name was not posted."""
        return next(iter(self.values.get(key, ())), "")

    def getlist(self, key: str) -> list[str]:
        return list(self.values.get(key, ()))

    def __contains__(self, key: str) -> bool:
        return key in self.values


# From what was typed to data


def typed_section(section: str, data: Mapping[str, Any], typed: Typed) -> dict[str, Any]:
    """`data` with the section as it was typed. Keys that no field knows stay, for the checks to name them."""
    wanted = sections()[section]
    result = dict(data)
    for key, _annotation, kind, required, _optional, default in fields_of(Procedure):
        if key in wanted:
            _put(result, key, kind, (key,), typed, required, default, data.get(key))
    return result


def _put(
    into: dict[str, Any],
    key: str,
    kind: Kind,
    path: Path,
    typed: Typed,
    required: bool,
    default: Any,
    former: Any,
) -> None:
    value = _typed(kind, path, typed, former, key)
    omitted = value is None or (former is None and not required and value == default_of(default))
    if omitted:
        into.pop(key, None)
    else:
        into[key] = value


def _typed(kind: Kind, path: Path, typed: Typed, former: Any, key: str) -> Any:
    posted = ".".join(str(part) for part in path)
    if kind.kind == "object" and kind.of is not None:
        return _typed_object(kind.of, path, typed, former) if f"{posted}.here" in typed else None
    if kind.kind == "list" and kind.of is not None:
        return _typed_list(kind.of, path, typed, former)
    if kind.kind == "either" and kind.of is not None and typed.get(posted) == OBJECT:
        return _typed_object(kind.of, path, typed, former) if f"{posted}.here" in typed else blank(kind.of)
    if kind.kind == "text":
        said = {language: typed.get(f"{posted}.{language}").strip() for language in ("zh", "en")}
        return {language: text for language, text in said.items() if text} or None
    if kind.kind == "boolean":
        return posted in typed if f"{posted}.shown" in typed else former
    if kind.kind == "choices":
        picked = typed.getlist(posted)
        stood = [str(each) for each in (former if isinstance(former, list) else [])]
        # Boxes have no order of their own: what was ticked before keeps its place.
        ordered = [each for each in stood if each in picked] + [each for each in picked if each not in stood]
        return _one_or_many([kind.values.get(each, each) for each in ordered], key)
    text = typed.get(posted).replace("\r\n", "\n").strip()
    if not text:
        return None
    if kind.kind == "clauses":
        words = text.replace(",", " ").replace("，", " ").replace("、", " ").split()
        return _one_or_many(words, key)
    if kind.kind == "lines":
        return _one_or_many([_number(line) for line in text.splitlines() if line.strip()], key)
    if kind.kind == "number":
        return _number(text)
    if kind.kind in ("raw", "pairs"):
        return _raw(text)
    return kind.values.get(text, text)


def _typed_object(model: type[BaseModel], path: Path, typed: Typed, former: Any) -> dict[str, Any]:
    given = former if isinstance(former, dict) else {}
    result: dict[str, Any] = {}
    for key, _annotation, kind, required, _optional, default in fields_of(model):
        _put(result, key, kind, (*path, key), typed, required, default, given.get(key))
    known = {key for key, *_further in fields_of(model)}
    unknown = {key: value for key, value in given.items() if key not in known}
    return result | unknown


def _typed_list(model: type[BaseModel], path: Path, typed: Typed, former: Any) -> list[Any] | None:
    posted = ".".join(str(part) for part in path)
    count = typed.get(f"{posted}.count")
    if not count.isascii() or not count.isdigit():
        return former if isinstance(former, list) else None
    given = former if isinstance(former, list) else []
    return [
        _typed_object(model, (*path, n), typed, given[n] if n < len(given) else None)
        for n in range(min(int(count), 500))
    ]


def _one_or_many(words: list[Any], key: str) -> Any:
    if not words:
        return None
    return words[0] if len(words) == 1 and key in ONE_OR_MANY else words


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text.strip())
        except ValueError:
            continue
    return text.strip()


def _raw(text: str) -> Any:
    try:
        return read(text).data
    except InvalidProcedure:
        return text


# Adding, removing, moving


def changed(data: Mapping[str, Any], verb: str, path: Path) -> dict[str, Any]:
    """`data` with an item or an optional part added, taken out, or moved. ValueError for what is not there."""
    result = _copied(dict(data))
    holder, last = _holder(result, path, create=verb == "add")
    if verb == "add":
        _add(holder, last, _model_at(path))
    elif verb == "remove":
        del holder[last]
    elif verb in ("up", "down") and isinstance(holder, list) and isinstance(last, int):
        other = last + (-1 if verb == "up" else 1)
        if 0 <= other < len(holder):
            holder[last], holder[other] = holder[other], holder[last]
    else:
        raise ValueError(verb)
    return result


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _holder(data: Any, path: Path, *, create: bool) -> tuple[Any, Any]:
    here = data
    for part in path[:-1]:
        if create and isinstance(here, dict) and part not in here:
            here[part] = {}
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            raise ValueError(name(path)) from None
    last = path[-1]
    there = last in here if isinstance(here, dict) else isinstance(last, int) and last < len(here)
    if not create and not there:
        raise ValueError(name(path))
    return here, last


def _add(holder: Any, key: Any, kind: Kind) -> None:
    if kind.kind == "list" and kind.of is not None:
        items = holder.get(key) if isinstance(holder.get(key), list) else []
        holder[key] = [*items, blank(kind.of)]
    elif kind.kind == "object" and kind.of is not None:
        holder[key] = holder.get(key) or blank(kind.of)
    else:
        raise ValueError(str(key))


def blank(model: type[BaseModel]) -> dict[str, Any]:
    """A new part: required parts inside it are there to be filled in."""
    return {
        key: blank(kind.of) if kind.kind == "object" and kind.of is not None else []
        for key, _annotation, kind, required, _optional, _default in fields_of(model)
        if required and kind.kind in ("object", "list")
    }


def _model_at(path: Path) -> Kind:
    """The kind of the field at `path`. ValueError when the schema has none there."""
    model: type[BaseModel] = Procedure
    kind = Kind("object", Procedure)
    for part in path:
        if isinstance(part, int):
            continue
        found = next((each for each in fields_of(model) if each[0] == part), None)
        if found is None:
            raise ValueError(name(path))
        kind = found[2]
        if kind.of is not None and isinstance(kind.of, type) and issubclass(kind.of, BaseModel):
            model = kind.of
    return kind


def path_of(posted: str) -> Path:
    """The path that a field posts as."""
    return tuple(int(part) if part.isdigit() else part for part in posted.split(".") if part)
