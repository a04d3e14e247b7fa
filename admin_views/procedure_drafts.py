"""Drafts of procedures: copied, edited in forms or as text, tried on an example, submitted, published by another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.validators import InputRequired

from admin_views import procedure_editor as editor
from admin_views.base import GuardedModelView
from admin_views.case_context import FactGroup, RecordTable
from admin_views.fields import REQUIRED
from admin_views.guard import acting, desk_zone, requires
from admin_views.locale import locale
from admin_views.organisation.dialogs import PerhapsReasonForm, ReasonForm
from admin_views.page_parts import Action, Badge, Empty, Fact, Tone
from admin_views.procedure_pages import difference_lines, example_context, impact_lines
from admin_views.record_dialog import step_dialog
from admin_views.shell_context import Crumb
from admin_views.values import actor_text, moment_text
from extensions import db
from models import ProcedureDraft, ProcedureVersion
from models.draft_enums import DraftStatus
from models.labels import _l
from services.access.permissions import Permission
from services.access.separation import involved
from services.errors import NotFound, Reason
from services.listing import ListRow
from services.operations.copy_procedure import copy_procedure
from services.operations.publish_procedure_draft import publish_procedure_draft
from services.operations.return_procedure_draft import return_procedure_draft
from services.operations.submit_procedure_draft import submit_procedure_draft
from services.operations.withdraw_procedure_draft import withdraw_procedure_draft
from services.procedures.drafting import examine
from services.procedures.drafts import source_texts, steps_of, writers_of
from services.procedures.published import current_version
from services.unit_of_work import UnitOfWork

READ = Permission.PROCEDURE_READ_DRAFT
WRITE = Permission.PROCEDURE_WRITE
APPROVE = Permission.PROCEDURE_APPROVE

_TONES: dict[DraftStatus, Tone] = {
    DraftStatus.EDITING: "info",
    DraftStatus.SUBMITTED: "warn",
    DraftStatus.PUBLISHED: "good",
    DraftStatus.WITHDRAWN: "dark",
}


class DraftsView(GuardedModelView):
    """Procedures that are being written."""

    model = ProcedureDraft
    permission = READ
    create = WRITE
    title = _l("Drafts of procedures")
    new_title = _l("Copy a procedure")
    default_sort = "-created_at"
    shows_history = False
    """Its own history says more: each step with the text as it stood."""
    create_fields = ("purpose",)
    extra_fields = ("status", "code", "faults", "name_zh", "name_en")
    form_note = _l("The copy is yours to change. Nothing holds until a second person publishes it.")
    standard_views = (
        (_l("All"), ""),
        (_l("Being edited"), "f.status=editing"),
        (_l("Awaiting second person"), "f.status=submitted"),
    )
    empty = Empty(
        title=_l("No draft"),
        text=_l("Copy a procedure to change it, or to write one for another kind of organisation."),
        icon="procedure",
    )

    # Copying

    def scaffold_form(self) -> type[Any]:
        form = super().scaffold_form()
        form.source = SelectField(
            _l("Procedure to copy"),
            [InputRequired(REQUIRED)],
            choices=procedure_choices,
            default=_asked_source,
        )
        return form

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> ProcedureDraft:
        return copy_procedure(work, values.get("source") or "", values.get("purpose") or "")

    # The page

    def name_of(self, row: ListRow) -> str:
        name = row.values.get("name_en" if locale() == "en" else "name_zh")
        return str(name or row.values.get("code") or row.address)

    def badges(self, row: ListRow) -> Sequence[Badge]:
        status = row.values["status"]
        found = [Badge(text=status.label, tone=_TONES[status])]
        if row.values["faults"]:
            found.append(Badge(text=_("Faults: %(count)s", count=row.values["faults"]), tone="bad"))
        return found

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        draft = self.get_one(row.address)
        may, status = acting().may, draft.status
        found: list[Action] = []
        if may(WRITE) and status is DraftStatus.EDITING:
            first = url_for(f"{self.endpoint}.section", address=row.address, section="basics")
            found += [
                Action(label=_("Edit"), url=first, icon="edit"),
                self._dialog("submit", _("Submit"), "approve", row),
            ]
        if may(APPROVE) and status is DraftStatus.SUBMITTED:
            found += [
                self._dialog("publish", _("Publish"), "check", row),
                self._dialog("give_back", _("Return"), "return", row),
            ]
        for name, label, icon in (("preview", _("Try it"), "eye"), ("compare", _("Compare"), "columns")):
            url = url_for(f"{self.endpoint}.{name}", address=row.address)
            found.append(Action(label=label, url=url, icon=icon))
        if may(WRITE) and status in (DraftStatus.EDITING, DraftStatus.SUBMITTED):
            found.append(self._dialog("withdraw", _("Withdraw"), "close", row))
        return found

    def _dialog(self, name: str, label: str, icon: str, row: ListRow) -> Action:
        url = url_for(f"{self.endpoint}.{name}", address=row.address)
        return Action(label=label, url=url, icon=icon, dialog=True)

    def groups(self, row: ListRow) -> list[FactGroup]:
        draft = self.get_one(row.address)
        copied = _("%(code)s, version %(number)s", code=draft.source_code, number=draft.source_number)
        facts = [Fact(label=_("Copied from"), value=copied)]
        newest = current_version(db.session(), draft.source_code)
        behind = newest is not None and newest.number > draft.source_number
        if newest is not None and behind and draft.status is not DraftStatus.PUBLISHED:
            said = _(
                "Version %(number)s was published since; what it changed is not in this draft.",
                number=newest.number,
            )
            facts.append(Fact(label=_("Beware"), value=said, wide=True))
        return [*super().groups(row), FactGroup(title=_("Source"), facts=facts)]

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        draft = self.get_one(row.address)
        return (*self._fault_tables(draft), self._steps(draft))

    def _fault_tables(self, draft: ProcedureDraft) -> list[RecordTable]:
        if draft.status in (DraftStatus.PUBLISHED, DraftStatus.WITHDRAWN):
            return []
        editable = acting().may(WRITE) and draft.status is DraftStatus.EDITING
        rows = [
            [
                Fact(label="", value=place.line),
                Fact(label="", value=place.where, href=place.url if editable else ""),
                Fact(label="", value=place.text),
            ]
            for place in editor.places(draft, editor.looked_through(draft))
        ]
        empty = Empty(title=_("No faults; the draft can be submitted."))
        heads = [_("Line"), _("Place"), _("What to mend")]
        return [RecordTable(title=_("Faults"), heads=heads, rows=rows, empty=empty)]

    def _steps(self, draft: ProcedureDraft) -> RecordTable:
        steps = steps_of(db.session(), draft)
        rows = []
        for number, step in enumerate(steps):
            compare = url_for(f"{self.endpoint}.compare", address=draft.public_id, step=step.id)
            changed = number > 0 and step.text != steps[number - 1].text
            rows.append(
                [
                    Fact(label="", value=moment_text(step.at, desk_zone())),
                    Fact(label="", value=step.act.label),
                    Fact(label="", value=actor_text(step.by_name)),
                    Fact(label="", value=step.note or ""),
                    Fact(label="", value=_("What changed"), href=compare) if changed else Fact(label=""),
                ]
            )
        heads = [_("When"), _("What"), _("Who"), _("Remark"), _("Change")]
        return RecordTable(title=_("History of the draft"), heads=heads, rows=rows[::-1])

    # Editing

    @expose("/<address>/section/<section>", methods=("GET", "POST"))
    @requires(WRITE)
    def section(self, address: str, section: str) -> ResponseReturnValue:
        return editor.edit_section(self, self.get_one(address), section)

    @expose("/<address>/text", methods=("GET", "POST"))
    @requires(WRITE)
    def text(self, address: str) -> ResponseReturnValue:
        return editor.edit_text(self, self.get_one(address))

    # Looking at it

    @expose("/<address>/try")
    @requires(READ)
    def preview(self, address: str) -> ResponseReturnValue:
        draft = self.get_one(address)
        procedure = examine(draft.text).procedure
        if procedure is None:
            flash(_("A draft with faults can't be tried yet; mend them first."), "warning")
            return redirect(self.record_url(address), 303)
        cases, impact = impact_lines(procedure, draft.source_code)
        return self.render(
            "desk/procedure_example.html",
            title=editor.draft_name(draft),
            url=request.path,
            cases=cases,
            impact=impact,
            breadcrumbs=self._crumbs(draft, _("Try it")),
            **example_context(procedure),
        )

    @expose("/<address>/compare")
    @requires(READ)
    def compare(self, address: str) -> ResponseReturnValue:
        draft = self.get_one(address)
        before, after, note = draft.source_text, draft.text, _("Against what it was copied from")
        asked = request.args.get("step", "")
        if asked:
            steps = steps_of(db.session(), draft)
            place = next((n for n, step in enumerate(steps) if str(step.id) == asked), 0)
            if place == 0:
                raise NotFound
            before, after = steps[place - 1].text, steps[place].text
            note = _("What was changed on %(moment)s", moment=moment_text(steps[place].at, desk_zone()))
        return self.render(
            "desk/procedure_compare.html",
            title=editor.draft_name(draft),
            note=note,
            lines=difference_lines(before, after),
            before=before,
            after=after,
            breadcrumbs=self._crumbs(draft, _("Compare")),
        )

    def _crumbs(self, draft: ProcedureDraft, step: str) -> list[Crumb]:
        here = Crumb(label=editor.draft_name(draft), url=self.record_url(draft.public_id))
        return self.crumbs(here, Crumb(label=step))

    # Deciding

    @expose("/<address>/submit", methods=("GET", "POST"))
    @requires(WRITE)
    def submit(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        faults = editor.places(self.get_one(address), editor.looked_through(self.get_one(address)))
        return step_dialog(
            self,
            row,
            PerhapsReasonForm,
            lambda work, version, form: submit_procedure_draft(work, address, version, form.reason.data),
            title=_("Submit draft"),
            submit=_("Submit"),
            icon="approve",
            explanation=_(
                "A second person reads what changed and publishes it. Until then it can't be edited."
            ),
            missing=[Reason("fault", f"{place.where}: {place.text}") for place in faults],
        )

    @expose("/<address>/publish", methods=("GET", "POST"))
    @requires(APPROVE)
    def publish(self, address: str) -> ResponseReturnValue:
        row, draft = self.row(address), self.get_one(address)
        missing = []
        if involved(acting(), *writers_of(db.session(), draft)):
            missing.append(Reason("second_person", _("A second person publishes what you had a hand in.")))
        return step_dialog(
            self,
            row,
            PerhapsReasonForm,
            lambda work, version, form: publish_procedure_draft(work, address, version, form.reason.data),
            title=_("Publish draft"),
            submit=_("Publish"),
            icon="check",
            explanation=self._what_publishing_means(draft),
            missing=missing,
            said=_("Published. The version stands as it is from now on."),
        )

    def _what_publishing_means(self, draft: ProcedureDraft) -> str:
        procedure = examine(draft.text).procedure
        said = [
            _(
                "Complaints that are registered from now on follow it; running ones keep the version they have."
            )
        ]
        if procedure is not None:
            cases, impact = impact_lines(procedure, draft.source_code)
            said.append(
                _(
                    "Of %(all)s open cases that you see, %(count)s would have differed (page: Try it).",
                    all=impact.all,
                    count=len(cases),
                )
            )
        return " ".join(said)

    @expose("/<address>/return", methods=("GET", "POST"))
    @requires(APPROVE)
    def give_back(self, address: str) -> ResponseReturnValue:
        return step_dialog(
            self,
            self.row(address),
            ReasonForm,
            lambda work, version, form: return_procedure_draft(work, address, version, form.reason.data),
            title=_("Return draft"),
            submit=_("Return"),
            icon="return",
            explanation=_("It can be edited again, with your reason in its history."),
        )

    @expose("/<address>/withdraw", methods=("GET", "POST"))
    @requires(WRITE)
    def withdraw(self, address: str) -> ResponseReturnValue:
        return step_dialog(
            self,
            self.row(address),
            ReasonForm,
            lambda work, version, form: withdraw_procedure_draft(work, address, version, form.reason.data),
            title=_("Withdraw draft"),
            submit=_("Withdraw"),
            icon="close",
            tone="bad",
            explanation=_("It stays here to be read and is changed no more."),
        )


def procedure_choices() -> list[tuple[str, str]]:
    """What can be copied, in the reader's language."""
    return [
        (
            source.code,
            f"{source.name_en if locale() == 'en' else source.name_zh} · "
            + _("version %(number)s", number=source.number),
        )
        for source in source_texts(db.session()).values()
    ]


def _asked_source() -> str | None:
    """The procedure whose page led here, else the one that the organisation works by."""
    asked = request.args.get("source", "")
    if asked:
        found = db.session().query(ProcedureVersion.code).filter_by(public_id=asked).scalar()
        return str(found) if found else None
    current = current_version(db.session())
    return current.code if current else None


def screens() -> list[Any]:
    return [DraftsView(endpoint="procedure_drafts", url="/procedure-drafts")]
