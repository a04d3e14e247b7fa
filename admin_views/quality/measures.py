"""Measures: planned, carried out, verified by somebody else, or dropped with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Optional

from admin_views.base import GuardedModelView
from admin_views.case_context import FactGroup
from admin_views.fields import REQUIRED, PlainSelect
from admin_views.guard import acting, desk_zone, requires
from admin_views.page_parts import Action, DueState, Empty
from admin_views.quality.common import asked_complaint
from admin_views.record_dialog import step_dialog
from admin_views.values import fact_of
from models import Accident, Measure
from models.enums import MeasureStatus
from models.fields import fields_of
from models.labels import _l
from models.remedy_enums import AppealOutcome, CheckResult
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.carry_out_measure import carry_out_measure
from services.operations.check_effect import check_effect
from services.operations.decide_appeal import decide_appeal
from services.operations.drop_measure import drop_measure
from services.operations.edit_measure import edit_measure
from services.operations.record_appeal import APPEALABLE, record_appeal
from services.operations.record_measure import record_measure
from services.operations.verify_measure import verify_measure
from services.unit_of_work import UnitOfWork
from services.workflow.remedies import SETTLED

_WIDE = {"rows": 3, "wide": True}


class HowForm(BaseForm):
    text = TextAreaField(_l("How carried out"), [InputRequired(REQUIRED)], render_kw=_WIDE)


class RemarkForm(BaseForm):
    text = TextAreaField(_l("Remark"), render_kw=_WIDE)


class ReasonForm(BaseForm):
    text = TextAreaField(_l("Reason for dropping"), [InputRequired(REQUIRED)], render_kw=_WIDE)


class CheckForm(BaseForm):
    result = PlainSelect(_l("Effect"), [InputRequired(REQUIRED)], members=CheckResult)
    text = TextAreaField(_l("What the check found"), [InputRequired(REQUIRED)], render_kw=_WIDE)


class AppealForm(BaseForm):
    grounds = TextAreaField(_l("Grounds of the appeal"), [InputRequired(REQUIRED)], render_kw=_WIDE)
    on = DateField(_l("Appealed on"), [Optional()], description=_l("Left empty: today."))


class DecisionForm(BaseForm):
    outcome = PlainSelect(_l("Outcome of the appeal"), [InputRequired(REQUIRED)], members=AppealOutcome)
    text = TextAreaField(
        _l("Reasons of the decision on the appeal"), [InputRequired(REQUIRED)], render_kw=_WIDE
    )


ALWAYS = ("complaint_id", "kind", "text", "owner_id", "department_id", "due_on")
"""What every measure has."""
FORM_FIELDS = (
    "kind",
    "text",
    "owner_id",
    "department_id",
    "due_on",
    "compensation_form",
    "given_on",
    "none_due_reason",
    "promised_on",
    "help_asked_on",
    "freight_by",
    "person_name",
    "severity",
    "agreed_with_id",
    "agreed_on",
    "cause",
    "amount",
    "check_on",
)


class MeasuresView(GuardedModelView):
    """What is done about complaints and accidents."""

    model = Measure
    permission = Permission.COMPLAINT_READ
    create = Permission.MEASURE_WRITE
    edit = Permission.MEASURE_WRITE
    title = _l("Measures")
    new_title = _l("Record measure")
    default_sort = "due_on"
    extra_fields = (
        "status",
        "due_on",
        "kind",
        "check_on",
        "checked_at",
        "appealed_on",
        "appeal_decided_at",
    )
    create_fields = ("complaint_id", *FORM_FIELDS)
    edit_fields = FORM_FIELDS
    form_sections = (
        (_l("Measure"), ("complaint_id", "accident", "kind", "text", "owner_id", "department_id", "due_on")),
        (_l("Compensation"), ("compensation_form", "given_on", "none_due_reason")),
        (_l("Goods and the customer"), ("promised_on", "help_asked_on", "freight_by")),
        (_l("Person or unit penalised"), ("person_name", "severity")),
        (_l("Agreement and cause"), ("agreed_with_id", "agreed_on", "cause")),
        (_l("Money and later check"), ("amount", "check_on")),
    )
    sections_for: ClassVar[Mapping[str, str]] = {
        "compensation_form": "kind: compensation",
        "promised_on": "kind: repair replacement return refund",
        "person_name": "kind: penalty discipline",
        "agreed_with_id": "kind: improvement corrective process prevention rectification training",
    }
    standard_views = (
        (_l("All"), ""),
        (_l("Not yet carried out"), "f.unfinished=1"),
        (_l("Mine"), "f.mine=1&f.unfinished=1"),
        (_l("To be verified"), "f.status=done"),
        (_l("Effects to check"), "f.to_check=1"),
    )
    empty = Empty(
        title=_l("No measure here"),
        text=_l("Record one from the page of a complaint or an accident."),
        icon="approve",
    )

    def scaffold_form(self) -> type[Any]:
        form = super().scaffold_form()
        # Which accident the measure belongs to travels with the form; the operation checks that it is in scope.
        form.accident = HiddenField()
        return form

    def defaults(self) -> Mapping[str, Any]:
        return {
            "complaint_id": asked_complaint(),
            "accident": request.args.get("accident", ""),
            "owner_id": acting().user_id,
        }

    def name_of(self, row: ListRow) -> str:
        return str(row.values.get("text") or row.address)[:40]

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        values.pop("accident", None)
        return edit_measure(work, record.id, version, values=values)

    def groups(self, row: ListRow) -> list[FactGroup]:
        """Only what this kind of measure has: the other kinds' empty facts tell nothing."""
        base = {*ALWAYS, "status"}
        specs = {spec.key: spec for spec in fields_of(Measure) if spec.page}
        shown = [key for key in specs if key in base or row.values.get(key) not in (None, "")]
        return [
            FactGroup(
                title=_("Facts"), facts=[fact_of(specs[key], row.values[key], self.reader) for key in shown]
            )
        ]

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Measure:
        accident, complaint_id = values.pop("accident"), values.pop("complaint_id")
        return record_measure(
            work, values=values, complaint_id=complaint_id, accident_id=_accident_id(work, accident)
        )

    def why_not_editable(self, row: ListRow) -> Any:
        if row.values["status"] is not MeasureStatus.PLANNED:
            return _("Only a planned measure can be changed.")
        return None

    def row_due(self, row: ListRow) -> DueState | str:
        due_on = row.values.get("due_on")
        if due_on is None or row.values.get("status") is not MeasureStatus.PLANNED:
            return ""
        days = (due_on - datetime.now(UTC).astimezone(desk_zone()).date()).days
        return "overdue" if days < 0 else "today" if days == 0 else "soon" if days <= 3 else ""

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return [*super().record_actions(row), *self.row_actions(row)]

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        if not acting().may(Permission.MEASURE_WRITE):
            return self._appeal_actions(row)
        steps = {
            MeasureStatus.PLANNED: (("carry_out", _("Carried out"), "check"), ("drop", _("Drop"), "close")),
            MeasureStatus.DONE: (("verify", _("Verify"), "approve"),),
        }
        found = [*steps.get(row.values["status"], ()), *_later_steps(row)]
        return [
            Action(
                label=label,
                url=url_for(f"{self.endpoint}.{name}", address=row.address),
                icon=icon,
                dialog=True,
            )
            for name, label, icon in found
        ]

    def _appeal_actions(self, row: ListRow) -> Sequence[Action]:
        waits = row.values["appealed_on"] is not None and row.values["appeal_decided_at"] is None
        if not waits or not acting().may(Permission.APPEAL_DECIDE):
            return ()
        url = url_for(f"{self.endpoint}.decide", address=row.address)
        return [Action(label=_("Decide appeal"), url=url, icon="scale", dialog=True)]

    @expose("/<address>/check", methods=("GET", "POST"))
    @requires(Permission.MEASURE_WRITE)
    def check(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            CheckForm,
            lambda work, version, form: check_effect(
                work, row.id, version, result=form.result.data, text=form.text.data
            ),
            title=_("Check the effect"),
            icon="approve",
            explanation=_("Some time after closing: does the measure still keep the problem away?"),
        )

    @expose("/<address>/appeal", methods=("GET", "POST"))
    @requires(Permission.MEASURE_WRITE)
    def appeal(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            AppealForm,
            lambda work, version, form: record_appeal(
                work, row.id, version, grounds=form.grounds.data, on=form.on.data
            ),
            title=_("Record appeal"),
            icon="scale",
            explanation=_("Those who decide on it by the procedure are told."),
        )

    @expose("/<address>/decide", methods=("GET", "POST"))
    @requires(Permission.APPEAL_DECIDE)
    def decide(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            DecisionForm,
            lambda work, version, form: decide_appeal(
                work, row.id, version, outcome=form.outcome.data, text=form.text.data
            ),
            title=_("Decide appeal"),
            icon="scale",
        )

    @expose("/<address>/carry-out", methods=("GET", "POST"))
    @requires(Permission.MEASURE_WRITE)
    def carry_out(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            HowForm,
            lambda work, version, form: carry_out_measure(work, row.id, version, how=form.text.data),
            title=_("Measure carried out"),
            icon="check",
        )

    @expose("/<address>/verify", methods=("GET", "POST"))
    @requires(Permission.MEASURE_WRITE)
    def verify(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            RemarkForm,
            lambda work, version, form: verify_measure(work, row.id, version, remark=form.text.data),
            title=_("Verify measure"),
            submit=_("Verify"),
            icon="approve",
            explanation=_("You confirm that the measure has been carried out and works."),
        )

    @expose("/<address>/drop", methods=("GET", "POST"))
    @requires(Permission.MEASURE_WRITE)
    def drop(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            ReasonForm,
            lambda work, version, form: drop_measure(work, row.id, version, reason=form.text.data),
            title=_("Drop measure"),
            submit=_("Drop"),
            icon="close",
            tone="bad",
        )


def _later_steps(row: ListRow) -> list[tuple[str, str, str]]:
    """What can come after: the check of the effect, and the appeal against a penalty."""
    values = row.values
    steps = []
    if values["status"] in SETTLED and values["checked_at"] is None and values["check_on"] is not None:
        steps.append(("check", _("Check the effect"), "approve"))
    appealable = values["kind"] in APPEALABLE and values["status"] is not MeasureStatus.DROPPED
    if appealable and values["appealed_on"] is None:
        steps.append(("appeal", _("Record appeal"), "scale"))
    return steps


def _accident_id(work: UnitOfWork, address: str | None) -> int | None:
    if not address:
        return None
    found: int | None = work.session.scalar(sa.select(Accident.id).where(Accident.public_id == address))
    return found
