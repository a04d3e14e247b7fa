"""The complaints: list, registration, page, correction, and why a date is the one shown."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from admin_views import record_forms as forms
from admin_views.base import GuardedModelView, locale
from admin_views.complaints.archived import is_asked_first
from admin_views.complaints.case import CaseBuilder
from admin_views.complaints.case_procedure import change_dialog
from admin_views.complaints.due import explained
from admin_views.complaints.register_form import (
    FIELD_OF_FAULT,
    registration_form,
    say_what_is_asked,
    sections,
)
from admin_views.complaints.registering import (
    LIKELY_FIELDS,
    accept_at_once,
    chosen_before,
    further_submits,
    in_force,
    take_down,
    undecided,
)
from admin_views.complaints.repeats import CHOICE, LikelyLine
from admin_views.complaints.revealed import is_revealed, keep_revealed
from admin_views.complaints.row_steps import RowSteps
from admin_views.complaints.wording import BULK, ICONS
from admin_views.form_context import DialogForm, FormPage
from admin_views.fragments import done
from admin_views.guard import acting, desk_zone, requires
from admin_views.list_builder import ListFrame
from admin_views.list_context import ROW_PLACE, BulkAction, Cell, ExportChoice
from admin_views.own_fields import coded_members, own_data, own_members, plain_codes
from admin_views.page_parts import Action, Due, DueState, Empty
from admin_views.values import due_words
from extensions import db
from models import ClockRun, Complaint
from models.enums import OPEN_STATES, EventKind
from models.fields import FieldSpec
from models.labels import _l
from services.access.masking import may_reveal, reads_plainly
from services.access.permissions import Permission, for_event
from services.errors import DeskError, Invalid, NotFound, NotPermitted, WrongState
from services.listing import ListQuery, ListRow
from services.operations.correct import correct
from services.operations.reveal import reveal
from services.procedures.of_complaint import parsed, procedure_of
from services.procedures.published import current_version
from services.procedures.schema import Procedure
from services.unit_of_work import UnitOfWork
from services.workflow.table import TRANSITIONS

STATE_TABS = (
    (_l("All"), ""),
    (_l("Mine"), "f.mine=1&f.open=1"),
    (_l("Open"), "f.open=1"),
    (_l("Overdue"), "f.overdue=1"),
    (_l("Repeated"), "f.is_repeat=1&f.open=1"),
)


def _asks_identity() -> bool:
    """Whether the procedure in force records identity documents (R07-04)."""
    version = current_version(db.session())
    return version is not None and parsed(version).identity_document is not None


class RevealForm(FlaskForm):
    """Why masked data are needed."""

    reason = TextAreaField(
        _l("What you need it for"),
        [InputRequired(_l("Say what you need it for."))],
        render_kw={"rows": 2, "wide": True},
    )


class ComplaintsView(GuardedModelView):
    """Complaints. What the record says is edited by `correct`; everything else happens through steps."""

    model = Complaint
    permission = Permission.COMPLAINT_READ
    create = Permission.COMPLAINT_REGISTER
    edit = Permission.COMPLAINT_CORRECT
    title = _l("Complaints")
    new_title = _l("Register complaint")
    default_sort = "-received_at"
    standard_views = STATE_TABS
    search_placeholder = _l("Number, subject, content …")
    extra_fields = ("due_at", "paused_at", "state", "due_is_lower_bound")

    def list_actions(self) -> Sequence[Action]:
        actions = list(super().list_actions())
        if acting().may(Permission.LEDGER_IMPORT):
            actions.append(Action(label=_("Import ledger"), url=url_for("ledger.import_page"), icon="import"))
        if acting().may(Permission.COMPLAINT_REVEAL) and _asks_identity():
            url = url_for("complaint_privacy.by_identity")
            actions.append(Action(label=_("Find by identity document"), url=url, icon="search"))
        return actions

    def frame(self, query: ListQuery) -> ListFrame:
        frame = super().frame(query)
        empty = Empty(
            title=_("No complaint here"),
            text=_("Register the first one, import the old ledger, or loosen the filters."),
            icon="complaint",
            actions=frame.actions,
        )
        steps = RowSteps(db.session(), acting())
        return replace(
            frame,
            empty=empty,
            before_rows=steps.prepare,
            row_actions=partial(self._row_actions, steps, {}),
        )

    def export_choices(self) -> Sequence[ExportChoice]:
        register = ExportChoice(label=_("As register of complaints"), layout="complaint_register")
        return (*super().export_choices(), register)

    def export_url(self) -> str:
        return url_for("ledger.export") if acting().may(Permission.LEDGER_EXPORT) else ""

    def bulk_actions(self) -> Sequence[BulkAction]:
        actor = acting()
        return [
            BulkAction(
                key=event.value,
                label=event.label,
                url=url_for(f"complaint_steps.many_{event.value}"),
                icon=ICONS[event],
            )
            for event in BULK
            if actor.may(for_event(event))
        ]

    @staticmethod
    def _row_actions(steps: RowSteps, offered: dict[EventKind, Action], row: ListRow) -> Sequence[Action]:
        """The steps that this person may take on this case in its state; the dialog says what is missing.

        They are the same for every row, whose address the script puts in (`offered` keeps those made so far).
        """
        for event in (found := steps.of(row)):
            if event not in offered:
                url = url_for(f"complaint_steps.one_{event.value}", public_id=ROW_PLACE)
                offered[event] = Action(label=str(event.label), url=url, icon=ICONS[event], dialog=True)
        return [offered[event] for event in found]

    def row_due(self, row: ListRow) -> DueState | str:
        due = self._due(row)
        return due.state if due else ""

    def cell(self, spec: FieldSpec, row: ListRow, cell: Cell) -> Cell:
        if spec.key == "due_at":
            return replace(cell, kind="due", due=self._due(row), text="")
        return cell

    def _due(self, row: ListRow) -> Due | None:
        """Put into words once a row: its cell shows it and its edge is coloured by it."""
        kept: dict[str, Due | None] = g.setdefault("dues_of_rows", {})
        if row.address not in kept:
            kept[row.address] = self._due_in_words(row)
        return kept[row.address]

    @staticmethod
    def _due_in_words(row: ListRow) -> Due | None:
        due_at = row.values.get("due_at")
        if due_at is None or row.values.get("state") not in OPEN_STATES:
            return None
        return due_words(
            due_at,
            datetime.now(UTC),
            desk_zone(),
            paused=row.values.get("paused_at") is not None,
            lower_bound=bool(row.values.get("due_is_lower_bound")),
        )

    # Registration

    @expose("/<address>/procedure", methods=("GET", "POST"))
    @requires(Permission.PROCEDURE_WRITE)
    def change_procedure(self, address: str) -> ResponseReturnValue:
        """Puts a running case under the version in force."""
        return change_dialog(self, address)

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        procedure, cannot = in_force()
        if procedure is None:
            return self.render("desk/error.html", error=cannot), 409
        form_class = registration_form(procedure, acting(), locale())
        data = forms.posted()
        form = form_class(data) if data is not None else form_class(data={"received_at": datetime.now(UTC)})
        errors: list[str] = []
        likely: list[LikelyLine] = []
        if data is not None and form.validate():
            try:
                likely = undecided(procedure)
                if not likely:
                    return self._registered(form, procedure)
                errors = [_("Likely here already: choose below how to go on.")]
            except (NotFound, NotPermitted):
                raise
            except Invalid as invalid:
                renamed = {FIELD_OF_FAULT.get(key, key): text for key, text in invalid.fields.items()}
                errors = forms.put_errors(form, Invalid(renamed))
            except DeskError as error:
                errors = forms.put_errors(form, error)
        say_what_is_asked(form, procedure)
        forms.offer_choices(form, lambda key: url_for(".lookup", field=key))
        page = FormPage(
            title=_("Register complaint"),
            note=_("Registration is never refused; what acceptance needs can follow."),
            url=url_for(".create_view"),
            sections=sections(form, procedure),
            submit=_("Register"),
            more_submits=further_submits(),
            back_url=url_for(".index_view"),
            hidden=[("key", request.form.get("key") or secrets.token_urlsafe(18))],
            errors=errors,
            draft_key=f"register:{acting().user_id}",
            likely_url=url_for("complaint_repeats.likely") if procedure.repeats.matches else "",
            likely_fields=LIKELY_FIELDS,
            likely=likely or chosen_before(procedure),
            likely_choice=request.form.get(CHOICE, ""),
        )
        status = 422 if data is not None else 200
        return self.render("desk/form.html", page=page, form=form, breadcrumbs=self.crumbs("new")), status

    def _registered(self, form: Any, procedure: Procedure) -> ResponseReturnValue:
        made = take_down(form, procedure)
        if made is None:
            flash(_("This form had been registered already."), "info")
            return redirect(url_for(".index_view"), 303)
        if made.is_report:
            flash(_("Recorded as a further report on %(number)s.", number=made.number), "success")
        else:
            flash(_("Registered as %(number)s.", number=made.number), "success")
        if "and_accept" in request.form and not made.is_report:
            accept_at_once(made.address)
        if "and_next" in request.form:
            return redirect(url_for(".create_view"), 303)
        return redirect(self.record_url(made.address), 303)

    # Page, correction, personal data, dates

    @expose("/<address>/")
    def details_view(self, address: str) -> ResponseReturnValue:
        complaint = self.get_one(address)
        if is_asked_first(complaint):
            return redirect(url_for("complaint_archive.consult", address=address), 303)
        case = CaseBuilder(
            db.session(),
            acting(),
            complaint,
            self.reader,
            revealed=is_revealed(address) and may_reveal(acting(), complaint),
            printed_by=acting().name,
        ).build()
        return self.render("desk/complaint.html", case=case, breadcrumbs=self.crumbs(complaint.number))

    def why_not_editable(self, row: ListRow) -> Any:
        """What is over is corrected no more; the form would only be refused after the typing."""
        state = row.values["state"]
        return None if state in TRANSITIONS[EventKind.CORRECT].sources else WrongState(state.label).message

    def edit_form(self, record: Any, data: Any) -> Any:
        """With the fields of the procedure that the case pins, and its categories and natures."""
        procedure = procedure_of(db.session(), record)
        plain = is_revealed(record.public_id) or reads_plainly(acting(), record)
        members: dict[str, Any] = coded_members(procedure, locale(), record)
        members |= own_members(procedure, acting(), locale(), record, plain=plain)
        made = type("CorrectionForm", (self._edit_form_class,), members)
        return made(data, obj=record, data=own_data(procedure, record))

    def conflict_specs(self, record: Any) -> Sequence[FieldSpec]:
        return self.declared().fields_of(Complaint)

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        return correct(work, record.public_id, version, values=plain_codes(values))

    @expose("/<address>/personal", methods=("GET", "POST"))
    @requires(Permission.COMPLAINT_REVEAL)
    def reveal(self, address: str) -> ResponseReturnValue:
        complaint, form = self.get_one(address), RevealForm()
        errors: list[str] = []
        if form.validate_on_submit():
            try:
                with UnitOfWork(db.session(), acting()) as work:
                    reveal(work, address, reason=form.reason.data or "")
            except Invalid as invalid:
                errors = forms.put_errors(form, invalid)
            else:
                keep_revealed(address)
                return done(self.record_url(address) + "#people")
        dialog = DialogForm(
            title=_("Show personal data"),
            url=url_for(".reveal", address=address),
            submit=_("Show"),
            icon="eye",
            explanation=_(
                "Names, telephones and addresses of %(number)s are shown to you for 15 minutes. It is recorded.",
                number=complaint.number,
            ),
            errors=errors,
            back_url=self.record_url(address),
        )
        status = 422 if request.method == "POST" else 200
        return self.render("desk/dialog_form.html", dialog=dialog, form=form), status

    @expose("/due/<run_id>")
    @requires(Permission.COMPLAINT_READ)
    def due(self, run_id: str) -> ResponseReturnValue:
        run = db.session().scalars(sa.select(ClockRun).where(ClockRun.public_id == run_id)).first()
        if run is None:
            raise NotFound
        return self.render("desk/due_explained.html", due=explained(db.session(), run, locale()))
