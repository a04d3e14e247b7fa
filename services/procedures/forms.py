"""Forms from the schema: every section of a procedure as fields, and what was typed in them as data.

Nothing that was typed is refused here: a word where a number belongs goes into the draft, and the checks name it.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from services.procedures.parts import Text
from services.procedures.reading import Fault, InvalidProcedure, Path, name, read
from services.procedures.schema import ONE_OR_MANY, Procedure

BASICS = "basics"
OBJECT = "{}"
"""What is posted where a word or an object may stand, for the object."""
"""The section of the single values at the top of a procedure."""

_GIVEN = frozenset({"version"})
"""What publishing decides and nobody types."""
_SOURCES = frozenset({"clause", "assumption"})


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


@dataclass(frozen=True)
class Node:
    """One place in the form; `children` are the fields of an object or the items of a list.

    `kind`: object, list, text, choice, choices, boolean, number, string, long, lines, clauses, time, date, raw,
    either (a word or an object), open_choice (a word of the enumeration or another).
    """

    kind: str
    path: Path
    value: Any = None
    children: tuple[Node, ...] = ()
    required: bool = False
    optional: bool = False
    """An object that may be left out altogether."""
    present: bool = True
    choices: tuple[str, ...] = ()
    of: type[Any] | None = None
    """The enumeration behind the choices, or the model of an object or of a list's items."""
    default: Any = None
    faults: tuple[Fault, ...] = ()

    @property
    def key(self) -> str | int:
        return self.path[-1] if self.path else ""

    @property
    def name(self) -> str:
        return ".".join(str(part) for part in self.path)

    @property
    def is_faulty(self) -> bool:
        return bool(self.faults) or any(child.is_faulty for child in self.children)


@dataclass(frozen=True)
class _Kind:
    kind: str
    of: type[Any] | None = None
    choices: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


# What kind of field a type asks for


def _plain(annotation: Any) -> tuple[Any, bool]:
    """The type without Annotated and without None, and whether None was among it."""
    optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            inner = [each for each in get_args(annotation) if each is not type(None)]
            optional = optional or len(inner) < len(get_args(annotation))
            if len(inner) != 1:
                return annotation, optional
            annotation = inner[0]
        else:
            return annotation, optional


def _kind_of(annotation: Any, key: str | int) -> _Kind:
    origin = get_origin(annotation)
    if key == "clause":
        return _Kind("clauses")
    if origin in (tuple, list, frozenset, set):
        return _list_kind(_plain(get_args(annotation)[0])[0])
    if origin is Literal:
        words = {str(each): each for each in get_args(annotation)}
        return _Kind("choice", None, tuple(words), words)
    if origin in (Union, types.UnionType):
        return _union_kind([_plain(each)[0] for each in get_args(annotation)])
    if not isinstance(annotation, type):
        return _Kind("raw")
    if issubclass(annotation, Text):
        return _Kind("text")
    if issubclass(annotation, BaseModel):
        return _Kind("object", annotation)
    if issubclass(annotation, Enum):
        return _Kind("choice", annotation, tuple(str(member.value) for member in annotation))
    if annotation is str:
        return _Kind("long" if key in ("text", "description", "criteria") else "string")
    simple = {bool: "boolean", int: "number", float: "number", time: "time", date: "date"}
    return _Kind(simple.get(annotation, "raw"))


def _union_kind(members: list[Any]) -> _Kind:
    """Words or an object (either), or the words of an enumeration and further ones (open_choice)."""
    kinds = [_kind_of(member, "") for member in members]
    shapes = [kind.kind for kind in kinds]
    words = next((kind for kind in kinds if kind.kind == "choice"), None)
    if words is not None and sorted(shapes) == ["choice", "object"]:
        return replace(words, kind="either", of=next(kind.of for kind in kinds if kind.kind == "object"))
    if words is not None and sorted(shapes) == ["choice", "string"]:
        return replace(words, kind="open_choice")
    return _Kind("raw")


def _list_kind(item: Any) -> _Kind:
    inner = _kind_of(item, "")
    if inner.kind == "object":
        return _Kind("list", inner.of)
    if inner.kind == "choice":
        return _Kind("choices", inner.of, inner.choices, inner.values)
    return _Kind("lines") if inner.kind in ("string", "number") else _Kind("raw")


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, Any, _Kind, bool, bool, Any]]:
    """Key, annotation, kind, required, optional and default of every field; what a rule rests on comes last."""
    for attribute in sorted(model.model_fields, key=_SOURCES.__contains__):
        info = model.model_fields[attribute]
        key = info.alias or attribute
        annotation, optional = _plain(info.annotation)
        default = None if info.default is PydanticUndefined else info.default
        yield key, annotation, _kind_of(annotation, key), info.is_required(), optional, default


# From data to nodes


def tree(model: type[BaseModel], data: Any, path: Path = ()) -> tuple[Node, ...]:
    """The fields of `model`, filled from `data`."""
    given = data if isinstance(data, dict) else {}
    return tuple(
        _node(kind, given.get(key), (*path, key), required, optional, default)
        for key, _annotation, kind, required, optional, default in _fields(model)
    )


def _node(kind: _Kind, value: Any, path: Path, required: bool, optional: bool, default: Any) -> Node:
    node = Node(
        kind.kind,
        path,
        value,
        required=required,
        optional=optional or (kind.kind == "object" and not required),
        present=value is not None,
        choices=kind.choices,
        of=kind.of,
        default=_said(default),
    )
    if kind.kind == "object" and kind.of is not None:
        shown = value is not None or required
        return replace(node, present=shown, children=tree(kind.of, value, path) if shown else ())
    if kind.kind == "either" and kind.of is not None:
        by_object = isinstance(value, dict)
        children = tree(kind.of, value, path) if by_object else ()
        return replace(node, value=OBJECT if by_object else _shown("choice", value), children=children)
    if kind.kind == "list" and kind.of is not None:
        items = value if isinstance(value, list) else []
        return replace(node, children=tuple(item(kind.of, one, (*path, n)) for n, one in enumerate(items)))
    return replace(node, value=_shown(kind.kind, value))


def item(model: type[BaseModel], data: Any, path: Path) -> Node:
    """One item of a list of objects."""
    return Node("object", path, data, tree(model, data, path), required=True, of=model)


def _said(value: Any) -> Any:
    """A default as a form shows it."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return tuple(_said(each) for each in value)
    return value if isinstance(value, str | int | float | bool) else None


def _shown(kind: str, value: Any) -> Any:
    if kind == "text":
        given = value if isinstance(value, dict) else {"zh": value} if value is not None else {}
        return {language: str(given.get(language) or "") for language in ("zh", "en")}
    if kind in ("clauses", "lines", "choices"):
        listed = value if isinstance(value, list) else [] if value is None else [value]
        return tuple(str(each) for each in listed)
    if kind == "raw":
        return "" if value is None else yaml.safe_dump(value, allow_unicode=True, sort_keys=False).strip()
    if kind == "boolean":
        return value
    if kind in ("number", "choice", "open_choice", "string", "long", "time", "date"):
        return "" if value is None else str(value)
    return value


# The sections of a procedure


def sections() -> dict[str, tuple[str, ...]]:
    """The section of every key of a procedure, in the order of the schema: single values together, the rest each."""
    found: dict[str, tuple[str, ...]] = {BASICS: ()}
    for key, _annotation, kind, _required, _optional, _default in _fields(Procedure):
        if key in _GIVEN:
            continue
        if kind.kind in ("object", "list", "raw", "choices", "lines"):
            found[key] = (key,)
        else:
            found[BASICS] = (*found[BASICS], key)
    return found


def section_nodes(section: str, data: Mapping[str, Any], faults: Sequence[Fault] = ()) -> tuple[Node, ...]:
    """The fields of one section with their faults."""
    wanted = sections()[section]
    return tuple(
        with_faults(node, [fault for fault in faults if within(fault.where, node.path)])
        for node in tree(Procedure, data)
        if node.key in wanted
    )


def within(where: str, path: Path) -> bool:
    """Whether a fault's place is this one or lies inside it."""
    here = name(path)
    return where == here or where.startswith((f"{here}.", f"{here}["))


def with_faults(node: Node, faults: Sequence[Fault]) -> Node:
    """The node with each fault at the field that it is about, or at the nearest thing around it."""
    children = []
    taken: list[Fault] = []
    for child in node.children:
        theirs = [fault for fault in faults if within(fault.where, child.path)]
        taken += theirs
        children.append(with_faults(child, theirs))
    own = tuple(fault for fault in faults if fault not in taken)
    return replace(node, children=tuple(children), faults=own)


# From what was typed to data


def typed_section(section: str, data: Mapping[str, Any], typed: Typed) -> dict[str, Any]:
    """`data` with the section as it was typed. Keys that no field knows stay, for the checks to name them."""
    wanted = sections()[section]
    result = dict(data)
    for key, _annotation, kind, required, _optional, default in _fields(Procedure):
        if key in wanted:
            _put(result, key, kind, (key,), typed, required, default, data.get(key))
    return result


def _put(
    into: dict[str, Any],
    key: str,
    kind: _Kind,
    path: Path,
    typed: Typed,
    required: bool,
    default: Any,
    former: Any,
) -> None:
    value = _typed(kind, path, typed, former, key)
    omitted = value is None or (former is None and not required and value == _said(default))
    if omitted:
        into.pop(key, None)
    else:
        into[key] = value


def _typed(kind: _Kind, path: Path, typed: Typed, former: Any, key: str) -> Any:
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
    if kind.kind == "raw":
        return _raw(text)
    return kind.values.get(text, text)


def _typed_object(model: type[BaseModel], path: Path, typed: Typed, former: Any) -> dict[str, Any]:
    given = former if isinstance(former, dict) else {}
    result: dict[str, Any] = {}
    for key, _annotation, kind, required, _optional, default in _fields(model):
        _put(result, key, kind, (*path, key), typed, required, default, given.get(key))
    known = {key for key, *_further in _fields(model)}
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


def _add(holder: Any, key: Any, kind: _Kind) -> None:
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
        for key, _annotation, kind, required, _optional, _default in _fields(model)
        if required and kind.kind in ("object", "list")
    }


def _model_at(path: Path) -> _Kind:
    """The kind of the field at `path`. ValueError when the schema has none there."""
    model: type[BaseModel] = Procedure
    kind = _Kind("object", Procedure)
    for part in path:
        if isinstance(part, int):
            continue
        found = next((each for each in _fields(model) if each[0] == part), None)
        if found is None:
            raise ValueError(name(path))
        kind = found[2]
        if kind.of is not None and isinstance(kind.of, type) and issubclass(kind.of, BaseModel):
            model = kind.of
    return kind


def path_of(posted: str) -> Path:
    """The path that a field posts as."""
    return tuple(int(part) if part.isdigit() else part for part in posted.split(".") if part)
