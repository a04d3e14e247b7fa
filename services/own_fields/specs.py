"""Declared fields in the form that lists, forms, exports and imports are generated from (models.fields.FieldSpec)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Department, Organisation, Party, ProcedureAdoption, ProcedureVersion, User
from models.draft_enums import AdoptionStatus
from models.enums import Labelled
from models.fields import FieldSpec, fields_of
from services.actor import Actor
from services.procedures.of_complaint import parsed
from services.procedures.parts import Text
from services.procedures.schema import Procedure
from services.procedures.sections.fields import DeclaredField, FieldKind

PREFIX = "own_"
"""Before the code of a declared field wherever keys of columns stand: addresses, forms, saved views, history."""
LONGEST_TEXT = 500

_KINDS = {
    FieldKind.MONEY: "number",
    FieldKind.MULTIPLE_CHOICE: "choices",
    FieldKind.PERSON: "relation",
    FieldKind.DEPARTMENT: "relation",
}
_TARGETS: dict[FieldKind, type[Any]] = {FieldKind.PERSON: User, FieldKind.DEPARTMENT: Department}
_COLUMNS: dict[FieldKind, Any] = {
    FieldKind.NUMBER: sa.Numeric(18, 4),
    FieldKind.MONEY: sa.Numeric(18, 2),
    FieldKind.DATE: sa.Date(),
    FieldKind.PERSON: sa.Integer(),
    FieldKind.DEPARTMENT: sa.Integer(),
    FieldKind.LONG_TEXT: sa.Text(),
}
CODED = ("category_code", "nature", "complainant_kind", "grade")
"""Columns of a complaint that hold a code whose name a procedure gives."""


class Several(tuple[Any, ...]):
    """The chosen values of a multiple choice; as text, their names one after the other."""

    __slots__ = ()

    def __str__(self) -> str:
        return "、".join(str(getattr(each, "label", each)) for each in self)


class StoredFile(str):
    """The name of the attachment that is a field's value, with its address."""

    address: str

    def __new__(cls, name: str, address: str) -> StoredFile:
        made = str.__new__(cls, name)
        made.address = address
        return made


def key_of(code: str) -> str:
    """The key under which screens, addresses and history know a declared field."""
    return PREFIX + code


def code_of(key: str) -> str | None:
    """The code behind a key; None for a column of the table."""
    return key.removeprefix(PREFIX) if key.startswith(PREFIX) else None


@lru_cache(maxsize=512)
def named_choices(pairs: tuple[tuple[str, str], ...]) -> type[Labelled]:
    """Codes with their names in one language, as the enumerations of the desk are."""
    # A code may be a word that an enumeration keeps for itself; members are therefore called otherwise.
    members = [(f"C_{code}", (code, name)) for code, name in pairs]
    return Labelled("Choice", members)  # type: ignore[return-value, arg-type]


def visible_fields(procedure: Procedure, actor: Actor) -> list[DeclaredField]:
    """The declared fields that the actor may read and write, in their order."""
    return [each for each in procedure.fields if may_read(each, actor)]


def may_read(declared_field: DeclaredField, actor: Actor) -> bool:
    """Whether one of the actor's roles is among those that the field is visible to (none named: everybody)."""
    if actor.is_system or not declared_field.visible_to:
        return True
    return bool({grant.role for grant in actor.grants} & set(declared_field.visible_to))


def spec_of(
    one: DeclaredField,
    locale: str,
    *,
    choices: Mapping[str, Text] | None = None,
    required: bool = False,
    help: str | None = None,
) -> FieldSpec:
    """The declaration of one field. `choices`: those offered; by default the ones that are not retired."""
    if choices is None:
        choices = {choice.code: choice.names for choice in one.choices if not choice.retired}
    pairs = tuple((code, names.in_language(locale)) for code, names in choices.items())
    is_text = one.kind is FieldKind.TEXT
    return FieldSpec(
        key=key_of(one.code),
        label=one.names.in_language(locale),
        sensitivity=one.level,
        kind=_KINDS.get(one.kind, one.kind.value),
        column=sa.Column(key_of(one.code), _COLUMNS.get(one.kind, sa.String(LONGEST_TEXT)), nullable=True),
        choices=named_choices(pairs) if one.kind.has_choices else None,
        relation=key_of(one.code) if one.kind in _TARGETS else None,
        default=one.default_column and not one.retired,
        listed=True,
        form=not one.retired,
        page=True,
        filter=one.kind is not FieldKind.FILE,
        export=True,
        import_=one.kind is not FieldKind.FILE and not one.retired,
        read_only=False,
        required=required,
        help=(one.help.in_language(locale) if one.help else "") if help is None else help,
        max_length=LONGEST_TEXT if is_text else None,
        code=one.code,
        target=_TARGETS.get(one.kind),
        retired=one.retired,
        group=one.belongs_to.value,
    )


@dataclass(frozen=True)
class Declared:
    """What procedures add to the columns of a complaint: fields of their own, and names for coded columns."""

    own: tuple[FieldSpec, ...] = ()
    coded: Mapping[str, type[Labelled]] = field(default_factory=dict)

    def fields_of(self, model: type[Any]) -> list[FieldSpec]:
        """The columns of `model` and, for complaints, the declared fields after them."""
        specs = fields_of(model)
        if model not in (Complaint, Party):
            return specs
        named = [self._named(spec) for spec in specs]
        return [*named, *self.own] if model is Complaint else named

    def _named(self, spec: FieldSpec) -> FieldSpec:
        choices = self.coded.get(spec.key) if spec.coded else None
        return spec if choices is None else replace(spec, kind="choice", choices=choices, max_length=None)


NOTHING = Declared()


def declared(session: Session, actor: Actor, locale: str) -> Declared:
    """The fields of every published version that a complaint may have pinned; the latest version's names win."""
    return declared_in(_procedures(session), actor, locale)


def _procedures(session: Session) -> list[Procedure]:
    """The organisation's procedure in all its published versions, and those that it worked by before.

    No complaint can have pinned another; asking the complaints themselves would cost every list a walk over them.
    """
    own = sa.select(Organisation.procedure_code).scalar_subquery()
    former = sa.select(ProcedureAdoption.former_code).where(
        ProcedureAdoption.status == AdoptionStatus.ADOPTED
    )
    query = (
        sa.select(ProcedureVersion)
        .where(sa.or_(ProcedureVersion.code == own, ProcedureVersion.code.in_(former)))
        .order_by(ProcedureVersion.code == own, ProcedureVersion.published_at, ProcedureVersion.number)
    )
    return [parsed(version) for version in session.scalars(query)]


def declared_in(procedures: Iterable[Procedure], actor: Actor, locale: str) -> Declared:
    """The fields of these procedures, the later ones' names winning."""
    procedures = list(procedures)
    fields: dict[str, DeclaredField] = {}
    choices: dict[str, dict[str, Text]] = {}
    for procedure in procedures:
        for one in procedure.fields:
            fields[one.code] = one
            choices.setdefault(one.code, {}).update({each.code: each.names for each in one.choices})
    own = tuple(
        spec_of(one, locale, choices=choices[code]) for code, one in fields.items() if may_read(one, actor)
    )
    coded = {key: _names(key, procedures, locale) for key in CODED}
    return Declared(own, {key: made for key, made in coded.items() if made is not None})


def _names(key: str, procedures: Sequence[Procedure], locale: str) -> type[Labelled] | None:
    names: dict[str, str] = {}
    for procedure in procedures:
        for one in coded_values(procedure, key):
            names[one.code] = one.names.in_language(locale)
    return named_choices(tuple(names.items())) if names else None


def coded_values(procedure: Procedure, key: str) -> Sequence[Any]:
    """What a procedure lists for a coded column: each with code and names."""
    if key == "grade":
        return procedure.grading.levels if procedure.grading else ()
    listed: dict[str, Sequence[Any]] = {
        "category_code": procedure.categories,
        "nature": procedure.natures,
        "complainant_kind": procedure.complainant_kinds,
    }
    return listed[key]
