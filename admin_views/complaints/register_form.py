"""The registration form: generated from the declarations of the complaint, with the parties and the files beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields as dataclass_fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from admin_views.complaints.step_fields import CheckboxListField
from admin_views.fields import PlainSelect, stripped
from admin_views.form_context import FormSection
from admin_views.own_fields import asked_notes, coded_members, coded_select, own_members, plain_codes
from admin_views.record_forms import form_class, form_specs, values_of
from extensions import db
from models import Complaint, Party, User
from models.enums import Channel, ComplaintForm, PartyKind, PartySide
from models.fields import field_of
from models.labels import _l
from models.privacy import IdentityKind
from services.access.permissions import Permission
from services.actor import Actor
from services.operations.register import NewComplaint, NewParty
from services.operations.report_again import OF_PARTY, Report
from services.own_fields import code_of, key_of
from services.procedures.schema import Procedure
from services.procedures.sections.fields import FieldGroup

_RECEIPT = (
    "received_at",
    "channel",
    "form",
    "category_code",
    "category",
    "nature",
    "told",
    "passed_on_by",
    "source_reference",
    "customer_due_on",
)
_COMPLAINT = ("summary", "content", "request", "grounds")
_SUBJECT = ("product", "batch", "place", "occurred_on")
_COMPLAINANT = (
    "kind_of_complainant",
    "complainant_kind",
    "name",
    "phone",
    "email",
    "address",
    "identity_kind",
    "identity_number",
)
_ABOUT = ("about_kind", "about_name", "about_phone")
_CONFIDENTIAL = ("confidential", "named_user_ids")
_ASKED_OR_FURTHER = frozenset(
    {"address", "request", "grounds", "product", "batch", "place", "occurred_on", *_ABOUT}
)
"""Fields that stand in their section where the procedure asks for them, and among the further ones where not."""
_TYPED = {one.name for one in dataclass_fields(NewComplaint)}


class _NotAnonymous(InputRequired):
    """Required unless the complainant stays anonymous."""

    field_flags: dict[str, Any] = {}

    def __call__(self, form: Any, field: Any) -> None:
        if form["complainant_kind"].data is not PartyKind.ANONYMOUS:
            super().__call__(form, field)
        else:
            field.errors = []


USUAL_FORM = {
    Channel.HOTLINE: ComplaintForm.ORAL,
    Channel.VISIT: ComplaintForm.ORAL,
    Channel.RECEPTION_DAY: ComplaintForm.ORAL,
    Channel.EMAIL: ComplaintForm.ELECTRONIC,
    Channel.ONLINE: ComplaintForm.ELECTRONIC,
}
"""What the form is set to when such a channel is chosen; written for all others."""


class _SomeOf(PlainSelect):
    """Only some members of an enumeration are offered, and taken."""

    def __init__(self, label: Any = None, validators: Any = None, *, some: Any, **kwargs: Any) -> None:
        super().__init__(label, validators, members=type(some[0]), **kwargs)
        self.some = some
        self.choices = [("", "—"), *((member.value, member.label) for member in some)]

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in self.some:
            raise ValidationError(_l("Pick one of the records offered."))


def _text(label: Any, checks: list[Any], most: int, **kwargs: Any) -> StringField:
    limit = Length(max=most, message=_l("At most %(max)d characters.", max=most))
    return StringField(label, [*checks, limit], filters=[stripped], **kwargs)


def registration_form(procedure: Procedure, actor: Actor, locale: str) -> BaseForm:
    """An unbound form class made for this request: the procedure's channels, kinds and fields, the people who could be
    named, files for whoever may add them to a case.
    """
    people = db.session.execute(
        sa.select(User.id, User.name).where(User.is_active).order_by(User.name)
    ).tuples()
    members: dict[str, Any] = {
        "complainant_kind": PlainSelect(
            _l("Person or organisation"), [InputRequired()], members=PartyKind, default=PartyKind.PERSON
        ),
        "name": _text(
            _l("Name of person or organisation"),
            [_NotAnonymous(message=_l("Give the name, or choose anonymous."))],
            200,
        ),
        "phone": _text(
            _l("Telephone"), [Optional()], 80, render_kw={"inputmode": "tel", "autocomplete": "off"}
        ),
        "email": _text(
            _l("E-mail"), [Optional()], 200, render_kw={"inputmode": "email", "autocomplete": "off"}
        ),
        "address": _text(_l("Address"), [Optional()], 300, render_kw={"wide": True}),
        "about_kind": _SomeOf(
            _l("Person or organisation complained about"),
            [Optional()],
            some=[PartyKind.PERSON, PartyKind.ORGANISATION],
            default=PartyKind.ORGANISATION,
        ),
        "about_name": _text(_l("Party complained about"), [Optional()], 200),
        "about_phone": _text(_l("Telephone of the party complained about"), [Optional()], 80),
        "confidential": BooleanField(
            _l("Confidential"),
            description=_l(
                "It will exist only for you and the people you name; at least one of them can decide."
            ),
        ),
        "named_user_ids": CheckboxListField(
            _l("People who may know of it"), [Optional()], choices=[(i, n) for i, n in people], coerce=int
        ),
    }
    members |= _identity_members(procedure, actor)
    if actor.may(Permission.COMPLAINT_ATTACH):
        members["files"] = MultipleFileField(_l("Photos, videos, documents"), [Optional()])
    if groups := [group for group in procedure.intake.told if group.chosen]:
        members["told"] = CheckboxListField(
            _l("Tell at once"),
            [Optional()],
            choices=[(group.code, group.names.in_language(locale)) for group in groups],
            description=_l("Nothing ticked: all of them are told."),
        )
    base = form_class(Complaint, BaseForm)
    members["kind_of_complainant"] = coded_select(
        procedure, "complainant_kind", locale, label=field_of(Party, "complainant_kind").label
    )
    members |= coded_members(procedure, locale)
    members |= own_members(procedure, actor, locale)
    made = type("RegistrationForm", (base,), members)
    made.channel = _SomeOf(  # type: ignore[attr-defined]
        _l("Channel"), [InputRequired(_l("Choose how it came in."))], some=list(procedure.channels)
    )
    forms = [
        form for form in ComplaintForm if form is not ComplaintForm.ORAL or procedure.intake.oral.allowed
    ]
    usual = {channel: form for channel, form in USUAL_FORM.items() if form in forms}
    made.form = _SomeOf(  # type: ignore[attr-defined]
        _l("Form"),
        [Optional()],
        some=forms,
        default=ComplaintForm.WRITTEN,
        description=_oral_note(procedure),
        render_kw={
            "data-usual-for": "channel",
            "data-usual": " ".join(
                f"{channel.value}:{usual.get(channel, ComplaintForm.WRITTEN).value}"
                for channel in procedure.channels
            ),
        },
    )
    return made


def _identity_members(procedure: Procedure, actor: Actor) -> dict[str, Any]:
    """The identity document, where the procedure asks for it and whoever registers may read such data (R07-04)."""
    rule = procedure.identity_document
    if rule is None or not actor.may(Permission.COMPLAINT_REVEAL):
        return {}
    note = _("Asked for by the procedure (%(clause)s). Kept encrypted.", clause=", ".join(rule.clause))
    return {
        "identity_kind": PlainSelect(
            _l("Identity document"), [Optional()], members=IdentityKind, default=IdentityKind.ID_CARD
        ),
        "identity_number": _text(
            _l("Number of the document"),
            [Optional()],
            60,
            description=note,
            render_kw={"autocomplete": "off", "spellcheck": "false"},
        ),
    }


def _oral_note(procedure: Procedure) -> str:
    """What the regulation says about oral complaints, with its clause."""
    oral = procedure.intake.oral
    if not oral.clause:
        return ""
    clause = ", ".join(oral.clause)
    if oral.allowed:
        return _("Oral complaints are taken as well (%(clause)s).", clause=clause)
    return _("No oral complaints (%(clause)s).", clause=clause)


def say_what_is_asked(form: Any, procedure: Procedure) -> None:
    """Put the clause behind each field that the procedure asks for below it."""
    for key, note in asked_notes(procedure).items():
        if key in form and note not in form[key].description:
            form[key].description = f"{form[key].description} {note}".strip()


def sections(form: Any, procedure: Procedure) -> list[FormSection]:
    """The form in the order in which people tell it, with the procedure's own fields in the part they belong to.

    What the procedure does not ask for comes last, with any column added later.
    """
    asked = asked_notes(procedure)
    own = {
        group: [key_of(one.code) for one in procedure.fields if one.belongs_to is group]
        for group in FieldGroup
    }
    parts: list[tuple[str, Sequence[str]]] = [
        (_("Receipt"), _RECEIPT),
        (_("Complainant"), (*_COMPLAINANT, *own[FieldGroup.COMPLAINANT])),
        (_("Complaint"), (*_COMPLAINT, *own[FieldGroup.COMPLAINT])),
        (_("Subject of the complaint"), (*_SUBJECT, *own[FieldGroup.SUBJECT])),
        (_("Party complained about"), (*_ABOUT, *own[FieldGroup.PARTY_COMPLAINED_ABOUT])),
        (_("Files"), ("files",)),
    ]
    made = []
    for title, keys in parts:
        here = tuple(key for key in keys if key in form and (key not in _ASKED_OR_FURTHER or key in asked))
        made += [FormSection(title=title, fields=here)] if here else []
    placed = {key for section in made for key in section.fields}
    named = [key for _title, keys in parts for key in keys]
    rest = [key for key in named if key in form and key not in placed]
    rest += [spec.key for spec in form_specs(Complaint) if spec.key in form and spec.key not in named]
    if rest:
        text = _("The procedure does not ask for these; they are kept where they are known.")
        made.append(FormSection(title=_("Further details"), fields=tuple(rest), text=text))
    return [*made, FormSection(title=_("Confidentiality"), fields=_CONFIDENTIAL)]


def typed_complaint(form: Any) -> NewComplaint:
    """What was typed, as the operation takes it; columns that it doesn't know by name travel as `extra`."""
    columns = {spec.key for spec in form_specs(Complaint)}
    values = {key: value for key, value in values_of(form).items() if key in columns}
    known = {key: value for key, value in values.items() if key in _TYPED}
    extra = {key: value for key, value in values.items() if key not in _TYPED}
    known["summary"] = known.get("summary") or ""
    known["content"] = known.get("content") or ""
    known = plain_codes(known)
    if known.get("category") is None:
        known.pop("category", None)
    known["received_at"] = known.get("received_at") or datetime.now(UTC)
    confidential = bool(form["confidential"].data)
    return NewComplaint(
        **known,
        extra=extra,
        own=_own(form),
        told=tuple(form["told"].data or ()) if "told" in form else (),
        parties=_parties(form),
        confidential=confidential,
        named_user_ids=tuple(form["named_user_ids"].data or ()) if confidential else (),
    )


def typed_report(form: Any) -> Report:
    """What was typed, as a further report of a case that is here: nothing of it is left out."""
    new = typed_complaint(form)
    complainant = {key: getattr(new.parties[0], key) for key in OF_PARTY}
    apart = {"received_at", "channel", "summary", "content", "parties", "extra", "own", "told"}
    apart |= {"confidential", "named_user_ids", "repeat_of", "repeat_reason", "form", "category"}
    further = {key: value for key, value in vars(new).items() if key not in apart}
    further |= {key_of(code): value for code, value in new.own.items()}
    further |= {key: value for key, value in new.extra.items() if value}
    return Report(
        new.received_at,
        new.channel,
        new.summary,
        new.content,
        complainant,
        further,
        {key: getattr(new.parties[1], key) for key in OF_PARTY} if len(new.parties) > 1 else {},
        confidential=new.confidential,
    )


def _own(form: Any) -> dict[str, Any]:
    """What was typed into the procedure's own fields, by code; files are added once the case is there."""
    return {
        code: field.data
        for field in form
        if (code := code_of(field.short_name)) is not None and field.type != "FileField"
    }


def own_files(form: Any) -> dict[str, Any]:
    """The uploads of the procedure's own file fields, by code."""
    return {
        code: field.data
        for field in form
        if (code := code_of(field.short_name)) is not None and field.type == "FileField" and field.data
    }


def _parties(form: Any) -> tuple[NewParty, ...]:
    kind = form["complainant_kind"].data or PartyKind.PERSON
    anonymous = kind is PartyKind.ANONYMOUS
    complainant = NewParty(
        PartySide.COMPLAINANT,
        kind,
        None if anonymous else form["name"].data,
        form["phone"].data,
        form["email"].data,
        form["address"].data,
        complainant_kind=_chosen(form, "kind_of_complainant"),
    )
    if not form["about_name"].data:
        return (complainant,)
    about = NewParty(
        PartySide.COMPLAINED_ABOUT,
        form["about_kind"].data or PartyKind.ORGANISATION,
        form["about_name"].data,
        form["about_phone"].data,
    )
    return (complainant, about)


def _chosen(form: Any, key: str) -> str | None:
    return str(form[key].data.value) if key in form and form[key].data is not None else None


FIELD_OF_FAULT = {
    "parties-0-name": "name",
    "parties-0-complainant_kind": "kind_of_complainant",
    "parties-1-name": "about_name",
    "file": "files",
    "kind": "identity_kind",
    "number": "identity_number",
}
"""Where the registration form shows a fault that the operation names otherwise."""
