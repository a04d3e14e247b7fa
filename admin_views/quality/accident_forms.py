"""The dialogs of an accident: what is typed into each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_admin.form import BaseForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from admin_views.complaints.step_fields import CheckboxListField
from admin_views.fields import REQUIRED, MomentField, RelationField
from models import User
from models.accident_enums import AccidentSanction, ReportKind, ReportRecipient
from models.enums import AccidentGrade, Labelled
from models.labels import _l
from services.operations.sign_accident import Capacity
from services.procedures.sections.accidents import Accidents

_LONG = {"rows": 3, "wide": True}
CAPACITY_LABELS = {
    Capacity.QUALITY: _l("For quality management"),
    Capacity.HEAD: _l("As head of the enterprise"),
}


def _one_of(values: Sequence[Labelled], kind: type[Labelled], nothing: Any = "—") -> dict[str, Any]:
    """Choices and coercion of a select over an enumeration; empty is None."""
    return {
        "choices": [
            SelectChoice("", nothing),
            *(SelectChoice(value.value, value.label) for value in values),
        ],
        "coerce": lambda raw: kind(raw) if raw else None,
    }


class CloseForm(BaseForm):
    text = TextAreaField(_l("Remark"), [Optional()], render_kw=_LONG)


class SceneForm(BaseForm):
    """Quality management on site."""

    visitor_id = RelationField(_l("Who was on site"), [InputRequired(REQUIRED)], target=User)
    arrived_at = MomentField(_l("Arrived at"), [InputRequired(REQUIRED)])
    emergency_measures = TextAreaField(
        _l("Emergency measures"), [Optional()], description=_l("So that it does not spread."), render_kw=_LONG
    )
    scene_protection = TextAreaField(_l("Protection of the scene"), [Optional()], render_kw=_LONG)


class SelfExaminationForm(BaseForm):
    on = DateField(_l("Handed in on"), [InputRequired(REQUIRED)])
    text = TextAreaField(_l("What it says"), [InputRequired(REQUIRED)], render_kw={"rows": 6, "wide": True})


class DispositionForm(BaseForm):
    disposition = TextAreaField(
        _l("Disposition"),
        [InputRequired(REQUIRED)],
        description=_l("What is decided about the accident and those responsible."),
        render_kw={"rows": 6, "wide": True},
    )
    outcome = TextAreaField(_l("Outcome of the handling"), [Optional()], render_kw=_LONG)


class AnnouncementForm(BaseForm):
    on = DateField(_l("Announced on"), [InputRequired(REQUIRED)])
    where = StringField(_l("At the meeting"), [Optional(), Length(max=200)])


class GradeForm(BaseForm):
    grade = SelectField(
        _l("Grade"),
        [Optional()],
        **_one_of([AccidentGrade.MAJOR, AccidentGrade.GENERAL], AccidentGrade, _l("As the facts give it")),
    )
    reason = TextAreaField(_l("Reason"), [InputRequired(REQUIRED)], render_kw=_LONG)


def prefilled(form_class: type[BaseForm], **values: Any) -> type[BaseForm]:
    """The form with these values in it until something is typed, its relation fields offering their records."""

    class Prefilled(form_class):
        def __init__(self, formdata: Any = None, **others: Any) -> None:
            if formdata is None:
                others["data"] = {**(others.get("data") or {}), **values}
            super().__init__(formdata, **others)
            for field in self:
                if isinstance(field, RelationField):
                    field.offer("")

    return Prefilled


def report_form(kinds: Sequence[ReportKind], offered: Sequence[ReportRecipient]) -> type[BaseForm]:
    """The form of a report that went out, offering what the procedure knows."""

    class ReportForm(BaseForm):
        kind = SelectField(
            _l("What was sent"),
            [InputRequired(REQUIRED)],
            **_one_of(list(kinds), ReportKind, _l("– choose –")),
        )
        sent_at = MomentField(_l("Sent at"), [InputRequired(REQUIRED)])
        recipients = CheckboxListField(
            _l("Recipients"),
            choices=[SelectChoice(each.value, each.label) for each in offered],
            coerce=lambda raw: ReportRecipient(raw),
            description=_l("Leave empty for those whom the procedure names."),
            render_kw={"wide": True},
        )
        to_whom = StringField(_l("Name, document number"), [Optional(), Length(max=200)])

    return ReportForm


def sign_form(capacities: Sequence[Capacity]) -> type[BaseForm]:
    """The form of a signature, offering what the person may sign as."""

    class SignForm(BaseForm):
        capacity = SelectField(
            _l("I sign"),
            [InputRequired(REQUIRED)],
            choices=[SelectChoice(each.value, CAPACITY_LABELS[each]) for each in capacities],
            coerce=lambda raw: Capacity(raw) if raw else None,
        )

    return SignForm


def concealment_form(scheme: Accidents | None, locale: str) -> type[BaseForm]:
    """The form of a concealed accident, with the procedure's sanctions."""
    sanctions = scheme.concealment.sanctions if scheme and scheme.concealment else ()
    choices = [
        SelectChoice(
            each.code.value, f"{each.names.in_language(locale)} ({each.gravity.in_language(locale)})"
        )
        for each in sanctions
    ]

    class ConcealmentForm(BaseForm):
        reason = TextAreaField(
            _l("What was not reported, and how it came to light"), [InputRequired(REQUIRED)], render_kw=_LONG
        )
        sanction = SelectField(
            _l("Sanction"),
            [Optional()],
            choices=[SelectChoice("", _l("Not decided yet")), *choices],
            coerce=lambda raw: AccidentSanction(raw) if raw else None,
        )
        sanction_reason = TextAreaField(_l("Gravity and people sanctioned"), [Optional()], render_kw=_LONG)

    return ConcealmentForm
