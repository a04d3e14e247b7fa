"""Appraisals on the complainant's request: commissioned, their result with the bearer of the cost, settled."""

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
from models import Appraisal
from models.labels import _l
from models.remedy_enums import AppraisalResult
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.commission_appraisal import commission_appraisal
from services.operations.record_appraisal_result import record_appraisal_result
from services.operations.settle_appraisal import settle_appraisal
from services.unit_of_work import UnitOfWork

_RESULTS = (AppraisalResult.CONFORMING, AppraisalResult.NOT_CONFORMING)


class ResultForm(BaseForm):
    result = SelectField(
        _l("Result"),
        [InputRequired(REQUIRED)],
        choices=[SelectChoice("", "—"), *(SelectChoice(each.value, each.label) for each in _RESULTS)],
    )
    on = DateField(_l("Result of"), [Optional()], description=_l("Left empty: today."))
    text = TextAreaField(
        _l("Findings of the appraisal"), [InputRequired(REQUIRED)], render_kw={"rows": 4, "wide": True}
    )


class SettleForm(BaseForm):
    on = DateField(_l("Cost settled on"), [Optional()], description=_l("Left empty: today."))


class AppraisalsView(GuardedModelView):
    """Appraisals by qualified bodies or experts."""

    model = Appraisal
    permission = Permission.COMPLAINT_READ
    create = Permission.MEASURE_WRITE
    title = _l("Appraisals")
    new_title = _l("Commission appraisal")
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
        title=_l("No appraisal here"),
        text=_l("Commission one from the page of the complaint."),
        icon="search",
    )

    def defaults(self) -> Mapping[str, Any]:
        today = datetime.now(UTC).astimezone(desk_zone()).date()
        return {"complaint_id": asked_complaint(), "requested_on": today, "commissioned_on": today}

    def name_of(self, row: ListRow) -> str:
        return str(row.values.get("subject") or row.address)[:40]

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Appraisal:
        return commission_appraisal(work, values.pop("complaint_id"), values=values)

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return [*super().record_actions(row), *self.row_actions(row)]

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        if not acting().may(Permission.MEASURE_WRITE):
            return ()
        if row.values["result"] is AppraisalResult.OPEN:
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
            lambda work, version, form: record_appraisal_result(
                work,
                row.id,
                version,
                result=AppraisalResult(form.result.data),
                on=form.on.data,
                text=form.text.data,
            ),
            title=_("Result of the appraisal"),
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
            lambda work, version, form: settle_appraisal(work, row.id, version, on=form.on.data),
            title=_("Settle the cost"),
            icon="approve",
            explanation=_("Whoever bears the cost has paid it, or paid it back to who advanced it."),
        )
