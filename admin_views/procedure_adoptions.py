"""Which procedure the organisation works by: proposed by one person, decided by another."""

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
from admin_views.list_builder import ListFrame
from admin_views.locale import locale
from admin_views.organisation.dialogs import PerhapsReasonForm, ReasonForm
from admin_views.page_parts import Action, Badge, Empty, Tone
from admin_views.procedure_drafts import procedure_choices
from admin_views.record_dialog import step_dialog
from extensions import db
from models import ProcedureAdoption
from models.draft_enums import AdoptionStatus
from models.labels import _l
from services.access.permissions import Permission
from services.access.separation import involved
from services.errors import Reason
from services.listing import ListQuery, ListRow
from services.operations.adopt_procedure import adopt_procedure
from services.operations.decline_procedure import decline_procedure
from services.operations.propose_procedure import propose_procedure
from services.procedures.drafts import source_texts
from services.procedures.published import current_version
from services.unit_of_work import UnitOfWork

APPROVE = Permission.PROCEDURE_APPROVE


class AdoptionsView(GuardedModelView):
    """Changes of the organisation's procedure."""

    model = ProcedureAdoption
    permission = Permission.PROCEDURE_READ_DRAFT
    create = Permission.PROCEDURE_WRITE
    title = _l("Adoption of procedures")
    new_title = new_submit = _l("Propose another procedure")
    default_sort = "-created_at"
    create_fields = ("reason",)
    form_sections = ((_l("Change of the procedure"), ("code", "reason")),)
    extra_fields = ("status", "code", "former_code", "proposed_by_id")
    form_note = _l(
        "New complaints follow the procedure once a second person has agreed; running cases keep theirs."
    )
    standard_views = ((_l("All"), ""), (_l("Awaiting second person"), "f.status=proposed"))
    empty = Empty(
        title=_l("No change yet"),
        text=_l("The organisation works by the procedure that was chosen when the desk was set up."),
        icon="scale",
    )

    def scaffold_form(self) -> type[Any]:
        form = super().scaffold_form()
        form.code = SelectField(
            _l("New procedure"),
            [InputRequired(REQUIRED)],
            choices=procedure_choices,
            render_kw={"wide": True},
        )
        return form

    def frame(self, query: ListQuery) -> ListFrame:
        current = current_version(db.session())
        note = ""
        if current is not None:
            name = current.name_en if locale() == "en" else current.name_zh
            note = _("New complaints follow: %(name)s, version %(number)s", name=name, number=current.number)
        return replace(super().frame(query), note=note)

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> ProcedureAdoption:
        return propose_procedure(work, values.get("code") or "", values.get("reason") or "")

    def _named(self, code: str) -> str:
        source = source_texts(db.session()).get(code)
        return (source.name_en if locale() == "en" else source.name_zh) if source else code

    def row(self, address: str) -> ListRow:
        found = super().row(address)
        named = {key: self._named(str(found.values[key])) for key in ("code", "former_code")}
        return replace(found, values={**found.values, **named})

    def name_of(self, row: ListRow) -> str:
        return str(row.values["code"])

    def badges(self, row: ListRow) -> Sequence[Badge]:
        tones: dict[AdoptionStatus, Tone] = {AdoptionStatus.PROPOSED: "warn", AdoptionStatus.ADOPTED: "good"}
        status = row.values["status"]
        return (Badge(text=status.label, tone=tones.get(status, "dark")),)

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        if row.values["status"] is not AdoptionStatus.PROPOSED or not acting().may(APPROVE):
            return ()
        return [
            Action(
                label=label,
                url=url_for(f"{self.endpoint}.{name}", address=row.address),
                icon=icon,
                dialog=True,
            )
            for name, label, icon in (("adopt", _("Adopt"), "check"), ("decline", _("Decline"), "close"))
        ]

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return self.row_actions(row)

    @expose("/<address>/adopt", methods=("GET", "POST"))
    @requires(APPROVE)
    def adopt(self, address: str) -> ResponseReturnValue:
        missing = []
        if involved(acting(), self.get_one(address).proposed_by_id):
            missing.append(Reason("second_person", _("A second person decides on what you proposed.")))
        return step_dialog(
            self,
            self.row(address),
            PerhapsReasonForm,
            lambda work, version, form: adopt_procedure(work, address, version, form.reason.data),
            title=_("Adopt procedure"),
            submit=_("Adopt"),
            icon="check",
            explanation=_(
                "Complaints that are registered from now on follow it; running ones keep the version they have."
            ),
            missing=missing,
        )

    @expose("/<address>/decline", methods=("GET", "POST"))
    @requires(APPROVE)
    def decline(self, address: str) -> ResponseReturnValue:
        return step_dialog(
            self,
            self.row(address),
            ReasonForm,
            lambda work, version, form: decline_procedure(work, address, version, form.reason.data),
            title=_("Decline proposal"),
            submit=_("Decline"),
            icon="close",
            tone="bad",
        )


def screens() -> list[Any]:
    return [AdoptionsView(endpoint="procedure_adoptions", url="/procedure-adoptions")]
