"""Joint liability for broken time limits of customers: reasons stated, accepted or not (R16-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from admin_views.base import GuardedModelView
from admin_views.fields import REQUIRED
from admin_views.guard import acting, requires
from admin_views.page_parts import Action, Empty
from admin_views.quality.accident_forms import prefilled
from admin_views.record_dialog import step_dialog
from extensions import db
from models import Complaint, Liability
from models.labels import LazyString, _l
from models.liability import LiabilityStatus
from services.access.permissions import Permission
from services.access.separation import involved
from services.actor import Actor
from services.listing import ListRow
from services.operations.confirm_liability import confirm_liability
from services.operations.excuse_liability import excuse_liability
from services.operations.state_liability_reason import state_liability_reason
from services.workflow.gates import Situation
from services.workflow.liability import may_decide, rule_of

_WIDE = {"rows": 4, "wide": True}


class ReasonForm(BaseForm):
    reason = TextAreaField(_l("Why it was not done in time"), [InputRequired(REQUIRED)], render_kw=_WIDE)


class DecisionForm(BaseForm):
    text = TextAreaField(_l("Reasons of the decision"), [InputRequired(REQUIRED)], render_kw=_WIDE)


def liability_actions(actor: Actor, record: Liability, complaint: Complaint) -> list[Action]:
    """What the reader can do about an undecided one: state a reason for oneself, or decide by the post one holds."""
    if record.status is not LiabilityStatus.OPEN:
        return []
    steps: list[tuple[str, LazyString, str]] = []
    if involved(actor, record.person_id) and actor.may(Permission.COMPLAINT_REGISTER):
        label = _l("State another reason") if record.stated_at else _l("State the reason")
        steps.append(("state", label, "edit"))
    if actor.may(Permission.LIABILITY_DECIDE):
        rule = rule_of(db.session(), record)
        situation = Situation(db.session(), complaint, actor, None, datetime.now(UTC))
        if may_decide(situation, record, rule.excused_by):
            steps.append(("excuse", _l("Accept the reason"), "check"))
        if may_decide(situation, record, rule.confirmed_by):
            steps.append(("confirm", _l("Find jointly liable"), "scale"))
    return [
        Action(
            label=label, url=url_for(f"liabilities.{name}", address=record.public_id), icon=icon, dialog=True
        )
        for name, label, icon in steps
    ]


class LiabilitiesView(GuardedModelView):
    """First-asked persons who answer for a broken time limit."""

    model = Liability
    permission = Permission.COMPLAINT_READ
    title = _l("Joint liability")
    default_sort = "-breached_at"
    extra_fields = ("status", "stated_at")
    standard_views = (
        (_l("To be decided"), "f.status=open"),
        (_l("Jointly liable"), "f.status=confirmed"),
        (_l("Reason accepted"), "f.status=excused"),
        (_l("All"), ""),
    )
    page_sections: ClassVar[Any] = (
        (_l("Broken time limit"), ("complaint_id", "person_id", "breached_at", "clause", "status")),
        (_l("Reason"), ("stated_at", "stated_reason")),
        (_l("What was decided"), ("decided_at", "decided_by_id", "decision_text")),
    )
    empty = Empty(
        title=_l("Nobody answers for a missed date here"),
        text=_l("A record comes about by itself when a date that the customer set has passed unanswered."),
        icon="scale",
    )

    def name_of(self, row: ListRow) -> str:
        return str(row.values.get("complaint_id") or row.address)[:40]

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        record = self.get_one(row.address)
        complaint = db.session().get_one(Complaint, record.complaint_id)
        return [*super().record_actions(row), *liability_actions(acting(), record, complaint)]

    @expose("/<address>/state", methods=("GET", "POST"))
    @requires(Permission.COMPLAINT_REGISTER)
    def state(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            prefilled(ReasonForm, reason=row.values.get("stated_reason")),
            lambda work, version, form: state_liability_reason(
                work, row.id, version, reason=form.reason.data
            ),
            title=_("State the reason"),
            icon="edit",
            explanation=_("Those who decide read it. Until they have decided you can put it better."),
        )

    @expose("/<address>/excuse", methods=("GET", "POST"))
    @requires(Permission.LIABILITY_DECIDE)
    def excuse(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            DecisionForm,
            lambda work, version, form: excuse_liability(work, row.id, version, text=form.text.data),
            title=_("Accept the reason"),
            icon="check",
            explanation=self._stated(address),
        )

    @expose("/<address>/confirm", methods=("GET", "POST"))
    @requires(Permission.LIABILITY_DECIDE)
    def confirm(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            DecisionForm,
            lambda work, version, form: confirm_liability(work, row.id, version, text=form.text.data),
            title=_("Find jointly liable"),
            icon="scale",
            tone="bad",
            explanation=self._stated(address),
        )

    def _stated(self, address: str) -> str:
        """What the person said stands above the decision on it."""
        record = self.get_one(address)
        if record.stated_reason is None:
            return _("%(name)s has stated no reason yet.", name=record.person.name)
        return _("%(name)s: %(reason)s", name=record.person.name, reason=record.stated_reason)
