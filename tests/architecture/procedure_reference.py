"""Every key of a procedure file, as a document. `python -m tests.architecture.procedure_reference` prints it."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from services.procedures.parts import Ruled, Text
from services.procedures.schema import Procedure

HEAD = """# Every key of a procedure file

Generated from the schema (`python -m tests.architecture.procedure_reference`); [procedures.md](procedures.md) says how
to write one. A part that "carries a rule" takes `clause` and `assumption` besides the keys listed, and needs one of
them. "Text" is a pair `{zh: …, en: …}`. Where "needed" is empty, the key may be left out.
"""
_PLAIN = {
    str: "words",
    int: "whole number",
    float: "number",
    bool: "true or false",
    time: "time (17:30)",
    Decimal: "number",
}


def reference() -> str:
    """The whole document."""
    parts = [HEAD, *_part(Procedure, "Procedure"), ""]
    for model in _models():
        parts += _part(model, model.__name__)
    return "\n".join(parts).rstrip() + "\n"


def _models() -> list[type[BaseModel]]:
    """Every part below a procedure, in the order in which a reader meets them."""
    found: dict[type[BaseModel], None] = {}
    waiting: list[type[BaseModel]] = [Procedure]
    while waiting:
        model = waiting.pop(0)
        for info in model.model_fields.values():
            for inner in _inner(info.annotation):
                if inner not in found and inner is not Text:
                    found[inner] = None
                    waiting.append(inner)
    return list(found)


def _inner(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _inner(argument)


def _part(model: type[BaseModel], title: str) -> list[str]:
    rows = ["", f"## {title}", ""]
    said = (model.__doc__ or "").strip()
    if said and not said.startswith("!!!"):
        rows += [" ".join(said.split()), ""]
    if issubclass(model, Ruled):
        rows += ["Carries a rule.", ""]
    rows += ["| Key | Holds | Needed |", "|---|---|---|"]
    for key, info in model.model_fields.items():
        if key in ("clause", "assumption") and issubclass(model, Ruled):
            continue
        needed = "yes" if info.is_required() else ""
        rows.append(f"| `{info.alias or key}` | {_holds(info.annotation)} | {needed} |")
    return rows


def _holds(annotation: Any) -> str:
    """A type in words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        return _holds(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_holds(each) for each in arguments if each is not type(None)))
    if origin in (tuple, list):
        return f"list of: {_holds(arguments[0])}"
    if origin is dict:
        return f"pairs of {_holds(arguments[0])} and {_holds(arguments[1])}"
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in arguments)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{member.value}`" for member in annotation)
    if annotation is Text:
        return "Text"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return _PLAIN.get(annotation, "anything")


if __name__ == "__main__":
    print(reference(), end="")
