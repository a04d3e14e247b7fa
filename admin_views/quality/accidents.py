"""Quality accidents: reported alone or out of a complaint, graded by their facts, closed as the procedure wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from admin_views.base import GuardedModelView
from admin_views.documents.tables import issue_action
from admin_views.fields import MomentField
from admin_views.form_context import FormSection, RecordPage
from admin_views.guard import acting
from admin_views.locale import locale
from admin_views.page_parts import Action, Empty
from admin_views.quality.accident_page import AccidentPage
from admin_views.quality.accident_steps import AccidentSteps
from admin_views.quality.common import asked_complaint
from extensions import db
from models import Accident
from models.enums import AccidentStatus
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow, at_address
from services.operations.edit_accident import edit_accident
from services.operations.report_accident import report_accident
from services.procedures.sections.accidents import AccidentFact
from services.unit_of_work import UnitOfWork
from services.workflow.accidents import scheme_of

_FACTS = tuple(fact.value for fact in AccidentFact)
_QUESTIONS = tuple(fact.value for fact in AccidentFact if not fact.is_number)


class AccidentsView(AccidentSteps, GuardedModelView):
    """Quality accidents."""

    model = Accident
    permission = Permission.ACCIDENT_READ
    create = Permission.ACCIDENT_WRITE
    edit = Permission.ACCIDENT_WRITE
    title = _l("Accidents")
    new_title = _l("Report accident")
    default_sort = "-happened_at"
    create_fields = (
        "title",
        "scope",
        "happened_at",
        "department_id",
        "grade",
        "complaint_id",
        "product",
        "batch",
        *_FACTS,
        "facts",
        "emergency_measures",
        "scene_protection",
    )
    edit_fields = (*create_fields, "cause", "responsibility", "outcome")
    form_sections = (
        (
            _l("What happened"),
            (
                "title",
                "scope",
                "happened_at",
                "quality_told_at",
                "department_id",
                "complaint_id",
                "product",
                "batch",
                "facts",
                "emergency_measures",
                "scene_protection",
            ),
        ),
        (_l("Facts that give the grade and the time limits"), ("grade", *_FACTS)),
    )
    page_sections = (
        (
            _l("What happened"),
            (
                "number", "title", "status", "scope", "happened_at", "reported_at", "department_id",
                "reported_by_id", "complaint_id", "procedure_version_id", "product", "batch", "facts",
            ),
        ),
        (_l("Grade"), ("grade", *_FACTS, "grade_reason")),
        (
            _l("On site"),
            ("scene_arrived_at", "scene_visitor_id", "emergency_measures", "scene_protection"),
        ),
        (
            _l("Cause, responsibility, disposition"),
            (
                "cause", "responsibility", "self_examined_on", "self_examination", "disposition",
                "quality_signed_by_id", "quality_signed_at", "head_signed_by_id", "head_signed_at", "outcome",
                "announced_on", "announced_where", "closed_at",
            ),
        ),
        (
            _l("Concealment"),
            ("concealed_at", "concealed_reason", "sanction", "sanction_reason"),
        ),
    )  # fmt: skip
    standard_views = (
        (_l("All"), ""),
        (_l("Reported"), "f.status=reported"),
        (_l("Handled"), "f.status=handled"),
        (_l("Closed"), "f.status=closed"),
    )
    empty = Empty(
        title=_l("No accident here"),
        text=_l("Report one as soon as it is known; cause and responsibility can follow."),
        icon="accident",
    )

    # Forms

    def scaffold_form(self) -> type[Any]:
        form = super().scaffold_form()
        form.quality_told_at = MomentField(
            _l("Quality management already told at"),
            description=_l("Leave empty: the desk tells them now."),
        )
        return form

    def defaults(self) -> Mapping[str, Any]:
        return {
            "complaint_id": asked_complaint(),
            "happened_at": datetime.now(UTC),
            "department_id": acting().department_id,
        }

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Accident:
        complaint_id, told_at = values.pop("complaint_id"), values.pop("quality_told_at")
        return report_accident(work, values=values, complaint_id=complaint_id, quality_told_at=told_at)

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        complaint_id = values.pop("complaint_id")
        return edit_accident(work, record.id, version, values=values, complaint_id=complaint_id)

    def _sections(self, form: Any) -> list[FormSection]:
        """Only what the procedure asks; its words for numbers, its kinds of accidents."""
        scheme = scheme_of(db.session(), self._asked())
        left_out = set(_QUESTIONS) if scheme is None or scheme.scale is None else {"grade"}
        if scheme is not None and scheme.scale is not None:
            left_out |= set(_FACTS) - {fact.value for fact in scheme.asked}
            for asked in scheme.scale.facts:
                form[asked.fact.value].label.text = asked.names.in_language(locale())
        if scheme is None:
            left_out.add("scope")
        else:
            form.scope.choices = [
                SelectChoice("", "—"),
                *(SelectChoice(kind.code.value, kind.names.in_language(locale())) for kind in scheme.scope),
            ]
        return [
            replace(section, fields=[key for key in section.fields if key in form and key not in left_out])
            for section in super()._sections(form)
        ]

    def _asked(self) -> Accident | None:
        """The accident that the address names; none on the form of a new one."""
        address = (request.view_args or {}).get("address")
        if not address:
            return None
        found: Accident | None = db.session().scalar(
            sa.select(Accident).where(at_address(Accident, str(address)))
        )
        return found

    def why_not_editable(self, row: ListRow) -> Any:
        if row.values["status"] is AccidentStatus.CLOSED:
            return _("The accident is closed; its record stands.")
        return None

    # The page

    def page(self, row: ListRow) -> RecordPage:
        accident = self.get_one(row.address)
        shown = AccidentPage(accident, self.reader)
        plain = super().page(row)
        groups = [group for group in plain.groups if any(fact.value or fact.badge for fact in group.facts)]
        return replace(
            plain,
            notices=shown.notices(),
            badges=[*plain.badges, *shown.badges()],
            groups=shown.without_unasked(groups),
            tables=shown.tables(),
            actions=plain.actions[:3],
            more_actions=plain.actions[3:],
        )

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actions = list(super().record_actions(row))
        if not actions:
            return ()
        steps = [("sent", _("Record a report"), "mail")]
        if acting().may(Permission.ACCIDENT_SIGN):
            steps.append(("sign", _("Sign the disposition"), "sign"))
        steps += [
            ("close", _("Close"), "close-case"),
            ("scene", _("Quality management on site"), "investigation"),
            ("self_examination", _("Self-examination"), "note"),
            ("disposition", _("Write the disposition"), "scale"),
            ("announcement", _("Announcement"), "bell"),
            ("grade", _("Decide the grade"), "star"),
        ]
        scheme = scheme_of(db.session(), self.get_one(row.address))
        if scheme is not None and scheme.concealment and acting().may(Permission.ACCIDENT_SIGN):
            steps.append(("concealment", _("Mark as concealed"), "warning"))
        more = [
            Action(
                label=label,
                url=url_for(f"{self.endpoint}.{name}", address=row.address),
                icon=icon,
                dialog=True,
            )
            for name, label, icon in steps
        ]
        if acting().may(Permission.MEASURE_WRITE):
            url = url_for("measures.create_view", accident=row.address)
            more.append(Action(label=_("Record measure"), url=url, icon="plus"))
        if acting().may(Permission.DOCUMENT_ISSUE):
            more.append(issue_action("accident", row.address))
        return [more[0], *actions, *more[1:]]
