"""Forms of the dialogs on an investigation's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_admin.form import BaseForm
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from admin_views.fields import REQUIRED, MomentField, PlainSelect, RelationField, stripped
from models import Department, User
from models.enums import InquiryKind, MemoDecision, RequestKind, Responsibility
from models.labels import LazyString, _l
from services.operations.record_inquiry import REQUIRED as NEEDED
from services.procedures.sections.investigation import Criterion, EvidenceKind


def _long(label: Any, *, required: bool = True, rows: int = 3, help: Any = "") -> TextAreaField:
    checks: list[Any] = [InputRequired(REQUIRED)] if required else [Optional()]
    return TextAreaField(
        label, checks, filters=[stripped], description=help, render_kw={"rows": rows, "wide": True}
    )


def _short(label: Any, longest: int, *, required: bool) -> StringField:
    checks: list[Any] = [InputRequired(REQUIRED)] if required else [Optional()]
    return StringField(label, [*checks, Length(max=longest)], filters=[stripped])


class ReportForm(BaseForm):
    """What an investigation ends with."""

    report = _long(_l("Report"), rows=8)
    root_cause = _long(_l("Root cause"), required=False)


RECORD_FIELDS: dict[InquiryKind, dict[str, LazyString]] = {
    InquiryKind.CONTACT: {
        "place": _l("Where"),
        "people": _l("With whom"),
        "content": _l("What was said"),
    },
    InquiryKind.INTERVIEW: {
        "place": _l("Where"),
        "people": _l("Who was interviewed"),
        "content": _l("What was said"),
    },
    InquiryKind.SITE_VISIT: {
        "place": _l("Where"),
        "people": _l("Who was there"),
        "content": _l("What was found"),
        "result": _l("Conclusion"),
    },
    InquiryKind.SAMPLE: {
        "place": _l("Where it was taken"),
        "people": _l("Taken by"),
        "content": _l("What was taken, and of which batch"),
        "laboratory": _l("Laboratory"),
        "result": _l("Result of the test"),
    },
    InquiryKind.MEETING: {
        "place": _l("Where"),
        "people": _l("Participants"),
        "content": _l("What was discussed"),
        "cause": _l("Cause"),
        "responsibility": _l("Responsibility"),
        "plan": _l("Resolution plan"),
    },
}
"""What is asked of each kind of record, under the words that fit it."""
_SHORT = {"place": 200, "people": 300, "laboratory": 200}


def record_form(kind: InquiryKind) -> type[BaseForm]:
    """The form of one kind of record."""
    fields: dict[str, Any] = {"happened_at": MomentField(_l("When"), [InputRequired(REQUIRED)])}
    for key, label in RECORD_FIELDS[kind].items():
        required = key in NEEDED[kind]
        if key in _SHORT:
            fields[key] = _short(label, _SHORT[key], required=required)
        else:
            fields[key] = _long(label, required=required)
    return type("InquiryRecordForm", (BaseForm,), fields)


class AskForm(BaseForm):
    """What another department is asked for."""

    kind = PlainSelect(_l("What is asked for"), [InputRequired(REQUIRED)], members=RequestKind)
    department_id = RelationField(_l("Department"), [InputRequired(REQUIRED)], target=Department)
    person_id = RelationField(
        _l("Person"),
        [Optional()],
        target=User,
        description=_l("Left empty, the head of the department is asked."),
    )
    due_on = DateField(_l("Answer by"), [Optional()])
    wanted = _long(_l("What is needed"))


class AnswerForm(BaseForm):
    """The answer, with files where they are asked for."""

    answer = _long(_l("Answer"), rows=4)
    files = MultipleFileField(_l("Files"), [Optional()])


class ResponsibilityForm(BaseForm):
    """Whose cause it was."""

    responsibility = PlainSelect(_l("Responsibility"), [InputRequired(REQUIRED)], members=Responsibility)
    department_id = RelationField(
        _l("Responsible department"),
        [Optional()],
        target=Department,
        description=_l("Needed where a department or a person is responsible."),
    )
    person_id = RelationField(_l("Responsible person"), [Optional()], target=User)
    explanation = _long(
        _l("Explanation of the responsibility"),
        required=False,
        help=_l("Needed where it is the complainant's own cause or still undetermined."),
    )
    customer_told_at = MomentField(_l("Explained to the customer at"), [Optional()])


class UnclearForm(ResponsibilityForm):
    """Where undetermined products go back: the steps before quality determines the responsibility."""

    return_applied_at = MomentField(_l("Return of the product applied for at"), [Optional()])
    product_returned_at = MomentField(_l("Product sent back for determination at"), [Optional()])


class MemoForm(BaseForm):
    """An internal memo to the manager in charge."""

    manager_id = RelationField(_l("Manager in charge"), [InputRequired(REQUIRED)], target=User)
    facts = _long(_l("Facts"))
    opinion = _long(_l("Opinion"))


class MemoDecisionForm(BaseForm):
    decision = PlainSelect(_l("Decision"), [InputRequired(REQUIRED)], members=MemoDecision)
    text = _long(_l("Decision in words"))


class PlanForm(BaseForm):
    text = _long(_l("Resolution plan"), rows=5)


class WaiverForm(BaseForm):
    reason = _long(_l("Reason"))


def decision_form(criteria: Sequence[Criterion], language: str) -> type[BaseForm]:
    """The decision on the report, with a field for each criterion of the procedure."""
    fields: dict[str, Any] = {
        "cause": _long(_l("Cause")),
        "responsibility": _long(_l("Responsibility")),
        "decision": _long(_l("Decision")),
    }
    for each in criteria:
        fields[each.code] = _long(each.names.in_language(language), rows=2)
    return type("DecisionForm", (BaseForm,), fields)


def evidence_form(kinds: Sequence[EvidenceKind], language: str) -> type[BaseForm]:
    """Files with who took them where and when; their kind, where the procedure lists kinds (R07-07, R07-11)."""
    fields: dict[str, Any] = {
        "files": MultipleFileField(_l("Files"), [InputRequired(_l("Choose a file first."))])
    }
    if kinds:
        choices = [SelectChoice("", "—")]
        choices += [SelectChoice(kind.code, kind.names.in_language(language)) for kind in kinds]
        fields["evidence_kind"] = SelectField(_l("Kind of evidence"), [Optional()], choices=choices)
    fields["is_evidence"] = BooleanField(_l("Evidence"), default=True)
    fields["taken_at"] = MomentField(_l("Taken at"), [Optional()])
    fields["taken_where"] = _short(_l("Taken where"), 200, required=False)
    fields["taken_by"] = _short(_l("Taken by"), 80, required=False)
    fields["description"] = _short(_l("Description"), 300, required=False)
    return type("EvidenceForm", (BaseForm,), fields)
