"""Form fields for what a procedure declares or names: its own fields, categories, natures, kinds of complainants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import SelectField, SelectMultipleField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from admin_views.fields import PlainSelect, field_for
from extensions import db
from models import Attachment, Complaint
from models.fields import FieldSpec, Sensitivity, field_of
from models.labels import _l
from services.actor import Actor
from services.own_fields import key_of, named_choices, read, visible_fields
from services.own_fields.specs import coded_values, spec_of
from services.procedures.parts import Text
from services.procedures.schema import Procedure
from services.procedures.sections.fields import DeclaredField, FieldKind, Moment
from services.procedures.vocabulary import Field

CODED = ("category_code", "nature")
"""Columns of the complaint that forms offer as the procedure names them."""

FORM_FIELDS: dict[Field, tuple[str, ...]] = {
    Field.COMPLAINANT_NAME: ("name",),
    Field.COMPLAINANT_PHONE: ("phone", "email"),
    Field.COMPLAINANT_ADDRESS: ("address",),
    Field.COMPLAINANT_ORGANISATION: ("complainant_kind", "name"),
    Field.COMPLAINANT_KIND: ("kind_of_complainant",),
    Field.PARTY_COMPLAINED_ABOUT: ("about_kind", "about_name", "about_phone"),
    Field.CONTENT: ("content",),
    Field.REQUEST: ("request",),
    Field.GROUNDS: ("grounds",),
    Field.RECEIVED_AT: ("received_at",),
    Field.CHANNEL: ("channel",),
    Field.FORM: ("form",),
    Field.CATEGORY: ("category_code",),
    Field.NATURE: ("nature",),
    Field.OCCURRED_ON: ("occurred_on",),
    Field.EVIDENCE: ("files",),
    Field.WRITTEN_MATERIAL: ("files",),
    Field.PRODUCT_NAME: ("product",),
    Field.BATCH_NUMBER: ("batch",),
    Field.STORE: ("place",),
    Field.THIRD_PARTY_NAME: ("passed_on_by",),
    Field.THIRD_PARTY_REFERENCE: ("source_reference",),
    Field.CUSTOMER_DATE: ("customer_due_on",),
}
"""Where the registration form takes what a procedure may ask for."""


class SeveralField(SelectMultipleField):
    """Several values of a list as tick boxes; also takes them joined by commas (as a conflict page sends them)."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "CheckboxListField"  # the form's template draws both alike

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata([part for value in valuelist for part in value.split(",") if part])


class OfferedFile(SelectField):
    """One of the case's files, by its address."""

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in {value for value, _label in self.choices or []}:
            raise ValidationError(_l("Pick a file of this complaint."))


def own_members(
    procedure: Procedure, actor: Actor, locale: str, complaint: Complaint | None = None, *, plain: bool = True
) -> dict[str, UnboundField]:
    """A form field for each declared field that the actor may write; retired ones are asked no more.

    `plain`: whether the actor reads the case's personal values; who doesn't would write over what they can't see.
    """
    return {
        key_of(one.code): own_field(procedure, one, locale, complaint)
        for one in visible_fields(procedure, actor)
        if not one.retired and (plain or one.level is not Sensitivity.PERSONAL)
    }


def own_field(
    procedure: Procedure, one: DeclaredField, locale: str, complaint: Complaint | None
) -> UnboundField:
    stands = complaint.own_values.get(one.code) if complaint is not None else None
    kept = stands if isinstance(stands, list) else [stands]
    offered = {each.code: each.names for each in one.choices if not each.retired or each.code in kept}
    spec = spec_of(
        one,
        locale,
        choices=offered,
        required=one.required_at is Moment.REGISTRATION and one.condition is None,
        help=_help(procedure, one, locale),
    )
    if spec.kind == "choices":
        assert spec.choices is not None
        pairs = [(member.value, str(getattr(member, "label", member.value))) for member in spec.choices]
        return SeveralField(spec.label, [Optional()], choices=pairs, description=spec.help)
    if spec.kind == "file":
        return _file_field(spec, complaint)
    return field_for(Complaint, spec)


def _file_field(spec: FieldSpec, complaint: Complaint | None) -> UnboundField:
    """A new case takes the file along; afterwards it is one of those that were added to the case."""
    if complaint is None:
        return FileField(spec.label, [Optional()], description=spec.help)
    query = sa.select(Attachment.public_id, Attachment.filename).where(
        Attachment.complaint_id == complaint.id, Attachment.withdrawn_at.is_(None)
    )
    files = [(address, name) for address, name in db.session().execute(query.order_by(Attachment.id))]
    said = spec.help or _("Add the file to the case first.")
    return OfferedFile(spec.label, [Optional()], choices=[("", "—"), *files], description=said)


def _help(procedure: Procedure, one: DeclaredField, locale: str) -> str:
    """The field's own help, when it is needed, and the clause behind it."""
    said = [one.help.in_language(locale)] if one.help else []
    by_code = {each.field: each for each in procedure.intake.required_for_acceptance}
    if one.code in by_code or (one.required_at is Moment.ACCEPTANCE and one.condition is None):
        said.append(_("Needed for acceptance."))
    elif one.required_at is Moment.CLOSING and one.condition is None:
        said.append(_("Needed for closing."))
    elif one.condition is not None:
        said.append(_("Needed in some cases; the desk says when."))
    said += [_asked_note(one.clause)] if one.clause else []
    return " ".join(said)


def _asked_note(clauses: Sequence[str]) -> str:
    return _("Asked for: %(clause)s.", clause=", ".join(clauses))


def own_data(procedure: Procedure, complaint: Complaint) -> dict[str, Any]:
    """The values that stand, as the form fields take them."""
    found: dict[str, Any] = {}
    for one in procedure.fields:
        stored = complaint.own_values.get(one.code)
        if one.kind is FieldKind.FILE:
            found[key_of(one.code)] = stored["attachment"] if stored else None
        elif one.kind in (FieldKind.CHOICE, FieldKind.MULTIPLE_CHOICE):
            found[key_of(one.code)] = stored
        else:
            found[key_of(one.code)] = read(spec_of(one, "zh"), stored)
    return found


def coded_select(
    procedure: Procedure, key: str, locale: str, *, label: Any, stands: str | None = None, note: str = ""
) -> UnboundField | None:
    """A choice among what the procedure lists for a coded column, and what stands there; None when it lists nothing."""
    names: dict[str, Text] = {one.code: one.names for one in coded_values(procedure, key)}
    pairs = [(code, text.in_language(locale)) for code, text in names.items()]
    if stands and stands not in names:
        pairs.append((stands, stands))
    if not pairs:
        return None
    return PlainSelect(label, [Optional()], members=named_choices(tuple(pairs)), description=note)


def coded_members(
    procedure: Procedure, locale: str, complaint: Complaint | None = None
) -> dict[str, UnboundField | None]:
    """Category and nature as the procedure names them. Where it has categories the desk's own are not offered."""
    asked = asked_notes(procedure)
    members: dict[str, UnboundField | None] = {}
    for key in CODED:
        label = _l("Category") if key == "category_code" else field_of(Complaint, key).label
        stands = getattr(complaint, key) if complaint is not None else None
        members[key] = coded_select(
            procedure,
            key,
            locale,
            label=label,
            stands=stands,
            note=asked.get(key) or _listed_in(procedure, key),
        )
    if members["category_code"] is not None:
        members["category"] = None
    return members


def _listed_in(procedure: Procedure, key: str) -> str:
    clauses = dict.fromkeys(clause for one in coded_values(procedure, key) for clause in one.clause)
    return _asked_note(list(clauses)) if clauses else ""


def asked_notes(procedure: Procedure) -> dict[str, str]:
    """What the registration form says at each field that the procedure asks for: the clause, or that it is asked."""
    notes: dict[str, str] = {}
    for asked in procedure.intake.asked_at_registration:
        keys = FORM_FIELDS[asked.field] if isinstance(asked.field, Field) else (key_of(asked.field),)
        note = _asked_note(asked.clause) if asked.clause else _("Asked for by this organisation.")
        for key in keys:
            notes.setdefault(key, note)
    for kind in ("complainant_kind",):
        if coded_values(procedure, kind):
            notes.setdefault("kind_of_complainant", _listed_in(procedure, kind))
    return notes


def plain_codes(values: Mapping[str, Any]) -> dict[str, Any]:
    """Chosen members of coded columns as the codes that are stored."""
    coded = (*CODED, "complainant_kind")
    return {
        key: str(getattr(value, "value", value)) if key in coded and value is not None else value
        for key, value in values.items()
    }
