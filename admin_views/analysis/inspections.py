"""Inspections, internal audits and evaluations: a checklist over a sample or the whole, findings, measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin_views.analysis.measures import MeasureForm, measures_table
from admin_views.analysis.words import value_words
from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.fields import REQUIRED, PlainSelect, stripped
from admin_views.guard import acting, desk_zone, requires
from admin_views.list_builder import ListFrame
from admin_views.list_context import Cell
from admin_views.locale import locale
from admin_views.page_parts import Action, Badge, Empty, Fact
from admin_views.record_dialog import step_dialog
from extensions import db
from models import Complaint, Inspection, InspectionCase, MeasureOrigin
from models.analysis_enums import CheckVerdict, InspectionStatus
from models.fields import FieldSpec
from models.labels import _l
from services.access.permissions import Permission
from services.access.separation import involved
from services.errors import NotFound
from services.listing import ListQuery, ListRow
from services.operations.check_items import check_items
from services.operations.conclude_inspection import conclude_inspection
from services.operations.edit_inspection import edit_inspection
from services.operations.plan_measure import plan_measure
from services.operations.start_inspection import start_inspection
from services.reports import inspecting
from services.reports.owners import analysis_in_force
from services.reports.periods import month_of
from services.reports.wording import spoken
from services.unit_of_work import UnitOfWork

WHOLE = "whole"
"""In the address of a check: on the whole, not on a complaint of the sample."""


class ConcludeForm(BaseForm):
    result = TextAreaField(_l("Conclusion"), [InputRequired(REQUIRED)], render_kw={"rows": 5, "wide": True})


class PlanField(SelectField):
    """The inspections that the procedure plans, as they stand when the form is shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        analysis = analysis_in_force(db.session())
        plans = analysis.inspections if analysis else ()
        self.choices = [("", "—"), *((plan.code, spoken(plan.names)) for plan in plans)]


class InspectionsView(GuardedModelView):
    """What was inspected, audited and evaluated."""

    model = Inspection
    permission = Permission.ANALYSIS_READ
    create = Permission.INSPECTION_WRITE
    edit = Permission.INSPECTION_WRITE
    title = _l("Inspections")
    new_title = _l("Start inspection")
    default_sort = "-held_on"
    create_fields = ("title", "held_on", "covers_from", "covers_to", "subject")
    edit_fields = ("title", "held_on", "subject", "effectiveness", "compliance", "suggestions")
    form_note = _l("The checklist, the size of the sample and who holds it come from the procedure.")
    standard_views = (
        (_l("All"), ""),
        (_l("In progress"), "f.status=open"),
        (_l("Concluded"), "f.status=finished"),
    )
    empty = Empty(
        title=_l("No inspection here"),
        text=_l("Start one that the procedure plans; the desk draws its sample."),
        icon="list-checks",
    )

    def frame(self, query: ListQuery) -> ListFrame:
        return replace(super().frame(query), note=self._plans())

    def _plans(self) -> str:
        """The plans of the procedure, and when each is due."""
        analysis = analysis_in_force(db.session())
        today = _today()
        lines = []
        for each in inspecting.plans_due(db.session(), analysis) if analysis else ():
            name = spoken(each.plan.names)
            if each.due is None:
                lines.append(_("%(name)s: never held yet", name=name))
            elif each.is_overdue(today):
                lines.append(_("%(name)s: overdue since %(day)s", name=name, day=each.due.isoformat()))
            else:
                lines.append(_("%(name)s: due by %(day)s", name=name, day=each.due.isoformat()))
        return " · ".join(lines)

    def cell(self, spec: FieldSpec, row: ListRow, cell: Cell) -> Cell:
        """The kind leads to the record, as the first column of every list does."""
        made = super().cell(spec, row, cell)
        if spec.key != "kind":
            return made
        return replace(made, kind="link", href=self.record_url(row.address), badge=None)

    def scaffold_form(self) -> type[Any]:
        form = super().scaffold_form()
        plan = PlanField(_l("Inspection"), [InputRequired(REQUIRED)])
        seed = StringField(
            _l("Seed of the sample"),
            [Optional(), Length(max=40)],
            filters=[stripped],
            description=_l("Leave it empty for a new sample; give one to draw the same sample again."),
        )
        return type(form.__name__, (form,), {"plan": plan, "seed": seed})

    form_sections = (
        (_l("What is inspected"), ("plan", "title", "held_on", "covers_from", "covers_to", "subject")),
        (_l("Findings on the whole"), ("effectiveness", "compliance", "suggestions")),
        (_l("Sample"), ("seed",)),
    )

    def _sections(self, form: Any) -> list[Any]:
        """Sections of which this form has no field are left out."""
        made = super()._sections(form)
        kept = [replace(each, fields=tuple(key for key in each.fields if key in form)) for each in made]
        return [each for each in kept if each.fields]

    def defaults(self) -> Mapping[str, Any]:
        today = _today()
        before = month_of(today, desk_zone()).previous
        return {"held_on": today, "covers_from": before.first, "covers_to": before.last}

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Inspection:
        plan, seed = values.pop("plan"), values.pop("seed")
        return start_inspection(work, plan, values=values, seed=seed)

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        return edit_inspection(work, record.id, version, values=values)

    def why_not_editable(self, row: ListRow) -> Any:
        if row.values["status"] is InspectionStatus.FINISHED:
            return _("The inspection is concluded; its record stands.")
        if not involved(acting(), self.get_one(row.address).led_by_id):
            return _("Only the person who leads the inspection writes in it.")
        return None

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actions = list(super().record_actions(row))
        if actions:
            inspection = self.get_one(row.address)
            if inspection.checklist and not inspection.sample_size:
                url = url_for(f"{self.endpoint}.check", address=row.address, case=WHOLE)
                actions.append(Action(label=_("Check"), url=url, icon="list-checks", dialog=True))
            for name, label, icon in (
                ("measure", _("Plan a measure"), "plus"),
                ("conclude", _("Conclude"), "check"),
            ):
                url = url_for(f"{self.endpoint}.{name}", address=row.address)
                actions.append(Action(label=label, url=url, icon=icon, dialog=True))
        return actions

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        inspection = self.get_one(row.address)
        tables = []
        if inspection.figures:
            tables.append(_figures(inspection.figures))
        if inspection.sample_size:
            tables.append(self._sample(row, inspection))
        elif inspection.checklist:
            tables.append(_items(inspection))
        return (*tables, measures_table(MeasureOrigin.inspection_id == row.id))

    def _sample(self, row: ListRow, inspection: Inspection) -> RecordTable:
        """The sample, case by case; checking is a dialog of its own."""
        session = db.session()
        found = inspecting.checked(session, inspection)
        writes = bool(self.record_actions(row))
        rows = []
        for case in inspecting.sample_of(session, inspection):
            own = [found.get((case.id, item["code"])) for item in inspection.checklist]
            done = [one for one in own if one is not None]
            failed = [one for one in done if one.verdict is CheckVerdict.FAILS]
            state = Badge(text=_("not checked"), tone="warn")
            if done:
                state = Badge(text=_("conforms"), tone="good")
            if failed:
                state = Badge(text=_("%(count)s do not conform", count=len(failed)), tone="bad")
            url = url_for(f"{self.endpoint}.check", address=row.address, case=case.public_id)
            act = Action(label=_("Check"), url=url, icon="list-checks", dialog=True) if writes else None
            rows.append(
                [
                    Fact(
                        label="",
                        value=case.number,
                        href=url_for("complaints.details_view", address=case.public_id),
                    ),
                    Fact(label="", value=case.summary),
                    Fact(label="", value=str(state.text), badge=state),
                    Fact(label="", value="; ".join(one.note or "" for one in failed) or " ", action=act),
                ]
            )
        return RecordTable(
            title=_("Sample"), heads=[_("Complaint"), _("Subject"), _("Result"), _("Findings")], rows=rows
        )

    @expose("/<address>/check/<case>", methods=("GET", "POST"))
    @requires(Permission.INSPECTION_WRITE)
    def check(self, address: str, case: str) -> ResponseReturnValue:
        row, inspection = self.row(address), self.get_one(address)
        complaint = _of_sample(inspection, case)
        complaint_id = complaint.id if complaint else None
        known = inspecting.checked(db.session(), inspection)
        return step_dialog(
            self,
            row,
            _check_form(inspection, complaint_id, known),
            lambda work, version, form: check_items(
                work, row.id, version, complaint_id, findings=_findings(inspection, form)
            ),
            title=_("Check"),
            submit=_("Save the findings"),
            icon="list-checks",
            explanation=f"{complaint.number} {complaint.summary}" if complaint else "",
        )

    @expose("/<address>/measure", methods=("GET", "POST"))
    @requires(Permission.INSPECTION_WRITE)
    def measure(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            MeasureForm,
            lambda work, version, form: plan_measure(work, Inspection, row.id, version, values=form.values()),
            title=_("Plan a measure"),
            icon="approve",
        )

    @expose("/<address>/conclude", methods=("GET", "POST"))
    @requires(Permission.INSPECTION_WRITE)
    def conclude(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            ConcludeForm,
            lambda work, version, form: conclude_inspection(work, row.id, version, result=form.result.data),
            title=_("Conclude inspection"),
            submit=_("Conclude"),
            icon="check",
            explanation=_("The record stands as it is from then on."),
            missing=inspecting.missing(db.session(), self.get_one(address)),
            said=_("The inspection is concluded."),
        )


def _today() -> date:
    return datetime.now(UTC).astimezone(desk_zone()).date()


def _of_sample(inspection: Inspection, address: str) -> Complaint | None:
    """The complaint of the sample at this address; none for the whole. NotFound for anything else."""
    if address == WHOLE and not inspection.sample_size:
        return None
    found = db.session().scalar(
        sa.select(Complaint)
        .join(InspectionCase, InspectionCase.complaint_id == Complaint.id)
        .where(InspectionCase.inspection_id == inspection.id, Complaint.public_id == address)
    )
    if found is None:
        raise NotFound
    return found


def _item_name(item: Mapping[str, Any]) -> str:
    names = item["names"]
    clauses = ", ".join(item.get("clause", ()))
    said = names["zh"] if locale().startswith("zh") else names["en"]
    return f"{said} ({clauses})" if clauses else str(said)


def _check_form(inspection: Inspection, complaint_id: int | None, known: Mapping[Any, Any]) -> type[BaseForm]:
    """A verdict and a note for each item, as they stand so far."""
    members: dict[str, Any] = {}
    for item in inspection.checklist:
        row = known.get((complaint_id, item["code"]))
        members[f"verdict_{item['code']}"] = PlainSelect(
            _item_name(item), members=CheckVerdict, default=row.verdict if row else None
        )
        members[f"note_{item['code']}"] = StringField(
            _("Note"), filters=[stripped], default=row.note if row else ""
        )
    return type("CheckForm", (BaseForm,), members)


def _findings(inspection: Inspection, form: Any) -> dict[str, Any]:
    return {
        item["code"]: (form[f"verdict_{item['code']}"].data, form[f"note_{item['code']}"].data)
        for item in inspection.checklist
    }


def _figures(kept: Mapping[str, Any]) -> RecordTable:
    """The indicators that effectiveness is judged by, as they stood when the inspection began."""
    spoken_names = "zh" if locale().startswith("zh") else "en"
    return RecordTable(
        title=_("Effectiveness in figures"),
        heads=[_("Indicator"), _("This period"), _("Period before"), _("What is counted")],
        rows=[
            [
                Fact(label="", value=line["names"][spoken_names]),
                Fact(label="", value=value_words(line["value"], line["unit"])),
                Fact(label="", value=value_words(line["earlier"], line["unit"])),
                Fact(label="", value=line["counted"][spoken_names]),
            ]
            for line in kept["indicators"]
        ],
    )


def _items(inspection: Inspection) -> RecordTable:
    """The checklist of an inspection without a sample."""
    found = inspecting.checked(db.session(), inspection)
    rows = []
    for item in inspection.checklist:
        row = found.get((None, item["code"]))
        tone: Any = "warn"
        if row is not None:
            tone = "bad" if row.verdict is CheckVerdict.FAILS else "good"
        text = row.verdict.label if row else _("not checked")
        rows.append(
            [
                Fact(label="", value=_item_name(item)),
                Fact(label="", value=str(text), badge=Badge(text=text, tone=tone)),
                Fact(label="", value=row.note if row else ""),
            ]
        )
    return RecordTable(title=_("Checklist"), heads=[_("Item"), _("Verdict"), _("Note")], rows=rows)
