"""What a column says of itself: screens, filters, import and export are generated from these declarations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, RelationshipProperty

from models.labels import LazyString
from models.types import Moment


class Sensitivity(StrEnum):
    """Who may read a value once the row itself may be read."""

    OPEN = "open"
    """Everyone who sees the row."""
    INTERNAL = "internal"
    """Everyone who sees the row; never on anything that leaves the organisation."""
    PERSONAL = "personal"
    """Masked unless the reader handles the case; revealing it is logged."""
    SECRET = "secret"  # noqa: S105  (a level of sensitivity)
    """Never shown, exported or searched."""


def field(
    label: LazyString | str,
    sensitivity: Sensitivity = Sensitivity.OPEN,
    *,
    default: bool = False,
    listed: bool = True,
    form: bool = True,
    page: bool = True,
    filter: bool = True,
    export: bool = True,
    import_: bool = True,
    long_text: bool = False,
    read_only: bool = False,
    shows: str | None = None,
    coded: bool = False,
    help: LazyString | str = "",
) -> dict[str, Any]:
    """The declaration kept in a column's `info`.

    `default` puts it among the columns a new user sees in the list; `listed` offers it in the column chooser;
    `read_only` keeps it out of every form and import; `shows` names the relation whose target a foreign key stands for;
    `coded` texts hold a code whose name a procedure gives.
    """
    declared = dict(locals())
    declared.pop("help")
    return {"field": {**declared, "help": help}}


HIDDEN: dict[str, Any] = {"field": None}
"""For keys and bookkeeping that no screen shows (a decision, unlike a column that declares nothing)."""


@dataclass(frozen=True)
class FieldSpec:
    """One column of a model as the screens need it."""

    key: str
    label: LazyString | str
    sensitivity: Sensitivity
    kind: str
    """text, long_text, integer, number, boolean, moment, date, choice, relation, json; a field that a procedure
    declares may also be of kind choices (several of them) or file"""
    column: sa.Column[Any]
    choices: type[StrEnum] | None
    relation: str | None
    default: bool
    listed: bool
    form: bool
    page: bool
    filter: bool
    export: bool
    import_: bool
    read_only: bool
    required: bool
    help: LazyString | str
    max_length: int | None
    coded: bool = False
    code: str | None = None
    """The code of a field that a procedure declares; None for a column of the table."""
    target: type[Any] | None = None
    """What such a field points at."""
    retired: bool = False
    group: str = ""


def _kind(column: sa.Column[Any], declared: dict[str, Any]) -> str:
    if declared["shows"]:
        return "relation"
    if declared["long_text"]:
        return "long_text"
    column_type = column.type
    if isinstance(column_type, sa.Enum):
        return "choice"
    if isinstance(column_type, Moment):
        return "moment"
    for sql_type, kind in (
        (sa.Boolean, "boolean"),
        (sa.Integer, "integer"),
        (sa.Numeric, "number"),
        (sa.Date, "date"),
        (sa.JSON, "json"),
    ):
        if isinstance(column_type, sql_type):
            return kind
    return "text"


def _spec(key: str, column: Any, declared: dict[str, Any]) -> FieldSpec:
    choices: Any = column.type.enum_class if isinstance(column.type, sa.Enum) else None
    writable = declared["form"] and not declared["read_only"]
    return FieldSpec(
        key=key,
        label=declared["label"],
        sensitivity=declared["sensitivity"],
        kind=_kind(column, declared),
        column=column,
        choices=choices,
        relation=declared["shows"],
        default=declared["default"],
        listed=declared["listed"],
        form=writable,
        page=declared["page"],
        filter=declared["filter"],
        export=declared["export"],
        import_=declared["import_"] and not declared["read_only"],
        read_only=declared["read_only"],
        required=not column.nullable and column.default is None and column.server_default is None,
        help=declared["help"],
        max_length=getattr(column.type, "length", None),
        coded=declared["coded"],
    )


def fields_of(model: type[Any]) -> list[FieldSpec]:
    """The declared columns of `model`, in the order of its table; undeclared and secret ones are left out."""
    return list(_fields_of(model))  # type: ignore[arg-type]


@lru_cache(maxsize=512)
def _fields_of(model: type[Any]) -> tuple[FieldSpec, ...]:
    mapper: Mapper[Any] = sa.inspect(model)
    specs = []
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        declared = column.info.get("field")
        if declared is None or declared["sensitivity"] is Sensitivity.SECRET:
            continue
        specs.append(_spec(attribute.key, column, declared))
    return tuple(specs)


def field_of(model: type[Any], key: str) -> FieldSpec:
    """The declaration of one column. KeyError when it is not declared."""
    for spec in fields_of(model):
        if spec.key == key:
            return spec
    raise KeyError(f"{model.__name__}.{key}")


def undeclared_columns(model: type[Any]) -> list[str]:
    """Columns that say nothing of themselves: the tests refuse them, and no screen shows them."""
    mapper: Mapper[Any] = sa.inspect(model)
    return [a.key for a in mapper.column_attrs if "field" not in a.columns[0].info]


def relation_target(model: type[Any], spec: FieldSpec) -> type[Any]:
    """The model behind a relation field."""
    if spec.target is not None:
        return spec.target
    relation: RelationshipProperty[Any] = sa.inspect(model).relationships[spec.relation or ""]
    return relation.mapper.class_
