"""Declared fields and kinds of complainants of a procedure, as rows of its page."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from admin_views.locale import enumerated
from models.labels import LazyString, _l
from services.procedures.parts import Ruled, Text
from services.procedures.schema import Procedure
from services.procedures.sections.fields import DeclaredField, FieldGroup, FieldKind, Moment, RequiredIf

Words = Callable[[Text | None], str]
Rows = list[tuple[list[str], Ruled]]

KIND_LABELS: dict[FieldKind, LazyString] = {
    FieldKind.TEXT: _l("Text"),
    FieldKind.LONG_TEXT: _l("Long text"),
    FieldKind.NUMBER: _l("Numeric value"),
    FieldKind.MONEY: _l("Amount (yuan)"),
    FieldKind.DATE: _l("Date"),
    FieldKind.CHOICE: _l("Choice"),
    FieldKind.MULTIPLE_CHOICE: _l("Multiple choice"),
    FieldKind.PERSON: _l("Person of the desk"),
    FieldKind.DEPARTMENT: _l("Department"),
    FieldKind.FILE: _l("File"),
}
GROUP_LABELS: dict[FieldGroup, LazyString] = {
    FieldGroup.COMPLAINT: _l("Complaint"),
    FieldGroup.COMPLAINANT: _l("Complainant"),
    FieldGroup.SUBJECT: _l("Subject of the complaint"),
    FieldGroup.PARTY_COMPLAINED_ABOUT: _l("Party complained about"),
}
MOMENT_LABELS: dict[Moment, LazyString] = {
    Moment.REGISTRATION: _l("at registration"),
    Moment.ACCEPTANCE: _l("for acceptance"),
    Moment.CLOSING: _l("for closing"),
}


def field_heads() -> list[str]:
    return [_("Field"), _("Kind"), _("Belongs to"), _("Required"), _("Visible to")]


def field_rows(procedure: Procedure, words: Words) -> Rows:
    """One row a declared field: name, kind with choices, group, when required, who reads it."""
    return [(_field(procedure, one, words), one) for one in procedure.fields]


def _field(procedure: Procedure, one: DeclaredField, words: Words) -> list[str]:
    kind = str(KIND_LABELS[one.kind])
    if one.choices:
        kind += ": " + enumerated(words(choice.names) for choice in one.choices if not choice.retired)
    name = words(one.names) + (f" ({_('retired')})" if one.retired else "")
    readers = enumerated(str(role.label) for role in one.visible_to) or _("everybody who reads the case")
    if one.sensitivity == "personal":
        readers += " · " + _("masked")
    return [name, kind, str(GROUP_LABELS[one.belongs_to]), _required(procedure, one, words), readers]


def _required(procedure: Procedure, one: DeclaredField, words: Words) -> str:
    moment = one.required_at
    if moment is None:
        return _("no")
    text = str(MOMENT_LABELS[moment])
    return f"{text} · {_condition(procedure, one.condition, words)}" if one.condition else text


def _condition(procedure: Procedure, condition: RequiredIf, words: Words) -> str:
    parts = []
    for codes, kinds in ((condition.category, procedure.categories), (condition.nature, procedure.natures)):
        if codes:
            parts.append(enumerated(words(kind.names) for kind in kinds if kind.code in codes))
    other = procedure.declared_field(condition.field) if condition.field else None
    if other is not None:
        named = {choice.code: words(choice.names) for choice in other.choices}
        values = enumerated(named.get(value, value) for value in condition.values)
        parts.append(f"{words(other.names)}: {values or _('any')}")
    return _("if %(condition)s", condition=" · ".join(parts))


def complainant_rows(procedure: Procedure, words: Words) -> Rows:
    return [([words(kind.names)], kind) for kind in procedure.complainant_kinds]
