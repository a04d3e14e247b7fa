"""Inspections on the complainant's request: commissioned, their result with the bearer of the cost, settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import DateField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from admin_views.base import GuardedModelView
from admin_views.fields import REQUIRED
from admin_views.guard import acting, desk_zone, requires
from admin_views.page_parts import Action, Empty
from admin_views.quality.common import asked_complaint
from admin_views.record_dialog import step_dialog
from models import Inspection
from models.labels import _l
from models.remedy_enums import InspectionResult
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.commission_inspection import commission_inspection
from services.operations.record_inspection_result import record_inspection_result
from services.operations.settle_inspection import settle_inspection
from services.unit_of_work import UnitOfWork

_RESULTS = (InspectionResult.CONFORMING, InspectionResult.NOT_CONFORMING)


class ResultForm(BaseForm):
    result = SelectField(
        _l("Result"),
        [InputRequired(REQUIRED)],
        choices=[SelectChoice("", "—"), *(SelectChoice(each.value, each.label) for each in _RESULTS)],
    )
    on = DateField(_l("Result of"), [Optional()], description=_l("Left empty: today."))
    text = TextAreaField(
        _l("Findings of the inspection"), [InputRequired(REQUIRED)], render_kw={"rows": 4, "wide": True}
    )


class SettleForm(BaseForm):
    on = DateField(_l("Cost settled on"), [Optional()], description=_l("Left empty: today."))


class InspectionsView(GuardedModelView):
    """Inspections by qualified bodies or experts."""

    model = Inspection
    permission = Permission.COMPLAINT_READ
    create = Permission.MEASURE_WRITE
    title = _l("Inspections")
    new_title = _l("Commission inspection")
    default_sort = "-commissioned_on"
    extra_fields = ("result", "settled_on")
    create_fields = (
        "complaint_id",
        "subject",
        "body_kind",
        "body",
        "qualification",
        "requested_on",
        "commissioned_on",
        "cost",
    )
    form_note = _l("The complainant advances the cost; who bears it in the end follows from the result.")
    standard_views = (
        (_l("All"), ""),
        (_l("Result outstanding"), "f.result=open"),
    )
    empty = Empty(
        title=_l("No inspection here"),
        text=_l("Commission one from the page of the complaint."),
        icon="search",
    )

    def defaults(self) -> Mapping[str, Any]:
        today = datetime.now(UTC).astimezone(desk_zone()).date()
        return {"complaint_id": asked_complaint(), "requested_on": today, "commissioned_on": today}

    def name_of(self, row: ListRow) -> str:
        return str(row.values.get("subject") or row.address)[:40]

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Inspection:
        return commission_inspection(work, values.pop("complaint_id"), values=values)

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return [*super().record_actions(row), *self.row_actions(row)]

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        if not acting().may(Permission.MEASURE_WRITE):
            return ()
        if row.values["result"] is InspectionResult.OPEN:
            step = ("result", _("Record result"), "check")
        elif row.values["settled_on"] is None:
            step = ("settle", _("Settle the cost"), "approve")
        else:
            return ()
        name, label, icon = step
        url = url_for(f"{self.endpoint}.{name}", address=row.address)
        return [Action(label=label, url=url, icon=icon, dialog=True)]

    @expose("/<address>/result", methods=("GET", "POST"))
    @requires(Permission.MEASURE_WRITE)
    def result(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            ResultForm,
            lambda work, version, form: record_inspection_result(
                work,
                row.id,
                version,
                result=InspectionResult(form.result.data),
                on=form.on.data,
                text=form.text.data,
            ),
            title=_("Result of the inspection"),
            icon="check",
            explanation=_("Who bears the cost is derived from the result by the procedure."),
        )

    @expose("/<address>/settle", methods=("GET", "POST"))
    @requires(Permission.MEASURE_WRITE)
    def settle(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            SettleForm,
            lambda work, version, form: settle_inspection(work, row.id, version, on=form.on.data),
            title=_("Settle the cost"),
            icon="approve",
            explanation=_("Whoever bears the cost has paid it, or paid it back to who advanced it."),
        )
