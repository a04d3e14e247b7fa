"""The columns of a list: which a model offers, and what is selected for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement, Select

import models as m
from models.fields import FieldSpec, Sensitivity, fields_of, relation_target
from services.listing.frequency import bytewise
from services.listing.orders import KEYED
from services.own_fields import NOTHING, Declared, code_of, read
from services.own_fields.values import named

CUT = 160
"""Characters of a long text that a list loads."""

_DISPLAY = {
    m.User: "name",
    m.Department: "name",
    m.Complaint: "number",
    m.Accident: "number",
    m.Hold: "number",
}


@dataclass(frozen=True)
class Ref:
    """The target of a relation as a list shows it."""

    id: int
    text: str
    address: str | None = None

    def __str__(self) -> str:
        return self.text


def offered(model: type[Any], declared: Declared = NOTHING) -> list[FieldSpec]:
    """The fields a list of `model` may show, in the order of the table; fields of procedures after them."""
    return [spec for spec in declared.fields_of(model) if spec.listed and spec.kind != "json"]


def default_keys(model: type[Any], declared: Declared = NOTHING) -> tuple[str, ...]:
    """What a new user sees."""
    specs = offered(model, declared)
    return tuple(spec.key for spec in specs if spec.default) or tuple(spec.key for spec in specs[:5])


_ORDERS = frozenset(
    {
        "number",
        "state",
        "received_at",
        "category",
        "grade",
        "occurred_on",
        "department_id",
        "handler_id",
        "product",
        "due_at",
        "replied_at",
        "closed_at",
        "archived_at",
        "created_at",
    }
)
"""Columns of complaints that have an order: each costs an index. Declared fields have theirs anyway."""


def is_sortable(spec: FieldSpec) -> bool:
    """Order would betray masked values, and long texts have none worth having."""
    if spec.column.table is m.Complaint.__table__ and spec.code is None and spec.key not in _ORDERS:
        return False
    return (
        spec.kind not in ("json", "long_text", "choices", "file")
        and spec.sensitivity is not Sensitivity.PERSONAL
    )


def address_key(model: type[Any]) -> str:
    """The column that addresses a row: never one that counts up where gaps would tell of rows one may not see."""
    if hasattr(model, "public_id"):
        return "public_id"
    return "entry_hash" if model is m.AuditEntry else "id"


def at_address(model: type[Any], address: str) -> ColumnElement[bool]:
    """The condition that picks the row with this address; false for a malformed one."""
    key = address_key(model)
    column: ColumnElement[Any] = getattr(model, key)
    if key != "id":
        return column == address
    is_number = address.isascii() and address.isdigit() and len(address) < 10
    return column == int(address) if is_number else sa.false()


def display_key(model: type[Any], locale: str = "zh_Hans_CN") -> str:
    """The column that stands for a row of `model` wherever it is mentioned."""
    if model is m.ProcedureVersion:
        return "name_en" if locale.startswith("en") else "name_zh"
    if model in _DISPLAY:
        return _DISPLAY[model]
    specs = fields_of(model)
    texts = [
        spec.key
        for spec in specs
        if spec.kind in ("text", "long_text") and spec.sensitivity is Sensitivity.OPEN
    ]
    return texts[0] if texts else "id"


@dataclass
class Sources:
    """The relations that a statement joins, each once."""

    model: type[Any]
    locale: str
    aliases: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    """The typed rows of declared fields that are joined, by code."""

    is_keyed: bool = False
    """Whether the keys of complaints are joined."""

    def typed(self, spec: FieldSpec) -> Any:
        """The alias of a declared field's typed row; asking for it makes `joined` join it."""
        assert spec.code is not None
        if spec.code not in self.values:
            self.values[spec.code] = aliased(m.ComplaintValue)
        return self.values[spec.code]

    def target(self, spec: FieldSpec) -> Any:
        """The alias of a relation's table; asking for it makes `joined` join it."""
        assert spec.relation is not None
        if spec.relation not in self.aliases:
            self.aliases[spec.relation] = aliased(relation_target(self.model, spec))
        return self.aliases[spec.relation]

    def shown_text(self, spec: FieldSpec) -> ColumnElement[Any]:
        """The display column of a relation."""
        return getattr(self.target(spec), display_key(relation_target(self.model, spec), self.locale))

    def value(self, spec: FieldSpec, full: bool) -> list[ColumnElement[Any]]:
        """What is selected for one field; `full` loads long texts whole."""
        if spec.relation is not None:
            target = self.target(spec)
            own = (
                getattr(self.typed(spec), typed_column(spec)) if spec.code else getattr(self.model, spec.key)
            )
            return [own, self.shown_text(spec), getattr(target, "public_id", sa.null())]
        column = stored(spec) if spec.code is not None else getattr(self.model, spec.key)
        if spec.kind == "long_text":
            text = column.as_string() if spec.code is not None else column
            return [text if full else sa.func.substr(text, 1, CUT)]
        return [column]

    def sort_key(self, spec: FieldSpec) -> tuple[ColumnElement[Any], bool]:
        """What a field is ordered by, and whether it may be NULL."""
        if self.model is m.Complaint and spec.key in KEYED:
            self.is_keyed = True
            return getattr(m.ComplaintOrder, KEYED[spec.key]), True
        if spec.relation is not None:
            shown = self.shown_text(spec)
            return bytewise(shown) if isinstance(shown.type, sa.String) else shown, True
        if spec.code is not None:
            return getattr(self.typed(spec), typed_column(spec)), True
        column = getattr(self.model, spec.key)
        is_text = (
            spec.kind == "text" and self.model is not m.Complaint
        )  # whose columns are compared so anyway
        return bytewise(column) if is_text else column, bool(spec.column.nullable)

    def joined(self, statement: Select[Any]) -> Select[Any]:
        """The statement with an outer join for each relation asked for; scope rules land in its ON clause."""
        specs = {code_of(relation): relation for relation in self.aliases}
        for code, row in self.values.items():
            of_field = m.Complaint.typed_values.of_type(row).and_(row.code == code)
            statement = statement.outerjoin(of_field)
            if code in specs:
                alias = self.aliases[specs[code]]
                column = row.user_id if sa.inspect(alias).mapper.class_ is m.User else row.department_id
                statement = statement.outerjoin(alias, alias.id == column)
        if self.is_keyed:
            statement = statement.outerjoin(m.ComplaintOrder, m.ComplaintOrder.id == m.Complaint.id)
        for relation, alias in self.aliases.items():
            if code_of(relation) is None:
                statement = statement.outerjoin(getattr(self.model, relation).of_type(alias))
        return statement


def stored(spec: FieldSpec) -> Any:
    """The value of a declared field as the complaint keeps it."""
    return m.Complaint.own_values[spec.code]


def typed_column(spec: FieldSpec) -> str:
    """The column of the typed rows that holds this kind of value."""
    if spec.relation is not None:
        return "user_id" if spec.target is m.User else "department_id"
    return {"number": "number", "date": "day"}.get(spec.kind, "text")


def read_value(spec: FieldSpec, values: list[Any]) -> Any:
    """What `Sources.value` selected, as one value."""
    if spec.relation is None:
        if spec.code is not None:
            return read(spec, values[0])
        if spec.coded and spec.choices is not None and values[0] is not None:
            return named(spec, values[0])
        return values[0]
    return None if values[1] is None else Ref(values[0], str(values[1]), values[2])
