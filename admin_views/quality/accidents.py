"""Quality accidents: reported alone or out of a complaint, closed when cause, responsibility and measures are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.documents.tables import document_tables, issue_action
from admin_views.fields import REQUIRED
from admin_views.guard import acting, desk_zone, requires
from admin_views.page_parts import Action, Empty, Fact
from admin_views.quality.common import asked_complaint
from admin_views.record_dialog import step_dialog
from admin_views.values import badge_of, due_words, moment_text, text_of
from extensions import db
from models import Accident, ClockRun, IssuedDocument, Measure
from models.enums import AccidentStatus, ClockState
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.close_accident import close_accident
from services.operations.edit_accident import edit_accident
from services.operations.record_accident_report import REPORTS, record_accident_report
from services.operations.report_accident import report_accident
from services.unit_of_work import UnitOfWork


class CloseForm(BaseForm):
    text = TextAreaField(_l("Remark"), render_kw={"rows": 3, "wide": True})


class SentForm(BaseForm):
    """A report that went out."""

    kind = SelectField(
        _l("What was sent"),
        [InputRequired(REQUIRED)],
        choices=[SelectChoice(kind.value, label) for kind, label in REPORTS.items()],
    )
    to_whom = StringField(_l("To whom"))


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
        "happened_at",
        "department_id",
        "grade",
        "complaint_id",
        "product",
        "batch",
        "loss",
        "casualties",
        "facts",
        "emergency_measures",
    )
    edit_fields = (*create_fields, "cause", "responsibility")
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

    def defaults(self) -> Mapping[str, Any]:
        return {
            "complaint_id": asked_complaint(),
            "happened_at": datetime.now(UTC),
            "department_id": acting().department_id,
        }

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Accident:
        complaint_id = values.pop("complaint_id")
        return report_accident(work, values=values, complaint_id=complaint_id)

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        complaint_id = values.pop("complaint_id")
        return edit_accident(work, record.id, version, values=values, complaint_id=complaint_id)

    def why_not_editable(self, row: ListRow) -> Any:
        if row.values["status"] is AccidentStatus.CLOSED:
            return _("The accident is closed; its record stands.")
        return None

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actions = list(super().record_actions(row))
        if not actions:
            return ()
        if acting().may(Permission.MEASURE_WRITE):
            url = url_for("measures.create_view", accident=row.address)
            actions.append(Action(label=_("Record measure"), url=url, icon="plus"))
        if acting().may(Permission.DOCUMENT_ISSUE):
            actions.append(issue_action("accident", row.address))
        for name, label, icon in (
            ("sent", _("Record a report"), "mail"),
            ("close", _("Close"), "close-case"),
        ):
            url = url_for(f"{self.endpoint}.{name}", address=row.address)
            actions.append(Action(label=label, url=url, icon=icon, dialog=True))
        return actions

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        session, zone = db.session(), desk_zone()
        runs = session.scalars(
            sa.select(ClockRun).where(ClockRun.accident_id == row.id).order_by(ClockRun.id)
        ).all()
        measures = session.scalars(
            sa.select(Measure).where(Measure.accident_id == row.id).order_by(Measure.id)
        ).all()
        tables = [
            RecordTable(
                title=_("Measures"),
                heads=[_("Measure"), _("Status"), _("Due")],
                rows=[
                    [
                        Fact(
                            label="",
                            value=each.text,
                            href=url_for("measures.details_view", address=each.public_id),
                        ),
                        Fact(label="", badge=badge_of(each.status), value=each.status),
                        Fact(label="", value=text_of(each.due_on, zone)),
                    ]
                    for each in measures
                ],
                empty=Empty(title=_("No measure yet"), icon="approve"),
            )
        ]
        if runs:
            tables.insert(0, self._clocks(runs))
        of_accident = IssuedDocument.accident_id == row.id
        return [*tables, *document_tables(session, acting(), of_accident, "accident", row.address)]

    def _clocks(self, runs: Sequence[ClockRun]) -> RecordTable:
        zone, now = desk_zone(), datetime.now(UTC)
        english = self.reader.locale == "en"
        rows = []
        for run in runs:
            left = (
                due_words(run.due_at, now, zone).text if run.state is ClockState.RUNNING else run.state.label
            )
            rows.append(
                [
                    Fact(label="", value=run.name_en if english else run.name_zh),
                    Fact(label="", value=moment_text(run.due_at, zone)),
                    Fact(label="", value=left),
                    Fact(label="", value=run.clause),
                ]
            )
        return RecordTable(
            title=_("Time limits"), heads=[_("Clock"), _("Due"), _("State"), _("Clause")], rows=rows
        )

    @expose("/<address>/close", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_WRITE)
    def close(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            CloseForm,
            lambda work, version, form: close_accident(work, row.id, version, remark=form.text.data),
            title=_("Close accident"),
            submit=_("Close"),
            icon="close-case",
            explanation=_("Grade, cause and responsibility must be recorded and every measure settled."),
        )

    @expose("/<address>/sent", methods=("GET", "POST"))
    @requires(Permission.ACCIDENT_WRITE)
    def sent(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            SentForm,
            lambda work, version, form: record_accident_report(
                work, row.id, version, kind=form.kind.data, to_whom=form.to_whom.data
            ),
            title=_("Record a report"),
            icon="mail",
            explanation=_("Time limits that wait for this report stop now."),
        )
