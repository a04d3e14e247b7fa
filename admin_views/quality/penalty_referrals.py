"""Responsible parties put forward to the authority for penalty, with the outcome (R15-18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Optional

from admin_views.base import GuardedModelView
from admin_views.fields import REQUIRED
from admin_views.guard import acting, desk_zone, requires
from admin_views.locale import locale
from admin_views.page_parts import Action, Empty
from admin_views.quality.common import asked_complaint
from admin_views.record_dialog import step_dialog
from extensions import db
from models import Complaint, PenaltyReferral
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.record_penalty_outcome import record_penalty_outcome
from services.operations.refer_for_penalty import refer_for_penalty
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork


class OutcomeForm(BaseForm):
    outcome = TextAreaField(_l("Outcome"), [InputRequired(REQUIRED)], render_kw={"rows": 4, "wide": True})
    on = DateField(_l("Outcome of"), [Optional()], description=_l("Left empty: today."))


class PenaltyReferralsView(GuardedModelView):
    """Referrals for penalty."""

    model = PenaltyReferral
    permission = Permission.COMPLAINT_READ
    create = Permission.MEASURE_WRITE
    title = _l("Referrals for penalty")
    new_title = _l("Put forward for penalty")
    default_sort = "-referred_on"
    extra_fields = ("outcome_on",)
    create_fields = ("complaint_id", "party", "authority", "referred_on", "ground", "facts")
    empty = Empty(
        title=_l("No referral here"),
        text=_l("Put a responsible party forward from the page of the complaint."),
        icon="scale",
    )

    def defaults(self) -> Mapping[str, Any]:
        complaint_id = asked_complaint()
        complaint = db.session().get(Complaint, complaint_id) if complaint_id else None
        rule = procedure_of(db.session(), complaint).penalty_referrals if complaint else None
        return {
            "complaint_id": complaint_id,
            "authority": rule.authority.in_language(locale()) if rule else "",
            "referred_on": datetime.now(UTC).astimezone(desk_zone()).date(),
        }

    def name_of(self, row: ListRow) -> str:
        return str(row.values.get("party") or row.address)[:40]

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> PenaltyReferral:
        return refer_for_penalty(work, values.pop("complaint_id"), values=values)

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return [*super().record_actions(row), *self.row_actions(row)]

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        if row.values["outcome_on"] is not None or not acting().may(Permission.MEASURE_WRITE):
            return ()
        url = url_for(f"{self.endpoint}.outcome", address=row.address)
        return [Action(label=_("Record outcome"), url=url, icon="check", dialog=True)]

    @expose("/<address>/outcome", methods=("GET", "POST"))
    @requires(Permission.MEASURE_WRITE)
    def outcome(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            OutcomeForm,
            lambda work, version, form: record_penalty_outcome(
                work, row.id, version, outcome=form.outcome.data, on=form.on.data
            ),
            title=_("Outcome of the referral"),
            icon="check",
        )
