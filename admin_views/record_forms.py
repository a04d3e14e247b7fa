"""Forms over a mapped model, generated from its field declarations, and what they post as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import FormField, HiddenField

from admin_views.fields import InlineRows, PlainSelect, RelationField, field_for
from admin_views.form_context import Conflict, ConflictField
from admin_views.values import text_of
from models.fields import FieldSpec, fields_of, relation_target
from models.labels import LazyString
from services.errors import DeskError, Invalid, Refused
from services.listing.lookup import by_id
from services.own_fields import Several, read
from services.own_fields.values import named

PICK = "pick-"


@dataclass(frozen=True, kw_only=True)
class Inline:
    """Rows of a one-to-many relation edited within the form of its parent."""

    relation: str
    label: LazyString
    model: type[Any]
    keys: tuple[str, ...] = ()

    @property
    def specs(self) -> list[FieldSpec]:
        return form_specs(self.model, self.keys)


def form_specs(model: type[Any], keys: Sequence[str] = ()) -> list[FieldSpec]:
    """The fields of a form: those named, in that order, else every one whose declaration allows it."""
    specs = fields_of(model)
    if not keys:
        return [spec for spec in specs if spec.form and spec.kind != "json"]
    known = {spec.key: spec for spec in specs}
    return [known[key] for key in keys]


def form_class(
    model: type[Any], base: type[BaseForm], keys: Sequence[str] = (), inlines: Sequence[Inline] = ()
) -> type[BaseForm]:
    """A form class with a field for each declared column and rows for each inline."""
    members: dict[str, Any] = {spec.key: field_for(model, spec) for spec in form_specs(model, keys)}
    for inline in inlines:
        row: dict[str, Any] = {"id": HiddenField()}
        row |= {spec.key: field_for(inline.model, spec) for spec in inline.specs}
        row_class = type(f"{inline.model.__name__}Row", (BaseForm,), row)
        members[inline.relation] = InlineRows(FormField(row_class), inline.label)
    return type(f"{model.__name__}Form", (base,), members)


def offer_choices(form: Any, lookup_url: Callable[[str], str]) -> None:
    """Fill the relation fields of a form and of its rows for rendering; `lookup_url(key)` answers searches."""
    for field in form:
        if isinstance(field, RelationField):
            field.offer(lookup_url(field.short_name))
        elif isinstance(field, InlineRows):
            for entry in [*field, field.blank()]:
                offer_choices(entry.form, partial(_inner_url, lookup_url, field.short_name))


def _inner_url(lookup_url: Callable[[str], str], relation: str, key: str) -> str:
    return lookup_url(f"{relation}.{key}")


def values_of(form: Any) -> dict[str, Any]:
    """What the form says, as plain values by column key; rows as lists of such values with their `id`."""
    values: dict[str, Any] = {}
    for field in form:
        if isinstance(field, InlineRows):
            values[field.short_name] = [_row_values(entry.form) for entry in field]
        elif field.type not in ("CSRFTokenField",):
            values[field.short_name] = field.data
    return values


def _row_values(form: Any) -> dict[str, Any]:
    values = {field.short_name: field.data for field in form}
    values["id"] = int(values["id"]) if str(values.get("id") or "").isdigit() else None
    return values


def put_errors(form: Any, error: DeskError) -> list[str]:
    """Show what an operation refused at its fields; the rest is returned for the summary."""
    if isinstance(error, Refused):
        return [str(reason.message) for reason in error.reasons]
    if not isinstance(error, Invalid):
        return [str(error.message)]
    loose = []
    for name, message in error.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, message]
        else:
            loose.append(str(message))
    return loose


def posted() -> MultiDict[str, Any] | None:
    """The posted form; after a conflict page, with the side that was picked for each field."""
    if request.method != "POST":
        return None
    picked = {name.removeprefix(PICK): side for name, side in request.form.items() if name.startswith(PICK)}
    if not picked:
        return MultiDict([*request.form.items(multi=True), *request.files.items(multi=True)])
    data: MultiDict[str, Any] = MultiDict(request.form.items(multi=True))
    for name, side in picked.items():
        value = request.form.get(f"{'theirs' if side == 'theirs' else 'yours'}-{name}", "")
        data.setlist(name, [value] if value else [])
    return data


def conflict_page(
    form: Any, model: type[Any], theirs: Mapping[str, Any], *, title: str, url: str, hidden: Iterable[tuple[str, str]],
    who: str, at: str, back_url: str, zone: Any, specs: Sequence[FieldSpec],
) -> Conflict:  # fmt: skip
    """Theirs and mine, field by field; fields that agree and inline rows travel on as hidden inputs."""
    known = {spec.key: spec for spec in specs}
    kept = list(hidden)
    rows = []
    for field in form:
        spec = known.get(field.short_name)
        mine = posted_value(field)
        if spec is None:
            kept += [
                (name, value) for name, value in request.form.items(multi=True) if _belongs(name, field.name)
            ]
            continue
        other = theirs.get(spec.key)
        if spec.code is not None:
            other = read(spec, other)
        if _said(spec, field.data, zone) == _said(spec, other, zone):
            kept.append((field.name, mine))
            continue
        rows.append(
            ConflictField(
                name=field.name,
                label=spec.label,
                base="",
                theirs=_shown(model, spec, other, zone),
                yours=field.text() if isinstance(field, RelationField) else _said(spec, field.data, zone),
                theirs_value=form_value(model, spec, other, zone),
                yours_value=mine,
            )
        )
    return Conflict(title=title, url=url, who=who, at=at, fields=rows, hidden=kept, back_url=back_url)


def _said(spec: FieldSpec, value: Any, zone: Any) -> str:
    """A value as text, however form and record hold it: codes by their names, a file by its address."""
    if spec.kind == "file":
        return str(getattr(value, "address", value) or "")
    if spec.kind in ("choice", "choices") and (spec.code or spec.coded):
        listed = value if isinstance(value, list | tuple) else [value]
        return str(Several(named(spec, str(getattr(each, "value", each))) for each in listed if each))
    return text_of(value, zone)


def _belongs(name: str, field_name: str) -> bool:
    return name == field_name or name.startswith(f"{field_name}-")


def posted_value(field: Any) -> str:
    """A field's value as its input posts it."""
    if field.type == "BooleanField":
        return "y" if field.data else ""
    if isinstance(field, RelationField):
        return field.address
    if isinstance(field, PlainSelect):
        return field.data.value if field.data else ""
    if field.type == "CheckboxListField":
        return ",".join(str(each) for each in field.data or [])
    raw = field.raw_data or []
    return str(raw[0]) if raw else ""


def form_value(model: type[Any], spec: FieldSpec, value: Any, zone: Any) -> str:
    """A stored value as the field's input would post it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "y"
    if spec.kind == "relation":
        return _address(relation_target(model, spec), value)
    if spec.kind == "choices":
        return ",".join(str(getattr(each, "value", each)) for each in value)
    if spec.kind == "file":
        return str(getattr(value, "address", value))
    if spec.kind == "moment":
        return str(value.astimezone(zone).strftime("%Y-%m-%dT%H:%M"))
    if spec.kind == "date":
        return str(value.isoformat())
    return str(getattr(value, "value", value))


def _address(target: type[Any], id: int) -> str:
    from extensions import db

    found = by_id(db.session(), target, id)
    return found.address if found else ""


def _shown(model: type[Any], spec: FieldSpec, value: Any, zone: Any) -> str:
    if spec.kind == "relation" and value is not None:
        from extensions import db

        found = by_id(db.session(), relation_target(model, spec), value)
        return found.label if found else _("hidden")
    return _said(spec, value, zone) if spec.kind != "file" else str(value or "")
