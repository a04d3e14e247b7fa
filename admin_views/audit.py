"""The audit trail: who did what when, and whether the chain of entries is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.audit_words import action_label, change_lines, subject_label
from admin_views.base import GuardedModelView
from admin_views.case_context import FactGroup
from admin_views.form_context import RecordPage
from admin_views.guard import acting, requires
from admin_views.list_context import Cell
from admin_views.page_parts import Action, Badge, Fact
from admin_views.values import actor_text, moment_text
from extensions import db
from models import AuditEntry
from models.fields import FieldSpec
from models.labels import _l
from services.access.permissions import Permission
from services.audit import verify_chain
from services.listing import ListRow


class AuditView(GuardedModelView):
    """The trail, read only."""

    model = AuditEntry
    permission = Permission.AUDIT_READ
    title = _l("Audit trail")
    default_sort = "-at"
    shows_history = False

    def list_actions(self) -> Sequence[Action]:
        return (Action(label=_("Check the chain"), url=url_for(f"{self.endpoint}.chain"), icon="shield"),)

    def cell(self, spec: FieldSpec, row: ListRow, cell: Cell) -> Cell:
        if spec.key == "action":
            return replace(cell, text=action_label(row.values["action"]))
        if spec.key == "actor_name":
            return replace(cell, text=actor_text(row.values["actor_name"]))
        if spec.key == "subject_type":
            return replace(cell, text=subject_label(row.values["subject_type"]))
        return cell

    def name_of(self, row: ListRow) -> str:
        said = [action_label(row.values["action"]), row.values.get("subject_name") or ""]
        return " ".join(part for part in said if part)

    def page(self, row: ListRow) -> RecordPage:
        values = row.values
        facts = [
            Fact(label=_("At"), value=moment_text(values["at"], self.reader.zone)),
            Fact(label=_("By"), value=actor_text(values["actor_name"])),
            Fact(label=_("Action"), value=action_label(values["action"])),
            Fact(label=_("Record kind"), value=subject_label(values["subject_type"])),
            Fact(label=_("Record"), value=values["subject_name"]),
            Fact(label=_("Reason"), value=values["reason"]),
            Fact(label=_("Request"), value=values["request_id"], code=True),
        ]
        return RecordPage(
            title=self.name_of(row),
            groups=[FactGroup(title=_("Entry"), facts=facts)],
            changes=change_lines(self.get_one(row.address), whole=True),
        )

    @expose("/chain")
    @requires(Permission.AUDIT_READ)
    def chain(self) -> ResponseReturnValue:
        """Reads every entry; says whether one was changed, taken out or added, not how many there are."""
        broken = next(verify_chain(db.session()), None)
        whole = broken is None
        badge = Badge(text=_("Whole") if whole else _("Broken"), tone="good" if whole else "bad")
        text = (
            _("Every entry follows from the one before it; none was changed.")
            if whole
            else _(
                "At least one entry was changed, removed or added behind the desk's back. Keep the last backup."
            )
        )
        fact = Fact(label=_("Result"), value=text, wide=True)
        record = RecordPage(
            title=_("Chain of the audit trail"),
            badges=[badge],
            groups=[FactGroup(title=_("Checked by %(name)s", name=acting().name), facts=[fact])],
        )
        return self.render("desk/details.html", record=record, breadcrumbs=self.crumbs(_("Chain")))


def screens() -> list[Any]:
    return [AuditView(endpoint="audit", url="/audit")]
