"""Quality accidents: reported alone or out of a complaint, graded by their facts, closed as the procedure wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from admin_views.base import GuardedModelView
from admin_views.fields import MomentField
from admin_views.form_context import FormSection, RecordPage
from admin_views.guard import acting, desk_zone, requires
from admin_views.locale import locale
from admin_views.page_parts import Action, Empty
from admin_views.quality import accident_forms as dialogs
from admin_views.quality.accident_page import AccidentPage
from admin_views.quality.common import asked_complaint
from admin_views.record_dialog import step_dialog
from extensions import db
from models import Accident
from models.enums import AccidentStatus, ReportKind, ReportRecipient
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow, at_address
from services.operations.announce_accident import announce_accident
from services.operations.close_accident import close_accident
from services.operations.decide_accident import decide_accident
from services.operations.edit_accident import edit_accident
from services.operations.grade_accident import grade_accident
from services.operations.mark_concealed import mark_concealed
from services.operations.record_accident_report import record_accident_report
from services.operations.record_self_examination import record_self_examination
from services.operations.report_accident import report_accident
from services.operations.sign_accident import capacities_of, sign_accident
from services.operations.visit_scene import visit_scene
from services.procedures.sections.accidents import AccidentFact
from services.unit_of_work import UnitOfWork
from services.workflow.accidents import scheme_of

_FACTS = tuple(fact.value for fact in AccidentFact)
_QUESTIONS = tuple(fact.value for fact in AccidentFact if not fact.is_number)


class AccidentsView(GuardedModelView):
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
        return [more[0], *actions, *more[1:]]

    # Steps

    @expose("/<address>/close", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_WRITE)
    def close(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            dialogs.CloseForm,
            lambda work, version, form: close_accident(work, row.id, version, remark=form.text.data),
            title=_("Close accident"),
            submit=_("Close"),
            icon="close-case",
            explanation=_("Everything the procedure asks for must be recorded and every measure settled."),
            missing=AccidentPage(self.get_one(address), self.reader).missing(),
        )

    @expose("/<address>/sent", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_WRITE)
    def sent(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        scheme = scheme_of(db.session(), self.get_one(address))
        kinds = [duty.kind for duty in scheme.reports] if scheme and scheme.reports else list(ReportKind)
        form = dialogs.report_form(kinds, list(ReportRecipient))
        return step_dialog(
            self,
            row,
            dialogs.prefilled(form, sent_at=datetime.now(UTC)),
            lambda work, version, form: record_accident_report(
                work,
                row.id,
                version,
                kind=form.kind.data,
                recipients=form.recipients.data or (),
                sent_at=form.sent_at.data,
                to_whom=form.to_whom.data,
            ),
            title=_("Record a report"),
            icon="mail",
            explanation=_("A time limit stops once everybody named for the report has got it."),
        )

    @expose("/<address>/scene", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_WRITE)
    def scene(self, address: str) -> ResponseReturnValue:
        row, accident = self.row(address), self.get_one(address)
        form = dialogs.prefilled(
            dialogs.SceneForm,
            visitor_id=accident.scene_visitor_id or acting().user_id,
            arrived_at=accident.scene_arrived_at or datetime.now(UTC),
            emergency_measures=accident.emergency_measures,
            scene_protection=accident.scene_protection,
        )
        return step_dialog(
            self,
            row,
            form,
            lambda work, version, form: visit_scene(
                work,
                row.id,
                version,
                arrived_at=form.arrived_at.data,
                visitor_id=form.visitor_id.data,
                emergency_measures=form.emergency_measures.data,
                scene_protection=form.scene_protection.data,
            ),
            title=_("Quality management on site"),
            icon="investigation",
        )

    @expose("/<address>/self-examination", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_WRITE)
    def self_examination(self, address: str) -> ResponseReturnValue:
        row, accident = self.row(address), self.get_one(address)
        form = dialogs.prefilled(
            dialogs.SelfExaminationForm,
            on=accident.self_examined_on or datetime.now(UTC).astimezone(desk_zone()).date(),
            text=accident.self_examination,
        )
        return step_dialog(
            self,
            row,
            form,
            lambda work, version, form: record_self_examination(
                work, row.id, version, text=form.text.data, on=form.on.data
            ),
            title=_("Self-examination"),
            icon="note",
            explanation=_("What those responsible wrote; the paper itself can be attached."),
        )

    @expose("/<address>/disposition", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_WRITE)
    def disposition(self, address: str) -> ResponseReturnValue:
        row, accident = self.row(address), self.get_one(address)
        form = dialogs.prefilled(
            dialogs.DispositionForm, disposition=accident.disposition, outcome=accident.outcome
        )
        return step_dialog(
            self,
            row,
            form,
            lambda work, version, form: decide_accident(
                work, row.id, version, disposition=form.disposition.data, outcome=form.outcome.data
            ),
            title=_("Write the disposition"),
            icon="scale",
            explanation=_("Other words than those signed need both signatures again."),
        )

    @expose("/<address>/sign", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_SIGN)
    def sign(self, address: str) -> ResponseReturnValue:
        row, accident = self.row(address), self.get_one(address)
        return step_dialog(
            self,
            row,
            dialogs.sign_form(capacities_of(acting())),
            lambda work, version, form: sign_accident(work, row.id, version, capacity=form.capacity.data),
            title=_("Sign the disposition"),
            submit=_("Sign"),
            icon="sign",
            explanation=accident.disposition or _("There is no disposition to sign yet."),
        )

    @expose("/<address>/announcement", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_WRITE)
    def announcement(self, address: str) -> ResponseReturnValue:
        row, accident = self.row(address), self.get_one(address)
        form = dialogs.prefilled(
            dialogs.AnnouncementForm,
            on=accident.announced_on,
            where=accident.announced_where or _("Office meeting of the company"),
        )
        return step_dialog(
            self,
            row,
            form,
            lambda work, version, form: announce_accident(
                work, row.id, version, on=form.on.data, where=form.where.data
            ),
            title=_("Announcement"),
            icon="bell",
            explanation=_(
                "After the handling the accident is announced at the office meeting, as a warning."
            ),
        )

    @expose("/<address>/grade", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_WRITE)
    def grade(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        shown = AccidentPage(self.get_one(address), self.reader)
        return step_dialog(
            self,
            row,
            dialogs.prefilled(dialogs.GradeForm),
            lambda work, version, form: grade_accident(
                work, row.id, version, grade=form.grade.data, reason=form.reason.data
            ),
            title=_("Decide the grade"),
            icon="star",
            explanation=shown.grade_explained(),
        )

    @expose("/<address>/concealment", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_SIGN)
    def concealment(self, address: str) -> ResponseReturnValue:
        row, accident = self.row(address), self.get_one(address)
        scheme = scheme_of(db.session(), accident)
        base = dialogs.concealment_form(scheme, locale())
        form = dialogs.prefilled(
            base,
            reason=accident.concealed_reason,
            sanction=accident.sanction,
            sanction_reason=accident.sanction_reason,
        )
        return step_dialog(
            self,
            row,
            form,
            lambda work, version, form: mark_concealed(
                work,
                row.id,
                version,
                reason=form.reason.data,
                sanction=form.sanction.data,
                sanction_reason=form.sanction_reason.data,
            ),
            title=_("Mark as concealed"),
            icon="warning",
            tone="bad",
            explanation=_("An accident that was not reported counts as concealed."),
        )
