"""Investigations: team and findings within the form, finished with a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from admin_views.base import GuardedModelView
from admin_views.case_context import FactGroup, RecordTable
from admin_views.form_context import RecordPage
from admin_views.guard import acting
from admin_views.page_parts import Action, Badge, Empty
from admin_views.quality.common import asked_complaint
from admin_views.quality.investigation_steps import InvestigationSteps
from admin_views.quality.investigation_tables import InvestigationTables
from admin_views.record_forms import Inline
from models import Finding, Investigation, InvestigationMember
from models.enums import InvestigationStatus, Responsibility
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.edit_investigation import edit_investigation
from services.operations.open_investigation import open_investigation
from services.unit_of_work import UnitOfWork

_COURSE = ("complaint_id", "title", "leader_id", "group_id", "plan")
_ASSESSMENT = (
    "standard",
    "design_document",
    "acceptance_body",
    "problem_found",
    "site_visit",
    "severity",
    "impact",
    "hazard_analysis",
    "technical_analysis",
    "root_cause",
)
_RESPONSIBILITY = (
    "responsibility",
    "responsible_department_id",
    "responsible_person_id",
    "responsibility_explained",
    "customer_told_at",
    "return_applied_at",
    "product_returned_at",
    "determined_at",
    "determined_by_id",
)


class InvestigationsView(InvestigationSteps, GuardedModelView):
    """Investigations of complaints."""

    model = Investigation
    permission = Permission.INVESTIGATION_READ
    create = Permission.INVESTIGATION_WRITE
    edit = Permission.INVESTIGATION_WRITE
    title = _l("Investigations")
    new_title = _l("Open investigation")
    default_sort = "-started_at"
    create_fields = (*_COURSE, "standard")
    edit_fields = (*_COURSE[1:], *_ASSESSMENT)
    form_sections = ((_l("Team and plan"), _COURSE), (_l("Assessment"), _ASSESSMENT))
    page_sections = (
        (_l("Course"), (*_COURSE, "status", "started_at", "finished_at", "created_at", "report")),
        (_l("Assessment"), _ASSESSMENT),
        (_l("Responsibility"), _RESPONSIBILITY),
    )
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

    def page(self, row: ListRow) -> RecordPage:
        return replace(super().page(row), more_actions=self._further(row))

    def _further(self, row: ListRow) -> Sequence[Action]:
        """Whose cause it was: assessed by the investigators, determined by those it rose to."""
        if row.values["status"] is InvestigationStatus.FINISHED:
            return ()
        unclear = row.values["responsibility"] is Responsibility.UNDETERMINED
        steps = [("assess", _("Assess responsibility"), Permission.INVESTIGATION_WRITE)]
        if unclear:
            steps.insert(0, ("determine", _("Determine responsibility"), Permission.INVESTIGATION_DECIDE))
        return [
            Action(
                label=label,
                url=url_for(f"{self.endpoint}.{name}", address=row.address),
                icon="scale",
                dialog=True,
            )
            for name, label, permission in steps
            if acting().may(permission)
        ]

    def badges(self, row: ListRow) -> Sequence[Badge]:
        found = list(super().badges(row))
        if row.values["responsibility"] is Responsibility.UNDETERMINED:
            found.append(Badge(text=Responsibility.UNDETERMINED.label, tone="warn", icon="scale"))
        return found

    def groups(self, row: ListRow) -> list[FactGroup]:
        """What was assessed is shown once there is something of it."""
        return [
            FactGroup(title=group.title, facts=[fact for fact in group.facts if fact.value not in ("", None)])
            for group in super().groups(row)
            if any(fact.value not in ("", None) for fact in group.facts)
        ]

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        return InvestigationTables(self.get_one(row.address), self.reader).tables()
