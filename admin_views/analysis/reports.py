"""Reports: figures frozen by the desk, causes and measures written by the owner; as page, workbook, document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import send_file, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _

from admin_views.analysis.measures import MeasureForm, measures_table
from admin_views.analysis.report_files import DOCUMENT, WORKBOOK, document, workbook
from admin_views.analysis.report_words import ReportWords
from admin_views.analysis.words import value_words
from admin_views.base import GuardedModelView
from admin_views.case_context import FactGroup, RecordTable
from admin_views.guard import acting, desk_zone, requires
from admin_views.list_context import Cell
from admin_views.page_parts import Action, Empty
from admin_views.record_dialog import step_dialog
from admin_views.shell_context import Crumb
from admin_views.values import moment_text
from extensions import db
from models import AnalysisReport, MeasureOrigin, Organisation
from models.analysis_enums import ReportStatus
from models.fields import FieldSpec, field_of
from models.labels import _l
from services.access.permissions import Permission
from services.access.separation import involved
from services.listing import ListRow
from services.operations.plan_measure import plan_measure
from services.operations.submit_report import missing_parts, submit_report
from services.operations.take_over_report import take_over_report
from services.operations.write_report import write_report
from services.reports.freezing import ChangedCase, Difference, rederive
from services.reports.owners import answers
from services.reports.wording import spoken
from services.unit_of_work import UnitOfWork


class NoFields(BaseForm):
    """A step that only asks for confirmation."""


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """A figure that comes out differently today, with the cases that make the difference."""

    name: str
    frozen: str
    today: str
    cases: Sequence[tuple[str, str, str]]
    hidden: int


class ReportsView(GuardedModelView):
    """The periodic reports."""

    model = AnalysisReport
    permission = Permission.ANALYSIS_READ
    edit = Permission.ANALYSIS_WRITE
    title = _l("Reports")
    note = _l("The desk produces each report by itself when its period is over.")
    default_sort = "-starts_on"
    edit_fields = ("data_check", "comparison", "causes", "improvements")
    form_note = _l("The figures stand as they were frozen; this is what you make of them.")
    standard_views = (
        (_l("All"), ""),
        (_l("To be written"), "f.status=draft"),
        (_l("Submitted"), "f.status=submitted"),
    )
    empty = Empty(
        title=_l("No report yet"),
        text=_l("The first one appears when the first period is over that the procedure asks a report for."),
        icon="file",
    )

    def cell(self, spec: FieldSpec, row: ListRow, cell: Cell) -> Cell:
        """The kind leads to the record, as the first column of every list does."""
        made = super().cell(spec, row, cell)
        if spec.key != "kind":
            return made
        return replace(made, kind="link", href=self.record_url(row.address), badge=None)

    def name_of(self, row: ListRow) -> str:
        values = row.values
        return f"{values['kind'].label} {values['starts_on'].isoformat()} – {values['ends_on'].isoformat()}"

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        return write_report(work, record.id, version, values=values)

    def why_not_editable(self, row: ListRow) -> Any:
        if row.values["status"] is ReportStatus.SUBMITTED:
            return _("The report is submitted; it stands as it is.")
        if not involved(acting(), self.get_one(row.address).owner_id):
            return _("Only the owner writes this report; take it over first.")
        return None

    @expose("/<address>/")
    def details_view(self, address: str) -> ResponseReturnValue:
        row, words = self.row(address), ReportWords(self.get_one(address))
        return self.render(
            "desk/report.html",
            record=replace(self.page(row), title=words.title),
            words=words,
            breadcrumbs=self.crumbs(Crumb(label=self.name_of(row))),
        )

    def groups(self, row: ListRow) -> list[FactGroup]:
        """What the owner writes stands below the figures, each part under its own heading."""
        own = {str(field_of(AnalysisReport, key).label) for key in self.edit_fields}
        return [
            FactGroup(title=group.title, facts=[f for f in group.facts if str(f.label) not in own])
            for group in super().groups(row)
        ]

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actions = []
        own = involved(acting(), self.get_one(row.address).owner_id)
        draft = row.values["status"] is ReportStatus.DRAFT
        if draft and answers(db.session(), acting()):
            edit = url_for(f"{self.endpoint}.edit_view", address=row.address)
            steps = (
                [("submit", _("Submit"), "check")] if own else [("take_over", _("Take over"), "person-add")]
            )
            actions += [Action(label=_("Write"), url=edit, icon="edit")] if own else []
            actions += [
                Action(
                    label=label,
                    url=url_for(f"{self.endpoint}.{name}", address=row.address),
                    icon=icon,
                    dialog=True,
                )
                for name, label, icon in steps
            ]
        for name, label, icon in (
            ("check", _("Derive again"), "reopen"),
            ("excel", _("Workbook"), "download"),
            ("word", _("Document"), "download"),
        ):
            url = url_for(f"{self.endpoint}.{name}", address=row.address)
            actions.append(Action(label=label, url=url, icon=icon))
        return actions

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        actions = []
        if answers(db.session(), acting()):
            url = url_for(f"{self.endpoint}.measure", address=row.address)
            actions.append(Action(label=_("Plan a measure"), url=url, icon="plus", dialog=True))
        return (measures_table(MeasureOrigin.report_id == row.id, actions),)

    @expose("/<address>/submit", methods=("GET", "POST"))
    @requires(Permission.ANALYSIS_WRITE)
    def submit(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            NoFields,
            lambda work, version, form: submit_report(work, row.id, version),
            title=_("Submit report"),
            submit=_("Submit"),
            icon="check",
            explanation=_("Figures and words stand as they are from then on; the leaders are told."),
            missing=missing_parts(self.get_one(address)),
            said=_("The report is submitted."),
        )

    @expose("/<address>/take-over", methods=("GET", "POST"))
    @requires(Permission.ANALYSIS_WRITE)
    def take_over(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            NoFields,
            lambda work, version, form: take_over_report(work, row.id, version),
            title=_("Take over report"),
            submit=_("Take over"),
            icon="person-add",
            explanation=_("You own the report from now on: you write it and submit it."),
        )

    @expose("/<address>/measure", methods=("GET", "POST"))
    @requires(Permission.ANALYSIS_WRITE)
    def measure(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            MeasureForm,
            lambda work, version, form: plan_measure(
                work, AnalysisReport, row.id, version, values=form.values()
            ),
            title=_("Plan a measure"),
            icon="approve",
        )

    @expose("/<address>/check")
    @requires(Permission.ANALYSIS_READ)
    def check(self, address: str) -> ResponseReturnValue:
        row, report = self.row(address), self.get_one(address)
        found = rederive(db.session(), report)
        return self.render(
            "desk/report_check.html",
            title=_("Derived again"),
            name=self.name_of(row),
            found=found,
            lines=[_check_line(each) for each in found.differences],
            back_url=self.record_url(address),
            breadcrumbs=self.crumbs(
                Crumb(label=self.name_of(row), url=self.record_url(address)), Crumb(label=_("Derived again"))
            ),
        )

    @expose("/<address>/report.xlsx")
    @requires(Permission.ANALYSIS_READ)
    def excel(self, address: str) -> ResponseReturnValue:
        words = ReportWords(self.get_one(address))
        return send_file(
            workbook(words, _organisation()),
            mimetype=WORKBOOK,
            as_attachment=True,
            download_name=f"{words.title}.xlsx",
            etag=False,
        )

    @expose("/<address>/report.docx")
    @requires(Permission.ANALYSIS_READ)
    def word(self, address: str) -> ResponseReturnValue:
        words = ReportWords(self.get_one(address))
        return send_file(
            document(words, _organisation()),
            mimetype=DOCUMENT,
            as_attachment=True,
            download_name=f"{words.title}.docx",
            etag=False,
        )


def _organisation() -> str:
    own = db.session().get(Organisation, 1)
    return own.name if own else ""


def _check_line(one: Difference) -> CheckLine:
    unit = one.indicator.unit
    return CheckLine(
        name=spoken(one.indicator.names),
        frozen=value_words(one.frozen, unit),
        today=value_words(one.today, unit),
        cases=[
            (case.number, url_for("complaints.details_view", address=case.address), _why(case))
            for case in one.cases
        ],
        hidden=one.hidden,
    )


def _why(case: ChangedCase) -> str:
    zone = desk_zone()
    said = [_("registered after the report was produced")] if case.registered_later else []
    said += [f"{event.label} {moment_text(at, zone)}" for event, at in case.events]
    return "; ".join(said) or _("changed since without an event of its own")
