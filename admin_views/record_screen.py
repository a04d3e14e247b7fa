"""The record half of a screen: its page, its forms, and what happens when two people save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from markupsafe import Markup

from admin_views import record_forms as forms
from admin_views.audit_words import change_lines
from admin_views.case_context import ChangeLine, FactGroup, RecordTable
from admin_views.form_context import FormPage, FormSection, RecordPage
from admin_views.fragments import done
from admin_views.guard import acting, desk_zone
from admin_views.list_screen import ListScreen
from admin_views.locale import locale
from admin_views.page_parts import Action, Badge
from admin_views.shell_context import Crumb
from admin_views.values import badge_of, fact_of, moment_text
from extensions import db
from models.fields import FieldSpec, fields_of
from models.labels import LazyString
from services.access.permissions import Permission
from services.errors import DeskError, NotFound, NotPermitted, Stale
from services.history import history_of
from services.listing import ListQuery, ListRow, address_key
from services.operations.create_record import create_record
from services.operations.edit_record import edit_record
from services.unit_of_work import UnitOfWork


class RecordScreen(ListScreen):
    """Mixin of GuardedModelView. The methods without route are the hooks of a screen."""

    edit: ClassVar[Permission | None] = None
    create_fields: ClassVar[tuple[str, ...]] = ()
    """Fields of the create form in their order; empty: every declared one that forms may write."""
    edit_fields: ClassVar[tuple[str, ...]] = ()
    form_sections: ClassVar[Sequence[tuple[LazyString, tuple[str, ...]]]] = ()
    """Titled parts of the forms; fields that none names come last."""
    sections_for: ClassVar[Mapping[str, str]] = {}
    """By the first field of a titled part: while which select holds which values it is asked ("kind: return")."""
    page_sections: ClassVar[Sequence[tuple[LazyString, tuple[str, ...]]]] = ()
    form_note: ClassVar[LazyString | str] = ""
    shows_history: ClassVar[bool] = True
    get_one: Any
    _create_form_class: Any
    _edit_form_class: Any

    # The page

    def row(self, address: str) -> ListRow:
        """Every page field of one record, masked for the reader, long texts whole. NotFound when not in scope."""
        keys = [spec.key for spec in fields_of(self.model) if spec.page]
        query = ListQuery(self.model, acting(), desk_zone(), (), locale=locale(), extra=tuple(keys))
        found = query.one(db.session(), address)
        if found is None:
            raise NotFound
        return found

    @expose("/<address>/")
    def details_view(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        crumbs = self.crumbs(Crumb(label=self.name_of(row)))
        return self.render("desk/details.html", record=self.page(row), breadcrumbs=crumbs)

    def page(self, row: ListRow) -> RecordPage:
        """The whole record page; a screen may change it with dataclasses.replace."""
        return RecordPage(
            title=self.name_of(row),
            badges=self.badges(row),
            actions=self.record_actions(row),
            groups=self.groups(row),
            tables=self.tables(row),
            changes=self.history(row) if self.shows_history else (),
        )

    def badges(self, row: ListRow) -> Sequence[Badge]:
        found = badge_of(row.values.get("status"))
        return (found,) if found else ()

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        """Buttons of the page."""
        if self.edit is None or not acting().may(self.edit) or self.why_not_editable(row):
            return ()
        url = url_for(f"{self.endpoint}.edit_view", address=row.address)
        return (Action(label=_("Edit"), url=url, icon="edit"),)

    def why_not_editable(self, row: ListRow) -> Any:
        """A reason why this record can't be edited (any more), or nothing."""
        return None

    def groups(self, row: ListRow) -> list[FactGroup]:
        specs = {spec.key: spec for spec in fields_of(self.model) if spec.page}
        named = {key for _title, keys in self.page_sections for key in keys}
        sections = [*self.page_sections, ("", tuple(key for key in specs if key not in named))]
        return [
            FactGroup(
                title=title or (_("Further facts") if self.page_sections else _("Facts")),
                facts=[fact_of(specs[key], row.values[key], self.reader) for key in keys if key in specs],
            )
            for title, keys in sections
            if any(key in specs for key in keys)
        ]

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        """Tables of linked records below the facts."""
        return ()

    def history(self, row: ListRow) -> list[ChangeLine]:
        """Who changed which field when, newest first, from the audit trail."""
        entries = history_of(db.session(), self.model, row.id)
        return [line for entry in entries for line in change_lines(entry)]

    # Forms

    def form_keys(self, create: bool) -> tuple[str, ...]:
        return self.create_fields if create else self.edit_fields

    def defaults(self) -> Mapping[str, Any]:
        """Values that an empty create form starts with."""
        return {}

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Any:
        """Carry out the creation; returns the record. Screens with an operation of their own call it here."""
        assert self.create is not None
        return create_record(work, self.model, values, self.create)

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        """Carry out the change of `record` (loaded before the transaction: take its id), as seen at `version`."""
        assert self.edit is not None
        return edit_record(work, self.model, record.id, version, values, self.edit)

    def edit_form(self, record: Any, data: Any) -> Any:
        """The form over `record`, filled with what was posted (`data`) or with what stands."""
        return self._edit_form_class(data, obj=record)

    def conflict_specs(self, record: Any) -> Sequence[FieldSpec]:
        """The fields that are shown side by side when two people saved."""
        return fields_of(self.model)

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        data = forms.posted()
        form = (
            self._create_form_class(data)
            if data is not None
            else self._create_form_class(data=self.defaults())
        )
        errors: list[str] = []
        if data is not None and form.validate():
            values = forms.values_of(form)
            try:
                with UnitOfWork(db.session(), acting()) as work:
                    record = self.save_new(work, values)
                    address = str(getattr(record, address_key(self.model)))
                return self._saved(address, "new")
            except (NotFound, NotPermitted):
                raise
            except DeskError as error:
                errors = forms.put_errors(form, error)
        return self._form_page(form, str(self.new_title or _("New")), "", errors, None)

    @expose("/<address>/edit/", methods=("GET", "POST"))
    def edit_view(self, address: str) -> ResponseReturnValue:
        row, record = self.row(address), self.get_one(address)
        if why := self.why_not_editable(row):
            flash(why, "warning")
            return done(self.record_url(address))
        data = forms.posted()
        form = self.edit_form(record, data)
        version = _number(request.form.get("version")) or getattr(record, "version", None)
        title = _("Edit %(name)s", name=self.name_of(row))
        errors: list[str] = []
        if data is not None and form.validate():
            values = forms.values_of(form)
            try:
                with UnitOfWork(db.session(), acting()) as work:
                    self.save_edit(work, record, values, version)
                return self._saved(address, address)
            except (NotFound, NotPermitted):
                raise
            except Stale as stale:
                return self._conflict(form, row, stale, self.conflict_specs(record))
            except DeskError as error:
                errors = forms.put_errors(form, error)
        return self._form_page(form, title, address, errors, version)

    def _saved(self, address: str, draft: str) -> ResponseReturnValue:
        mark = Markup('<span data-draft-done="{}"></span>').format(self._draft_key(draft))
        flash(mark + _("Saved."), "success")
        return done(self.record_url(address))

    def _draft_key(self, about: str) -> str:
        return f"{self.endpoint}:{about or 'new'}:{acting().user_id}"

    def _form_page(
        self, form: Any, title: str, address: str, errors: Sequence[str], version: int | None
    ) -> ResponseReturnValue:
        forms.offer_choices(form, lambda key: url_for(f"{self.endpoint}.lookup", field=key))
        page = FormPage(
            title=title,
            note=self.form_note,
            url=request.full_path.rstrip("?"),
            sections=self._sections(form),
            back_url=self.record_url(address) if address else self.list_url(),
            hidden=[("version", str(version))] if version is not None else [],
            submit="" if address else self.new_submit,
            errors=errors,
            draft_key=self._draft_key(address),
        )
        html = self.render(
            "desk/form.html", page=page, form=form, breadcrumbs=self.crumbs(Crumb(label=title))
        )
        return html, 422 if errors or form.errors else 200

    def _sections(self, form: Any) -> list[FormSection]:
        named = [key for _title, keys in self.form_sections for key in keys]
        inline = [each.relation for each in self.inlines]
        rest = tuple(field.short_name for field in form if field.short_name not in [*named, *inline])
        sections = [
            FormSection(title=title, fields=keys, shown_for=self.sections_for.get(keys[0], ""))
            for title, keys in self.form_sections
        ]
        if rest:
            sections.append(FormSection(title=_("Further facts") if sections else _("Facts"), fields=rest))
        sections += [FormSection(title=each.label, fields=(each.relation,)) for each in self.inlines]
        return sections

    def _conflict(
        self, form: Any, row: ListRow, stale: Stale, specs: Sequence[FieldSpec]
    ) -> ResponseReturnValue:
        last = next(iter(history_of(db.session(), self.model, row.id, 1)), None)
        page = forms.conflict_page(
            form,
            self.model,
            stale.theirs,
            specs=specs,
            title=_("Somebody else saved first"),
            url=request.full_path.rstrip("?"),
            hidden=[("version", str(stale.version or ""))],
            who=last.actor_name if last else _("Somebody else"),
            at=moment_text(last.at, desk_zone()) if last else "",
            back_url=self.record_url(row.address),
            zone=desk_zone(),
        )
        return self.render("desk/conflict.html", conflict=page), 409


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
