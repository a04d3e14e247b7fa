"""Form fields of the desk: moments on the desk's clock, relations picked by address, rows within a form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    Field,
    FieldList,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import NumberInput

from admin_views.guard import desk_zone
from extensions import db
from models.fields import FieldSpec, relation_target
from models.labels import _l
from services.listing.lookup import SMALL, Candidate, by_id, candidates, find

REQUIRED = _l("Please fill this in.")


def stripped(value: Any) -> Any:
    """Text without blanks around it; nothing at all is None."""
    if not isinstance(value, str):
        return value
    return value.strip() or None


class MomentField(DateTimeLocalField):
    """A moment typed on the desk's clock; `data` is aware UTC."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.astimezone(desk_zone()).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            typed = datetime.fromisoformat(valuelist[0].strip().replace(" ", "T"))
        except ValueError:
            self.data = None
            raise ValueError(_l("Not a date and time.")) from None
        moment = typed.replace(tzinfo=desk_zone()).astimezone(UTC)
        stands = self.object_data if isinstance(self.object_data, datetime) else None
        # The input knows no seconds: what was only looked at has not been changed.
        same = stands is not None and stands.replace(second=0, microsecond=0) == moment
        self.data = stands if same else moment


class RelationField(SelectField):
    """A related record, picked by its address from those in scope; `data` is its id.

    Few candidates make a plain select, many a combobox that asks `lookup_url`.
    """

    def __init__(
        self, label: Any = None, validators: Any = None, *, target: type[Any], **kwargs: Any
    ) -> None:
        super().__init__(label, validators, coerce=str, choices=[], validate_choice=False, **kwargs)
        self.current: Candidate | None = None
        self.target = target
        self.lookup_url = ""
        self.address = ""
        self.unknown = False

    def process_data(self, value: Any) -> None:
        self.data = value
        self.kept = value
        current = by_id(db.session(), self.target, value, locale=_locale()) if value is not None else None
        self.address = current.address if current else ""
        self.current = current

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            return
        self.address = valuelist[0].strip()
        if not self.address:
            self.data, self.current = None, None
            return
        found = find(db.session(), self.target, self.address, locale=_locale())
        if found is None and self.current is not None and self.current.address == self.address:
            found = self.current  # an ended department or a disabled account may stay where it already stands
        self.unknown = found is None
        self.current = found
        self.data = found.id if found else None

    def pre_validate(self, form: Any) -> None:
        if self.unknown:
            raise ValidationError(_l("Pick one of the records offered."))

    def offer(self, lookup_url: str) -> None:
        """Fill the choices for rendering."""
        offered = candidates(db.session(), self.target, limit=SMALL + 1, locale=_locale())
        few = len(offered) <= SMALL
        entries = [(each.address, each.label) for each in offered] if few else []
        if self.current is not None and self.current.address not in {address for address, _label in entries}:
            entries.append((self.current.address, self.current.label))
        self.choices = [SelectChoice("", "—"), *(SelectChoice(address, label) for address, label in entries)]
        if not few and lookup_url:
            self.render_kw: dict[str, Any] = {**(self.render_kw or {}), "data-lookup-url": lookup_url}

    def iter_choices(self) -> Any:
        for each in self.choices or []:
            yield Choice(each.value, each.label, each.value == self.address, {})

    def text(self) -> str:
        """The picked record's name."""
        return self.current.label if self.current else ""


class PlainSelect(SelectField):
    """An enumeration's values with their labels; `data` is the member or None."""

    def __init__(self, label: Any = None, validators: Any = None, *, members: Any, **kwargs: Any) -> None:
        self.members = members
        choices = [SelectChoice("", "—"), *(SelectChoice(member.value, member.label) for member in members)]
        super().__init__(label, validators, coerce=self._member, choices=choices, **kwargs)

    def _member(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        return value if isinstance(value, self.members) else self.members(value)

    def iter_choices(self) -> Any:
        chosen = self.data.value if self.data else ""
        for value, label, *_rest in self.choices or []:
            yield Choice(value, label, value == chosen, {})

    def pre_validate(self, form: Any) -> None:
        """Coercion has refused foreign values already."""


class RowsWidget:
    """Rows within a form, with a template for further ones."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        return Markup(render_template("desk/inline_rows.html", rows=field))  # noqa: S704  (rendered with autoescape)


class InlineRows(FieldList):
    """A list of small forms; `blank()` is the one that the page copies for a new row."""

    widget = RowsWidget()
    _blank: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, render_kw={"wide": True}, **kwargs)

    def blank(self) -> Any:
        """An unbound row numbered __index__, made once."""
        if self._blank is None:
            options = {
                "name": f"{self.name}-__index__",
                "id": f"{self.id}-__index__",
                "_meta": self.meta,
                "translations": self._translations,
            }
            row = self.meta.bind_field(self._form, self.unbound_field, options)
            row.process(None, None)
            self._blank = row
        return self._blank

    def visible(self, entry: Any) -> list[Field]:
        """The fields of one row that a person fills in."""
        return [each for each in entry.form if each.type != "HiddenField"]


def _locale() -> str:
    return str(get_locale() or "zh_Hans_CN")


def field_for(model: type[Any], spec: FieldSpec, *, required: bool | None = None) -> UnboundField:
    """The form field of a declared column."""
    must = spec.required if required is None else required
    if spec.kind == "boolean":
        return BooleanField(spec.label, description=spec.help)
    checks: list[Any] = [InputRequired(REQUIRED)] if must else [Optional()]
    common: dict[str, Any] = {"description": spec.help}
    if spec.kind == "relation":
        return RelationField(spec.label, checks, target=relation_target(model, spec), **common)
    if spec.kind == "choice":
        return PlainSelect(spec.label, checks, members=spec.choices, default=_default(spec), **common)
    if spec.kind == "moment":
        return MomentField(spec.label, checks, **common)
    if spec.kind == "date":
        return DateField(spec.label, checks, **common)
    if spec.kind == "integer":
        return IntegerField(spec.label, [*checks, NumberRange(-(2**31), 2**31 - 1)], **common)
    if spec.kind == "number":
        checks.append(NumberRange(Decimal(-(10**12)), Decimal(10**12)))
        scale = getattr(spec.column.type, "scale", None) or 2
        step = format(Decimal(1).scaleb(-scale), "f")
        return DecimalField(spec.label, checks, places=None, widget=NumberInput(step=step), **common)
    if spec.max_length:
        checks.append(
            Length(max=spec.max_length, message=_l("At most %(max)d characters.", max=spec.max_length))
        )
    kind = TextAreaField if spec.kind == "long_text" else StringField
    return kind(spec.label, checks, filters=[stripped], **common)


def _default(spec: FieldSpec) -> Any:
    default = spec.column.default
    return default.arg if default is not None and default.is_scalar else None  # type: ignore[attr-defined]
