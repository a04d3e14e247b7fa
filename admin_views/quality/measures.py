"""Measures: planned, carried out, verified by somebody else, or dropped with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired

from admin_views.base import GuardedModelView
from admin_views.fields import REQUIRED
from admin_views.guard import acting, desk_zone, requires
from admin_views.page_parts import Action, DueState, Empty
from admin_views.quality.common import asked_complaint
from admin_views.record_dialog import step_dialog
from models import Accident, Measure
from models.enums import MeasureStatus
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.carry_out_measure import carry_out_measure
from services.operations.drop_measure import drop_measure
from services.operations.record_measure import record_measure
from services.operations.verify_measure import verify_measure
from services.unit_of_work import UnitOfWork

_WIDE = {"rows": 3, "wide": True}


class HowForm(BaseForm):
    text = TextAreaField(_l("How carried out"), [InputRequired(REQUIRED)], render_kw=_WIDE)


class RemarkForm(BaseForm):
    text = TextAreaField(_l("Remark"), render_kw=_WIDE)


class ReasonForm(BaseForm):
    text = TextAreaField(_l("Reason for dropping"), [InputRequired(REQUIRED)], render_kw=_WIDE)


class MeasuresView(GuardedModelView):
    """What is done about complaints and accidents."""

    model = Measure
    permission = Permission.COMPLAINT_READ
    create = Permission.MEASURE_WRITE
    edit = Permission.MEASURE_WRITE
    title = _l("Measures")
    new_title = _l("Record measure")
    default_sort = "due_on"
    extra_fields = ("status", "due_on")
    create_fields = ("complaint_id", "kind", "text", "owner_id", "department_id", "due_on", "amount")
    edit_fields = ("kind", "text", "owner_id", "department_id", "due_on", "amount")
    standard_views = (
        (_l("All"), ""),
        (_l("Not yet carried out"), "f.unfinished=1"),
        (_l("Mine"), "f.mine=1&f.unfinished=1"),
        (_l("To be verified"), "f.status=done"),
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
            return ()
        steps = {
            MeasureStatus.PLANNED: (("carry_out", _("Carried out"), "check"), ("drop", _("Drop"), "close")),
            MeasureStatus.DONE: (("verify", _("Verify"), "approve"),),
        }
        return [
            Action(
                label=label,
                url=url_for(f"{self.endpoint}.{name}", address=row.address),
                icon=icon,
                dialog=True,
            )
            for name, label, icon in steps.get(row.values["status"], ())
        ]

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


def _accident_id(work: UnitOfWork, address: str | None) -> int | None:
    if not address:
        return None
    found: int | None = work.session.scalar(sa.select(Accident.id).where(Accident.public_id == address))
    return found
