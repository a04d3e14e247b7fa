"""Signals: more complaints about something than usual. Each becomes a measure or is dismissed with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from admin_views.analysis.measures import MeasureForm, measures_table
from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.fields import REQUIRED
from admin_views.guard import acting, desk_zone, requires
from admin_views.page_parts import Action, Empty
from admin_views.record_dialog import step_dialog
from extensions import db
from models import MeasureOrigin, Signal
from models.analysis_enums import SignalStatus
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.dismiss_signal import dismiss_signal
from services.operations.plan_measure import plan_measure
from services.procedures.sections.analysis import IndicatorCode
from services.reports.drilling import figure_text, part_text
from services.reports.indicators import INDICATORS, Basis
from services.reports.owners import answers
from services.reports.periods import Period
from services.reports.signals import slice_of


class DismissForm(BaseForm):
    reason = TextAreaField(_l("Reason"), [InputRequired(REQUIRED)], render_kw={"rows": 3, "wide": True})


class SignalsView(GuardedModelView):
    """What exceeded the usual."""

    model = Signal
    permission = Permission.ANALYSIS_READ
    title = _l("Signals")
    default_sort = "-raised_at"
    standard_views = (
        (_l("All"), ""),
        (_l("To be decided"), "f.status=open"),
        (_l("Became a measure"), "f.status=measure"),
        (_l("Dismissed"), "f.status=dismissed"),
    )
    empty = Empty(
        title=_l("No signal here"),
        text=_l("The desk raises one when complaints about a product, a batch or a cause exceed the usual."),
        icon="flag",
    )

    def name_of(self, row: ListRow) -> str:
        return f"{row.values['subject'].label}: {row.values['value']}"

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actions = [Action(label=_("Show the complaints"), url=_cases_url(row), icon="list")]
        if row.values["status"] is SignalStatus.OPEN and answers(db.session(), acting()):
            for name, label, icon in (
                ("measure", _("Plan a measure"), "approve"),
                ("dismiss", _("Dismiss"), "close"),
            ):
                url = url_for(f"{self.endpoint}.{name}", address=row.address)
                actions.append(Action(label=label, url=url, icon=icon, dialog=True))
        return actions

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        return (measures_table(MeasureOrigin.signal_id == row.id),)

    @expose("/<address>/measure", methods=("GET", "POST"))
    @requires(Permission.ANALYSIS_WRITE)
    def measure(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            MeasureForm,
            lambda work, version, form: plan_measure(work, Signal, row.id, version, values=form.values()),
            title=_("Plan a measure"),
            icon="approve",
            explanation=_("The signal is decided by it; the owner of the measure is told."),
        )

    @expose("/<address>/dismiss", methods=("GET", "POST"))
    @requires(Permission.ANALYSIS_WRITE)
    def dismiss(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            DismissForm,
            lambda work, version, form: dismiss_signal(work, row.id, version, reason=form.reason.data),
            title=_("Dismiss signal"),
            submit=_("Dismiss"),
            icon="close",
            explanation=_("Say why nothing follows from it; the reason stays with the signal."),
        )


def _cases_url(row: ListRow) -> str:
    """The complaints that the signal counted."""
    values: Any = row.values
    month = Period(values["starts_on"], values["ends_on"], desk_zone())
    text = figure_text(INDICATORS[IndicatorCode.RECEIVED], Basis(month), numerator=False)
    query = [("f.figure", text), ("f.part", part_text(slice_of(values["subject"]), values["value"]))]
    return f"{url_for('complaints.index_view')}?{urlencode(query)}"
