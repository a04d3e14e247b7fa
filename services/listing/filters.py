"""Filters of a list, named by column key, so that an address means the same in every language and version.

`f.state=in_work,closed`, `f.received_at_from=2026-01-01&f.received_at_to=2026-01-31` (days of the desk's zone, both
included), `f.summary=物业` (contains), `f.department_id=<address>` or `none`, `f.is_imported=1`. A filter that cannot
be understood matches nothing: dropping it would quietly widen what a bulk action works on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

import models as m
from models.fields import FieldSpec, Sensitivity, relation_target
from models.labels import _l
from services.access.masking import own_cases
from services.access.permissions import Permission
from services.actor import Actor
from services.listing.columns import stored, typed_column
from services.listing.special import SpecialFilter, special_filters
from services.own_fields import NOTHING as NOTHING_DECLARED
from services.own_fields import Declared
from services.search.keeping import OPEN as INDEXED_TEXTS

PREFIX = "f."
NONE = "none"
_RANGED = ("moment", "date", "integer", "number")


@dataclass(frozen=True)
class Context:
    """What conditions depend on besides the filter."""

    model: type[Any]
    actor: Actor
    zone: ZoneInfo
    now: datetime
    declared: Declared = NOTHING_DECLARED


@dataclass(frozen=True)
class Filter:
    """One filter as asked for: values, or the ends of a range."""

    key: str
    values: tuple[str, ...] = ()
    start: str = ""
    end: str = ""

    def params(self) -> list[tuple[str, str]]:
        """The address parameters that ask for it again."""
        name = PREFIX + self.key
        pairs = [(name, value) for value in self.values]
        pairs += [(f"{name}_from", self.start)] if self.start else []
        pairs += [(f"{name}_to", self.end)] if self.end else []
        return pairs


def offered_filters(model: type[Any], actor: Actor, declared: Declared = NOTHING_DECLARED) -> list[FieldSpec]:
    """The fields that the actor may filter by."""
    return [
        spec
        for spec in declared.fields_of(model)
        if spec.filter and spec.kind != "json" and _may_use(spec, actor)
    ]


def _may_use(spec: FieldSpec, actor: Actor) -> bool:
    return spec.sensitivity is not Sensitivity.PERSONAL or actor.may(Permission.COMPLAINT_REVEAL)


def parse(
    model: type[Any], pairs: Iterable[tuple[str, str]], declared: Declared = NOTHING_DECLARED
) -> tuple[Filter, ...]:
    """The filters among address parameters; empty values ask for nothing."""
    ranged = {spec.key for spec in declared.fields_of(model) if spec.kind in _RANGED}
    found: dict[str, dict[str, Any]] = {}
    for name, value in pairs:
        if not name.startswith(PREFIX) or not value.strip():
            continue
        key, part = _split(name.removeprefix(PREFIX), ranged)
        slot = found.setdefault(key, {"values": []})
        if part:
            slot[part] = value.strip()
        else:
            slot["values"].append(value.strip())
    return tuple(
        Filter(key, tuple(slot["values"]), slot.get("start", ""), slot.get("end", ""))
        for key, slot in found.items()
    )


def _split(name: str, ranged: set[str]) -> tuple[str, str]:
    for ending, part in ((".from", "start"), (".to", "end"), ("_from", "start"), ("_to", "end")):
        key = name.removesuffix(ending)
        if key != name and key in ranged:
            return key, part
    return name, ""


def condition(one: Filter, context: Context) -> ColumnElement[bool]:
    """The filter as SQL; false for one that cannot be understood or used."""
    special = special_filters(context.model).get(one.key)
    try:
        if special is not None:
            return _special(special, one, context)
        spec = next(
            s for s in offered_filters(context.model, context.actor, context.declared) if s.key == one.key
        )
        made = _of_kind(spec, one, context)
    except (StopIteration, ValueError, InvalidOperation, OverflowError):
        return sa.false()
    if spec.sensitivity is Sensitivity.PERSONAL:
        return sa.and_(made, own_cases(context.model, context.actor))
    return made


def is_looked_up(one: Filter, context: Context) -> bool:
    """Whether an index may find the rows of this filter; what holds for most rows, or for part of a text, has none."""
    special = special_filters(context.model).get(one.key)
    if special is not None:
        return special.kind != "bool" or one.values == ("1",)
    specs = offered_filters(context.model, context.actor, context.declared)
    spec = next((each for each in specs if each.key == one.key), None)
    if spec is None or one.values == (NONE,):
        return spec is None
    if spec.kind == "boolean":
        return one.values == ("1",)
    is_text = spec.kind == "long_text" or (spec.kind == "text" and not is_code(spec))
    return not is_text or spec.sensitivity is Sensitivity.PERSONAL or spec.code is not None


def searched_text(one: Filter, context: Context) -> str:
    """What the search index knows of this filter: the text that a field of its own has to contain, or nothing."""
    is_indexed = context.model is m.Complaint and one.key in INDEXED_TEXTS and one.values != (NONE,)
    return " ".join(one.values) if is_indexed else ""


def _special(special: SpecialFilter, one: Filter, context: Context) -> ColumnElement[bool]:
    if not one.values:
        raise ValueError(one.key)
    if special.kind == "hidden":
        made = (special.condition(each, context.actor, context.now, context.zone) for each in one.values)
        return sa.and_(sa.true(), *made)
    value = max(_listed(one), key=int) if special.kind == "number" else one.values[0]
    return special.condition(value, context.actor, context.now, context.zone)


def _of_kind(spec: FieldSpec, one: Filter, context: Context) -> ColumnElement[bool]:
    if spec.code is not None:
        return _declared(spec, one, context)
    return _on(spec, getattr(context.model, spec.key), one, context)


def _declared(spec: FieldSpec, one: Filter, context: Context) -> ColumnElement[bool]:
    """The same over the typed rows of a declared field; a long text is read where it stands."""
    if spec.kind == "long_text":
        return _on(spec, stored(spec).as_string(), one, context)
    rows, listed = m.ComplaintValue, _listed(one)
    having = sa.select(rows.complaint_id).where(rows.code == spec.code)
    empty = m.Complaint.id.not_in(having)
    if NONE in listed and not set(listed) - {NONE}:
        return empty
    wanted = Filter(one.key, tuple(each for each in listed if each != NONE), one.start, one.end)
    matching = having.where(_on(spec, getattr(rows, typed_column(spec)), wanted, context))
    found = m.Complaint.id.in_(matching)
    return sa.or_(found, empty) if NONE in listed else found


def _on(spec: FieldSpec, column: Any, one: Filter, context: Context) -> ColumnElement[bool]:
    if spec.kind in _RANGED and (one.start or one.end):
        return _range(spec, column, one, context.zone)
    if not one.values:
        raise ValueError(one.key)
    if one.values == (NONE,):
        return column.is_(None)
    if spec.kind == "relation":
        return _related(spec, column, one, context)
    if spec.kind in ("choice", "choices"):
        return _chosen(spec, column, one)
    if spec.kind == "boolean":
        return column.is_(_flag(one.values[0]))
    if is_code(spec):
        return column.in_(_listed(one))
    if spec.kind in ("text", "long_text"):
        return sa.and_(*(column.icontains(value, autoescape=True) for value in one.values))
    return _range(spec, column, Filter(one.key, (), one.values[0], one.values[0]), context.zone)


def is_code(spec: FieldSpec) -> bool:
    """A text that holds a code of a procedure, which is asked for whole."""
    return spec.coded or spec.key == "grade"


def _listed(one: Filter) -> list[str]:
    return [part.strip() for value in one.values for part in value.split(",") if part.strip()]


def _chosen(spec: FieldSpec, column: Any, one: Filter) -> ColumnElement[bool]:
    assert spec.choices is not None
    listed = _listed(one)
    members = [spec.choices(part) for part in listed if part != NONE]
    values = [member.value for member in members] if spec.coded or spec.code else members
    found: ColumnElement[bool] = column.in_(values)
    return sa.or_(found, column.is_(None)) if NONE in listed else found


def _related(spec: FieldSpec, column: Any, one: Filter, context: Context) -> ColumnElement[bool]:
    target = relation_target(context.model, spec)
    listed = _listed(one)
    addresses = [part for part in listed if part != NONE]
    if hasattr(target, "public_id"):
        # One look-up for each: of a set that a subquery gives, SQLite expects more rows than an index is worth.
        found = sa.or_(sa.false(), *(column == _id_at(target, address) for address in addresses))
    else:
        found = column.in_([int(part) for part in addresses])
    return sa.or_(found, column.is_(None)) if NONE in listed else found


def _id_at(target: Any, address: str) -> Any:
    return sa.select(target.id).where(target.public_id == address).scalar_subquery()


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(text)
    return text == "1"


def _range(spec: FieldSpec, column: Any, one: Filter, zone: ZoneInfo) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if spec.kind in ("integer", "number"):
        number = int if spec.kind == "integer" else Decimal
        parts += [column >= number(one.start)] if one.start else []
        parts += [column <= number(one.end)] if one.end else []
    elif spec.kind == "date":
        parts += [column >= date.fromisoformat(one.start)] if one.start else []
        parts += [column <= date.fromisoformat(one.end)] if one.end else []
    else:
        parts += [column >= midnight(one.start, zone)] if one.start else []
        parts += [column < midnight(one.end, zone, days=1)] if one.end else []
    return sa.and_(*parts)


def within(spec: FieldSpec, column: Any, one: Filter, zone: ZoneInfo) -> ColumnElement[bool]:
    """The range of a filter on another column that repeats its own; true for what is no range or cannot be read."""
    try:
        return _range(spec, column, one, zone) if spec.kind == "moment" else sa.true()
    except (ValueError, OverflowError):
        return sa.true()


def midnight(day: str, zone: ZoneInfo, days: int = 0) -> datetime:
    """The first moment of a day of the desk's zone."""
    return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), zone)


def labels(one: Filter, context: Context, names: Sequence[str] = ()) -> tuple[Any, str]:
    """Label and wording of a filter for chips and for the workbook; `names` are those of a relation's targets."""
    special = special_filters(context.model).get(one.key)
    if special is not None:
        return special.label, ", ".join(names) or special.wording(one.values[0] if one.values else "")
    specs = {spec.key: spec for spec in offered_filters(context.model, context.actor, context.declared)}
    spec = specs.get(one.key)
    if spec is None:
        return one.key, ", ".join(one.values)
    if one.start or one.end:
        return spec.label, f"{one.start} – {one.end}"
    none = [str(_l("none"))] if NONE in _listed(one) else []
    if spec.kind == "relation":
        return spec.label, ", ".join([*names, *none])
    if spec.choices is not None:
        known = {member.value: str(getattr(member, "label", member)) for member in spec.choices}
        return spec.label, ", ".join([known.get(part, part) for part in _listed(one) if part != NONE] + none)
    if spec.kind == "boolean":
        return spec.label, "✓" if one.values[0] == "1" else "✗"
    return spec.label, ", ".join([part for part in one.values if part != NONE] + none)
