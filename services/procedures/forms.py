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
from services.procedures.reading import Fault, Path, name
from services.procedures.schema import Procedure

BASICS = "basics"
OBJECT = "{}"
"""What is posted where a word or an object may stand, for the object."""
"""The section of the single values at the top of a procedure."""

_GIVEN = frozenset({"version"})
"""What publishing decides and nobody types."""
_SOURCES = frozenset({"clause", "assumption"})


@dataclass(frozen=True)
class Node:
    """One place in the form; `children` are the fields of an object or the items of a list.

    `kind`: object, list, text, choice, choices, boolean, number, string, long, lines, clauses, time, date, pairs, raw,
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
class Kind:
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


def _kind_of(annotation: Any, key: str | int) -> Kind:
    origin = get_origin(annotation)
    if key == "clause":
        return Kind("clauses")
    if origin in (tuple, list, frozenset, set):
        return _list_kind(_plain(get_args(annotation)[0])[0])
    if origin is Literal:
        words = {str(each): each for each in get_args(annotation)}
        return Kind("choice", None, tuple(words), words)
    if origin in (Union, types.UnionType):
        return _union_kind([_plain(each)[0] for each in get_args(annotation)])
    if origin is not None and issubclass(origin, Mapping):
        return Kind("pairs")
    if not isinstance(annotation, type):
        return Kind("raw")
    if issubclass(annotation, Text):
        return Kind("text")
    if issubclass(annotation, BaseModel):
        return Kind("object", annotation)
    if issubclass(annotation, Enum):
        return Kind("choice", annotation, tuple(str(member.value) for member in annotation))
    if annotation is str:
        return Kind("long" if key in ("text", "description", "criteria") else "string")
    simple = {bool: "boolean", int: "number", float: "number", time: "time", date: "date"}
    return Kind(simple.get(annotation, "raw"))


def _union_kind(members: list[Any]) -> Kind:
    """Words or an object (either), or the words of an enumeration and further ones (open_choice)."""
    kinds = [_kind_of(member, "") for member in members]
    shapes = [kind.kind for kind in kinds]
    words = next((kind for kind in kinds if kind.kind == "choice"), None)
    if words is not None and sorted(shapes) == ["choice", "object"]:
        return replace(words, kind="either", of=next(kind.of for kind in kinds if kind.kind == "object"))
    if words is not None and sorted(shapes) == ["choice", "string"]:
        return replace(words, kind="open_choice")
    return Kind("raw")


def _list_kind(item: Any) -> Kind:
    inner = _kind_of(item, "")
    if inner.kind == "object":
        return Kind("list", inner.of)
    if inner.kind == "text":
        return Kind("list", Text)
    if inner.kind == "choice":
        return Kind("choices", inner.of, inner.choices, inner.values)
    return Kind("lines") if inner.kind in ("string", "number") else Kind("raw")


def fields_of(model: type[BaseModel]) -> Iterator[tuple[str, Any, Kind, bool, bool, Any]]:
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
        for key, _annotation, kind, required, optional, default in fields_of(model)
    )


def _node(kind: Kind, value: Any, path: Path, required: bool, optional: bool, default: Any) -> Node:
    node = Node(
        kind.kind,
        path,
        value,
        required=required,
        optional=optional or (kind.kind == "object" and not required),
        present=value is not None,
        choices=kind.choices,
        of=kind.of,
        default=default_of(default),
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


def default_of(value: Any) -> Any:
    """A default as a form shows it."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return tuple(default_of(each) for each in value)
    return value if isinstance(value, str | int | float | bool) else None


def _shown(kind: str, value: Any) -> Any:
    if kind == "text":
        given = value if isinstance(value, dict) else {"zh": value} if value is not None else {}
        return {language: str(given.get(language) or "") for language in ("zh", "en")}
    if kind in ("clauses", "lines", "choices"):
        listed = value if isinstance(value, list) else [] if value is None else [value]
        return tuple(str(each) for each in listed)
    if kind in ("raw", "pairs"):
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
    for key, _annotation, kind, _required, _optional, _default in fields_of(Procedure):
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
