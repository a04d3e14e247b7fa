"""The steps of an accident: each a dialog that carries out one operation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.guard import acting, desk_zone, requires
from admin_views.locale import locale
from admin_views.quality import accident_forms as dialogs
from admin_views.quality.accident_page import AccidentPage
from admin_views.record_dialog import step_dialog
from extensions import db
from models.accident_enums import ReportKind, ReportRecipient
from services.access.permissions import Permission
from services.operations.announce_accident import announce_accident
from services.operations.close_accident import close_accident
from services.operations.decide_accident import decide_accident
from services.operations.grade_accident import grade_accident
from services.operations.mark_concealed import mark_concealed
from services.operations.record_accident_report import record_accident_report
from services.operations.record_self_examination import record_self_examination
from services.operations.sign_accident import capacities_of, sign_accident
from services.operations.visit_scene import visit_scene
from services.workflow.accidents import scheme_of


class AccidentSteps:
    """Mixin of the accidents' screen."""

    row: Any
    get_one: Any
    reader: Any

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
