"""The registration form: generated from the declarations of the complaint, with the parties and the files beside it."""

from __future__ import annotations

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
from admin_views.record_forms import form_class, form_specs, values_of
from extensions import db
from models import Complaint, User
from models.enums import Channel, PartyKind, PartySide
from models.labels import _l
from services.operations.register import NewComplaint, NewParty

_RECEIPT = (
    "received_at",
    "channel",
    "form",
    "category",
    "passed_on_by",
    "source_reference",
    "customer_due_on",
)
_COMPLAINT = ("summary", "content", "request", "grounds")
_SUBJECT = ("product", "batch", "place", "occurred_on")
_COMPLAINANT = ("complainant_kind", "name", "phone", "email", "address")
_ABOUT = ("about_kind", "about_name", "about_phone")
_CONFIDENTIAL = ("confidential", "named_user_ids")
_TYPED = {one.name for one in dataclass_fields(NewComplaint)}


class _NotAnonymous(InputRequired):
    """Required unless the complainant stays anonymous."""

    field_flags: dict[str, Any] = {}

    def __call__(self, form: Any, field: Any) -> None:
        if form["complainant_kind"].data is not PartyKind.ANONYMOUS:
            super().__call__(form, field)
        else:
            field.errors = []


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


def registration_form(channels: tuple[Channel, ...], *, files: bool = True) -> BaseForm:
    """An unbound form class made for this request: the procedure's channels, the people who could be named.

    `files`: with a field for them, for whoever may add files to a case.
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
            _l("Person or organisation"),
            [Optional()],
            some=[PartyKind.PERSON, PartyKind.ORGANISATION],
            default=PartyKind.ORGANISATION,
        ),
        "about_name": _text(_l("Party complained about"), [Optional()], 200),
        "about_phone": _text(_l("Telephone"), [Optional()], 80),
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
    if files:
        members["files"] = MultipleFileField(_l("Photos, videos, documents"), [Optional()])
    base = form_class(Complaint, BaseForm)
    made = type("RegistrationForm", (base,), members)
    made.channel = _SomeOf(  # type: ignore[attr-defined]
        _l("Channel"), [InputRequired(_l("Choose how it came in."))], some=list(channels)
    )
    return made


def sections(form: Any) -> list[FormSection]:
    """The form in the order in which people tell it; a column added later has its place at the end of the subject."""
    placed = {*_RECEIPT, *_COMPLAINT, *_SUBJECT}
    further = tuple(spec.key for spec in form_specs(Complaint) if spec.key not in placed)
    files = [FormSection(title=_("Files"), fields=("files",))] if "files" in form else []
    return [
        FormSection(title=_("Receipt"), fields=_RECEIPT),
        FormSection(title=_("Complainant"), fields=_COMPLAINANT),
        FormSection(title=_("Complaint"), fields=_COMPLAINT),
        FormSection(title=_("Subject"), fields=(*_SUBJECT, *further)),
        FormSection(title=_("Party complained about"), fields=_ABOUT),
        *files,
        FormSection(title=_("Confidentiality"), fields=_CONFIDENTIAL),
    ]


def typed_complaint(form: Any) -> NewComplaint:
    """What was typed, as the operation takes it; columns that it doesn't know by name travel as `extra`."""
    columns = {spec.key for spec in form_specs(Complaint)}
    values = {key: value for key, value in values_of(form).items() if key in columns}
    known = {key: value for key, value in values.items() if key in _TYPED}
    extra = {key: value for key, value in values.items() if key not in _TYPED}
    known["summary"] = known.get("summary") or ""
    known["content"] = known.get("content") or ""
    known["received_at"] = known.get("received_at") or datetime.now(UTC)
    confidential = bool(form["confidential"].data)
    return NewComplaint(
        **known,
        extra=extra,
        parties=_parties(form),
        confidential=confidential,
        named_user_ids=tuple(form["named_user_ids"].data or ()) if confidential else (),
    )


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


FIELD_OF_FAULT = {"parties-0-name": "name", "parties-1-name": "about_name", "file": "files"}
"""Where the registration form shows a fault that the operation names otherwise."""
