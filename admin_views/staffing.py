"""Handlers with their open cases, and trainings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import GuardedBaseView, GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.form_context import RecordPage
from admin_views.guard import acting
from admin_views.page_parts import Action, Empty, Fact
from admin_views.sessions import now
from extensions import db
from models import Training
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.reports.staffing import Load, loads


class StaffingView(GuardedBaseView):
    """Who has how much in hand."""

    permission = Permission.STAFFING_READ

    @expose("/")
    def index(self) -> ResponseReturnValue:
        rows = loads(db.session(), now())
        version = current_version(db.session())
        rule = parsed(version).staffing if version else None
        note = f"{', '.join(rule.clause)}" if rule else ""
        page = RecordPage(
            title=_("Workload and training"),
            note=note,
            actions=self._actions(),
            groups=(),
            tables=[
                RecordTable(
                    title=_("People who handle complaints"),
                    heads=[
                        _("Person"),
                        _("Department"),
                        _("Open complaints"),
                        _("Overdue"),
                        _("Trainings"),
                        _("Hours"),
                        _("Last training"),
                    ],
                    rows=[self._row(row) for row in rows],
                    empty=Empty(title=_("Nobody handles complaints yet"), icon="users"),
                )
            ],
        )
        return self.render("desk/details.html", record=page)

    @staticmethod
    def _actions() -> list[Action]:
        actions = [Action(label=_("Trainings"), url=url_for("trainings.index_view"), icon="list")]
        if acting().may(Permission.TRAINING_WRITE):
            new = Action(label=_("Record training"), url=url_for("trainings.create_view"), icon="plus")
            actions.insert(0, new)
        return actions

    @staticmethod
    def _row(row: Load) -> list[Fact]:
        theirs = (
            f"{url_for('complaints.index_view')}?{urlencode({'f.open': '1', 'f.handler_id': row.address})}"
        )
        return [
            Fact(label="", value=row.name),
            Fact(label="", value=row.department),
            Fact(label="", value=str(row.open), href=theirs if row.open else ""),
            Fact(label="", value=str(row.overdue)),
            Fact(label="", value=str(row.trainings)),
            Fact(label="", value=f"{row.hours.normalize():f}"),
            Fact(label="", value=str(row.last_training or "—")),
        ]


class TrainingsView(GuardedModelView):
    """Trainings of the people who handle complaints."""

    model = Training
    permission = Permission.STAFFING_READ
    create = Permission.TRAINING_WRITE
    edit = Permission.TRAINING_WRITE
    title = _l("Trainings")
    new_title = _l("Record training")
    default_sort = "-held_on"
    empty = Empty(
        title=_l("No training is recorded"),
        text=_l("Record what people who handle complaints have been taught."),
        icon="users",
    )

    def name_of(self, row: ListRow) -> str:
        return str(row.values["topic"])

    def list_actions(self) -> Sequence[Action]:
        load = Action(label=_("Workload"), url=url_for("staffing.index"), icon="dashboard")
        return (*super().list_actions(), load)


def screens() -> list[Any]:
    return [
        StaffingView(name="staffing", endpoint="staffing", url="/staffing"),
        TrainingsView(endpoint="trainings", url="/trainings"),
    ]
