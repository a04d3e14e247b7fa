"""Investigations: team and findings within the form, finished with a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.fields import REQUIRED
from admin_views.guard import acting, requires
from admin_views.page_parts import Action, Empty, Fact
from admin_views.quality.common import asked_complaint
from admin_views.record_dialog import step_dialog
from admin_views.record_forms import Inline
from admin_views.values import badge_of
from extensions import db
from models import Finding, Investigation, InvestigationMember, User
from models.enums import InvestigationStatus
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.edit_investigation import edit_investigation
from services.operations.finish_investigation import finish_investigation
from services.operations.open_investigation import open_investigation
from services.unit_of_work import UnitOfWork


class ReportForm(BaseForm):
    """What an investigation ends with."""

    report = TextAreaField(_l("Report"), [InputRequired(REQUIRED)], render_kw={"rows": 8, "wide": True})
    root_cause = TextAreaField(_l("Root cause"), render_kw={"rows": 3, "wide": True})


class InvestigationsView(GuardedModelView):
    """Investigations of complaints."""

    model = Investigation
    permission = Permission.INVESTIGATION_READ
    create = Permission.INVESTIGATION_WRITE
    edit = Permission.INVESTIGATION_WRITE
    title = _l("Investigations")
    new_title = _l("Open investigation")
    default_sort = "-started_at"
    create_fields = ("complaint_id", "title", "leader_id", "plan", "standard")
    edit_fields = ("title", "leader_id", "plan", "standard", "root_cause")
    inlines = (
        Inline(relation="members", label=_l("Team"), model=InvestigationMember),
        Inline(relation="findings", label=_l("Findings"), model=Finding),
    )
    standard_views = (
        (_l("All"), ""),
        (_l("Under way"), "f.status=open"),
        (_l("Finished"), "f.status=finished"),
    )
    empty = Empty(
        title=_l("No investigation here"),
        text=_l("Open one from the page of a complaint that needs its facts established."),
        icon="investigation",
    )

    def defaults(self) -> Mapping[str, Any]:
        return {"complaint_id": asked_complaint(), "leader_id": acting().user_id}

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Investigation:
        members, findings = values.pop("members"), values.pop("findings")
        complaint_id = values.pop("complaint_id")
        return open_investigation(work, complaint_id, values=values, members=members, findings=findings)

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        members, findings = values.pop("members"), values.pop("findings")
        return edit_investigation(work, record.id, version, values=values, members=members, findings=findings)

    def why_not_editable(self, row: ListRow) -> Any:
        if row.values["status"] is InvestigationStatus.FINISHED:
            return _("The investigation is finished; its record stands.")
        return None

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actions = list(super().record_actions(row))
        if actions:
            url = url_for(f"{self.endpoint}.finish", address=row.address)
            actions.append(Action(label=_("Finish"), url=url, icon="check", dialog=True))
        return actions

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        session = db.session()
        members = session.execute(
            sa.select(User.name, InvestigationMember.part)
            .join(InvestigationMember.user)
            .where(InvestigationMember.investigation_id == row.id)
            .order_by(InvestigationMember.id)
        )
        findings = session.execute(
            sa.select(Finding.allegation, Finding.verdict, Finding.facts)
            .where(Finding.investigation_id == row.id)
            .order_by(Finding.id)
        )
        return (
            RecordTable(
                title=_("Team"),
                heads=[_("Member"), _("Part taken")],
                rows=[[Fact(label="", value=m.name), Fact(label="", value=m.part)] for m in members],
                empty=Empty(title=_("Nobody but the leader"), icon="users"),
            ),
            RecordTable(
                title=_("Findings"),
                heads=[_("Allegation"), _("Verdict"), _("Facts established")],
                rows=[
                    [
                        Fact(label="", value=f.allegation),
                        Fact(label="", badge=badge_of(f.verdict), value=f.verdict),
                        Fact(label="", value=f.facts),
                    ]
                    for f in findings
                ],
                empty=Empty(
                    title=_("Nothing found yet"), text=_("Findings are added in the form."), icon="search"
                ),
            ),
        )

    @expose("/<address>/finish", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_WRITE)
    def finish(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            ReportForm,
            lambda work, version, form: finish_investigation(
                work, row.id, version, report=form.report.data, root_cause=form.root_cause.data
            ),
            title=_("Finish investigation"),
            submit=_("Finish"),
            icon="check",
            explanation=_(
                "The report says what was found, why it happened and what follows. It can't be changed later."
            ),
            said=_("The investigation is finished."),
        )
