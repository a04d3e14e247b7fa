"""The list half of a screen: list, filters' look-ups, chosen columns, saved views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import current_app, flash, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.errors import messages_of
from admin_views.guard import acting, desk_zone
from admin_views.links import at_address, link_to
from admin_views.list_builder import ListBuilder, ListFrame
from admin_views.list_context import BulkAction, Cell, ExportChoice, SavedView
from admin_views.list_length import Place, capped, length_words
from admin_views.locale import locale
from admin_views.page_parts import Action, DueState, Empty
from admin_views.record_forms import Inline
from admin_views.shell_context import Crumb
from admin_views.values import Reader
from extensions import db
from models import Complaint
from models.fields import FieldSpec, relation_target
from models.labels import LazyString
from services.access.permissions import Permission
from services.errors import DeskError, NotFound, NotPermitted
from services.listing import ListQuery, ListRow, views
from services.listing.lookup import candidates
from services.own_fields import NOTHING, Declared, declared
from services.unit_of_work import UnitOfWork


class ListScreen:
    """Mixin of GuardedModelView. The methods without route are the hooks of a screen."""

    model: Any
    endpoint: str
    render: Any
    inlines: ClassVar[tuple[Inline, ...]] = ()
    create: ClassVar[Permission | None] = None
    title: ClassVar[LazyString | str] = ""
    new_title: ClassVar[LazyString | str] = ""
    new_submit: ClassVar[LazyString | str] = ""
    """What the button says that enters a new record, where "Save" would say too little."""
    note: ClassVar[LazyString | str] = ""
    empty: ClassVar[Empty] = Empty(title="")
    search_placeholder: ClassVar[LazyString | str] = ""
    default_sort: ClassVar[str] = ""
    extra_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that rows carry although no column shows them."""
    standard_views: ClassVar[Sequence[tuple[LazyString, str]]] = ()
    """Tabs before the saved views: label and query string."""

    def list_url(self) -> str:
        return url_for(f"{self.endpoint}.index_view")

    def record_url(self, address: str) -> str:
        """The page of a record of this screen."""
        return at_address(f"{self.endpoint}.details_view", address)

    @property
    def reader(self) -> Reader:
        """Who reads, for turning values into text and links."""
        return Reader(
            desk_zone(), locale(), lambda spec, ref: link_to(relation_target(self.model, spec), ref)
        )

    def query(self, params: Any = None) -> ListQuery:
        """The list that the address (or `params`) asks for, with the person's own columns."""
        actor = acting()
        return ListQuery.from_params(
            self.model,
            request.args if params is None else params,
            actor,
            desk_zone(),
            columns=views.columns_of(db.session(), actor.user_id, self.endpoint),
            default_sort=self.default_sort,
            locale=locale(),
            extra=self.extra_fields,
            declared=self.declared(),
        )

    def declared(self) -> Declared:
        """What procedures add to the declared columns; read once a request."""
        if self.model is not Complaint:
            return NOTHING
        if "declared_fields" not in g:
            g.declared_fields = declared(db.session(), acting(), locale())
        kept: Declared = g.declared_fields
        return kept

    def frame(self, query: ListQuery) -> ListFrame:
        """What the screen adds to its generated list; a screen may change it with dataclasses.replace."""
        return ListFrame(
            title=self.title,
            note=self.note,
            url=self.list_url(),
            row_url=lambda row: self.record_url(row.address),
            row_name=self.name_of,
            actions=self.list_actions(),
            row_actions=self.row_actions,
            row_due=self.row_due,
            cell=self.cell,
            bulk_actions=self.bulk_actions(),
            lookup_url=lambda key: url_for(f"{self.endpoint}.lookup", field=key, ended="1"),
            columns_url=url_for(f"{self.endpoint}.choose_columns"),
            save_view_url=url_for(f"{self.endpoint}.save_view"),
            export_url=self.export_url(),
            export_choices=self.export_choices(),
            views=self._tabs(query),
            counts_url=url_for(f"{self.endpoint}.counts"),
            empty=self.empty,
            search_placeholder=self.search_placeholder,
        )

    def panels_frame(self) -> ListFrame:
        """What the dialogs of the list need of it."""
        return ListFrame(
            title=self.title,
            url=self.list_url(),
            row_url=lambda row: self.record_url(row.address),
            lookup_url=lambda key: url_for(f"{self.endpoint}.lookup", field=key, ended="1"),
            columns_url=url_for(f"{self.endpoint}.choose_columns"),
            save_view_url=url_for(f"{self.endpoint}.save_view"),
        )

    def name_of(self, row: ListRow) -> str:
        """What the row is called where it is mentioned."""
        return row.name or row.address

    def list_actions(self) -> Sequence[Action]:
        """Buttons above the list."""
        if self.create is None or not acting().may(self.create):
            return ()
        return (
            Action(
                label=self.new_title or _("New"), url=url_for(f"{self.endpoint}.create_view"), icon="plus"
            ),
        )

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        return ()

    def row_due(self, row: ListRow) -> DueState | str:
        """The colour of a row by time left."""
        return ""

    def cell(self, spec: FieldSpec, row: ListRow, cell: Cell) -> Cell:
        """Last word on a generated cell."""
        return cell

    def bulk_actions(self) -> Sequence[BulkAction]:
        return ()

    def export_url(self) -> str:
        """Where the export button posts; empty: no button."""
        if "ledger.export_screen" not in current_app.view_functions or not acting().may(
            Permission.LEDGER_EXPORT
        ):
            return ""
        return url_for("ledger.export_screen", screen=self.endpoint)

    def export_choices(self) -> Sequence[ExportChoice]:
        """Other ways to export the list than the workbook of what it shows."""
        return (ExportChoice(label=_("Text file (CSV)"), form="csv"),)

    def crumbs(self, *further: Crumb | str) -> list[Crumb]:
        """The way to this page; a text is the last step ("new": the create form)."""
        steps = [
            Crumb(label=str(self.new_title or _("New")) if step == "new" else step)
            if isinstance(step, str)
            else step
            for step in further
        ]
        return [Crumb(label=str(self.title), url=self.list_url() if steps else None), *steps]

    def _tabs(self, query: ListQuery) -> list[SavedView]:
        asked = urlencode(query.filter_params())
        tabs = []
        for label, params in self.standard_views:
            active = asked == urlencode(self.query_of(params).filter_params()) and "view" not in request.args
            url = f"{self.list_url()}?{params}" if params else self.list_url()
            tabs.append(SavedView(label=label, url=url, active=active))
        return tabs + [self._tab(view) for view in views.views_of(db.session(), query, self.endpoint)]

    def query_of(self, params: str) -> ListQuery:
        """The list of a query string, read without asking for the person's columns."""
        return ListQuery.from_params(
            self.model, params, acting(), desk_zone(), locale=locale(), declared=self.declared()
        )

    def _tab(self, view: views.View) -> SavedView:
        def change(verb: str) -> str:
            return url_for(f"{self.endpoint}.change_view", view_id=view.id, verb=verb) if view.own else ""

        further = urlencode({"view": view.id, "columns": ",".join(view.columns)})
        return SavedView(
            label=view.name,
            url=f"{self.list_url()}?{view.query}{'&' if view.query else ''}{further}",
            id=str(view.id),
            active=request.args.get("view") == str(view.id),
            own=view.own,
            shared=view.shared,
            rename_url=change("rename"),
            delete_url=change("delete"),
            share_url=change("share"),
        )

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        query = self.query()
        if "panels" in request.args:
            builder = ListBuilder(db.session(), query, self.panels_frame(), self.reader)
            return self.render("desk/list_dialogs.html", listing=builder.panels())
        listing = ListBuilder(db.session(), query, self.frame(query), self.reader).build()
        return self.render("desk/list.html", listing=listing, breadcrumbs=self.crumbs())

    @expose("/counts")
    def counts(self) -> ResponseReturnValue:
        """What a page of the list says of its length, and the counts of the tabs in their order."""
        query, session = self.query(), db.session()
        searches = [params for _label, params in self.standard_views]
        searches += [view.query for view in views.views_of(session, query, self.endpoint)]
        numbers = [capped(number, views.COUNTED_TO) for number in views.counts(session, query, searches)]
        place = Place.from_params(request.args)
        said = length_words(query, place, query.count(session)) if place.is_unknown else {}
        return jsonify({"tabs": numbers, **said})

    @expose("/columns", methods=("POST",))
    def choose_columns(self) -> ResponseReturnValue:
        columns = [] if request.form.get("reset") else request.form.getlist("column")
        with UnitOfWork(db.session(), acting()) as work:
            views.choose_columns(work, self.model, self.endpoint, columns)
        return self._back_to_list()

    @expose("/views", methods=("POST",))
    def save_view(self) -> ResponseReturnValue:
        query, form = self.query(request.form.get("query", "")), request.form
        return self._changing_view(
            lambda work: views.save_view(
                work, self.model, self.endpoint, form.get("name", ""), query, "shared" in form
            )
        )

    @expose("/views/<int:view_id>/<any(rename, share, delete):verb>", methods=("POST",))
    def change_view(self, view_id: int, verb: str) -> ResponseReturnValue:
        query, name = self.query(request.form.get("query", "")), request.form.get("name", "")
        changes: dict[str, Callable[[UnitOfWork], None]] = {
            "rename": lambda work: views.rename_view(work, self.endpoint, view_id, name, query),
            "share": lambda work: views.share_view(work, self.endpoint, view_id),
            "delete": lambda work: views.delete_view(work, self.endpoint, view_id),
        }
        return self._changing_view(changes[verb])

    def _changing_view(self, change: Callable[[UnitOfWork], Any]) -> ResponseReturnValue:
        try:
            with UnitOfWork(db.session(), acting()) as work:
                change(work)
            flash(_("Saved."), "success")
        except (NotFound, NotPermitted):
            raise
        except DeskError as error:
            flash(" ".join(messages_of(error)), "error")
        return self._back_to_list()

    def _back_to_list(self) -> ResponseReturnValue:
        params = self.query_of(request.form.get("query", "")).params()
        return redirect(f"{self.list_url()}?{urlencode(params)}" if params else self.list_url(), 303)

    @expose("/lookup/<field>")
    def lookup(self, field: str) -> ResponseReturnValue:
        """Records that a relation may point at: at most 20, in scope. `ended=1` offers former ones too (filters)."""
        found = candidates(
            db.session(),
            self._lookup_target(field),
            request.args.get("q", ""),
            locale=locale(),
            active_only="ended" not in request.args,
        )
        return jsonify([{"value": each.address, "label": each.label, "note": each.note} for each in found])

    def _lookup_target(self, field: str) -> type[Any]:
        outer, _dot, key = field.rpartition(".")
        inline = next((each for each in self.inlines if each.relation == outer), None)
        model = inline.model if inline else self.model
        spec = next((each for each in self.declared().fields_of(model) if each.key == key), None)
        if spec is None or spec.relation is None or (outer and inline is None):
            raise NotFound
        return relation_target(model, spec)
