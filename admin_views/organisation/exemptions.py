"""Exemptions from a separation of duties, recorded by a leader in charge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.validators import InputRequired

from admin_views.base import GuardedModelView
from admin_views.fields import REQUIRED
from admin_views.guard import acting, requires
from admin_views.list_context import Cell
from admin_views.organisation.dialogs import NothingForm
from admin_views.page_parts import Action, Badge, Empty
from admin_views.record_dialog import step_dialog
from admin_views.sessions import now
from models import Exemption
from models.fields import FieldSpec
from models.labels import _l
from services.access.permissions import Permission
from services.access.separation import SeparationRule
from services.listing import ListRow
from services.organisation.exemptions import RULE_LABELS, end_exemption, record_exemption, rule_label
from services.unit_of_work import UnitOfWork


class ExemptionsView(GuardedModelView):
    """Where this organisation is too small for two people."""

    model = Exemption
    permission = Permission.USER_READ
    create = Permission.EXEMPTION_WRITE
    title = _l("Exemptions")
    new_title = _l("Record exemption")
    default_sort = "-created_at"
    create_fields = ("rule", "reason", "valid_until")
    form_note = _l(
        "An exemption lets one person do what otherwise needs two. It is recorded with your name and reason."
    )
    extra_fields = ("rule", "ended_at", "valid_until")
    empty = Empty(
        title=_l("No exemption"),
        text=_l("Every separation of duties holds in this organisation."),
        icon="scale",
    )

    def scaffold_form(self) -> type[Any]:
        form = super().scaffold_form()
        choices = [(rule.value, label) for rule, label in RULE_LABELS.items()]
        form.rule = SelectField(_l("Rule"), [InputRequired(REQUIRED)], choices=choices)
        return form

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Exemption:
        return record_exemption(
            work, SeparationRule(values["rule"]), values["reason"] or "", values.get("valid_until")
        )

    def row(self, address: str) -> ListRow:
        found = super().row(address)
        return replace(found, values={**found.values, "rule": str(rule_label(found.values["rule"]))})

    def cell(self, spec: FieldSpec, row: ListRow, cell: Cell) -> Cell:
        return replace(cell, text=rule_label(row.values["rule"])) if spec.key == "rule" else cell

    def name_of(self, row: ListRow) -> str:
        return str(rule_label(row.values["rule"]))

    def badges(self, row: ListRow) -> Sequence[Badge]:
        return (
            [Badge(text=_("In force"), tone="warn")]
            if self._holds(row)
            else [Badge(text=_("Ended"), tone="dark")]
        )

    def _holds(self, row: ListRow) -> bool:
        until = row.values.get("valid_until")
        today = now().astimezone(self.reader.zone).date()
        return row.values.get("ended_at") is None and (until is None or until >= today)

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        if not self._holds(row) or not acting().may(Permission.EXEMPTION_WRITE):
            return ()
        url = url_for(f"{self.endpoint}.end", address=row.address)
        return [Action(label=_("End exemption"), url=url, icon="close", dialog=True)]

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return self.row_actions(row)

    @expose("/<address>/end", methods=("GET", "POST"))
    @requires(Permission.EXEMPTION_WRITE)
    def end(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            NothingForm,
            lambda work, version, form: end_exemption(work, row.id),
            title=_("End exemption"),
            icon="close",
            explanation=_("From now on the separation holds again. What was done under the exemption stays."),
        )
