"""What the procedure wants to know of a case by when, of the desk's own fields and of declared ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.procedures.schema import Procedure
from services.procedures.sections.fields import DeclaredField, Moment

_ORDER = (Moment.REGISTRATION, Moment.ACCEPTANCE, Moment.CLOSING)


def missing_at(
    moment: Moment,
    procedure: Procedure,
    values: Mapping[str, Any],
    *,
    category: str | None = None,
    nature: str | None = None,
) -> list[DeclaredField]:
    """The declared fields that must be filled by this moment and are not; `values` as stored, by code."""
    return [
        one
        for one in procedure.fields
        if is_required(one, moment, values, category=category, nature=nature)
        and values.get(one.code) in (None, "", [])
    ]


def is_required(
    one: DeclaredField,
    moment: Moment,
    values: Mapping[str, Any],
    *,
    category: str | None = None,
    nature: str | None = None,
) -> bool:
    """Whether this field must be there by `moment` on a case of this kind."""
    at = one.required_at
    if one.retired or at is None or _ORDER.index(at) > _ORDER.index(moment):
        return False
    condition = one.condition
    if condition is None:
        return True
    if condition.category and category not in condition.category:
        return False
    if condition.nature and nature not in condition.nature:
        return False
    return condition.field is None or _has(values.get(condition.field), condition.values)


def _has(stored: Any, wanted: tuple[str, ...]) -> bool:
    if stored in (None, "", []):
        return False
    listed = stored if isinstance(stored, list) else [stored]
    return not wanted or bool({str(each) for each in listed} & set(wanted))
