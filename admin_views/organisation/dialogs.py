"""Forms of the dialogs on these screens, and their fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_admin.form import BaseForm
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin_views.fields import REQUIRED, PlainSelect, RelationField, stripped
from models import Department, User
from models.enums import RoleName
from models.labels import LazyString, _l

Offer = Sequence[RelationField]


def offering(form_class: type[BaseForm]) -> type[BaseForm]:
    """The form with its relation fields offering their records, so that it can be shown as it is."""

    class Offering(form_class):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            for field in self:
                if isinstance(field, RelationField):
                    field.offer("")

    return Offering


def _reason(label: LazyString, required: bool = True) -> TextAreaField:
    checks: list[Any] = [InputRequired(REQUIRED)] if required else [Optional()]
    return TextAreaField(
        label, [*checks, Length(max=500)], filters=[stripped], render_kw={"rows": 2, "wide": True}
    )


class NothingForm(BaseForm):
    """A dialog that only asks for a yes."""


class ReasonForm(BaseForm):
    reason = _reason(_l("Reason"))


class PerhapsReasonForm(BaseForm):
    reason = _reason(_l("Reason"), required=False)


class RenameForm(BaseForm):
    name = StringField(_l("New name"), [InputRequired(REQUIRED), Length(max=120)], filters=[stripped])
    on = DateField(_l("Effective on"), [InputRequired(REQUIRED)])


class MergeForm(BaseForm):
    into_id = RelationField(_l("Merge into"), [InputRequired(REQUIRED)], target=Department)
    on = DateField(_l("Effective on"), [InputRequired(REQUIRED)])


class HandOverForm(BaseForm):
    successor_id = RelationField(_l("Successor"), [InputRequired(REQUIRED)], target=User)
    reason = _reason(_l("Reason"), required=False)


class RoleForm(BaseForm):
    role = PlainSelect(_l("Role"), [InputRequired(REQUIRED)], members=RoleName)
    department_id = RelationField(
        _l("For department"),
        [Optional()],
        target=Department,
        description=_l("Leave empty for a role that counts for all departments."),
    )


SPLIT_INTO = 3
"""Departments that one dialog can split off at a time."""


def split_form(people: Sequence[tuple[int, str]]) -> type[BaseForm]:
    """A form for the new departments, with a choice for each of these people (id and name)."""
    members: dict[str, Any] = {"on": DateField(_l("Effective on"), [InputRequired(REQUIRED)])}
    for place in range(1, SPLIT_INTO + 1):
        checks: list[Any] = [InputRequired(REQUIRED)] if place == 1 else [Optional()]
        members[f"name{place}"] = StringField(
            _l("Name of new department %(n)s", n=place), [*checks, Length(max=120)], filters=[stripped]
        )
        members[f"code{place}"] = StringField(
            _l("Code of new department %(n)s", n=place), [*checks, Length(max=40)], filters=[stripped]
        )
    members["goes_on"] = BooleanField(_l("The old department goes on beside them"))
    choices = [("", "—")] + [
        (str(place), _l("New department %(n)s", n=place)) for place in range(1, SPLIT_INTO + 1)
    ]
    for user_id, name in people:
        members[f"person{user_id}"] = SelectField(name, [Optional()], choices=choices)
    return type("SplitForm", (BaseForm,), members)
