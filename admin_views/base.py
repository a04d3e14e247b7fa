"""The guarded views that every screen is made from.

A screen over a model is a thin subclass of `GuardedModelView`: list, page, forms, look-ups, saved views and columns
come from the model's field declarations; the hooks are in list_screen.py and record_screen.py. Nothing is deleted,
nothing is edited in the list, every route declares its permission. Records are addressed by their public id; unknown,
foreign and malformed addresses all end in the same 404.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from flask import current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, BaseView, expose
from flask_admin.contrib.sqla import ModelView

from admin_views import links
from admin_views.guard import acting
from admin_views.locale import locale
from admin_views.record_forms import form_class
from admin_views.record_screen import RecordScreen
from extensions import db
from services.access.permissions import Permission
from services.errors import NotFound, NotPermitted
from services.listing import at_address

__all__ = ["DeskIndexView", "Guarded", "GuardedBaseView", "GuardedModelView", "locale"]


class Guarded:
    """What both kinds of view share: a permission for each route, said in the class or by @requires."""

    permission: ClassVar[Permission | None] = None
    permissions: ClassVar[dict[str, Permission]] = {}
    """Permissions of further routes by method name (or put @requires on the method)."""

    def permission_of(self, name: str) -> Permission | None:
        """The permission of the route served by method `name`; None: nothing declared, so refused."""
        if name in self.permissions:
            return self.permissions[name]
        return self.permission if name == getattr(self, "_default_view", None) else None

    def is_accessible(self) -> bool:
        return self.permission is not None and acting().may(self.permission)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> ResponseReturnValue:
        raise NotPermitted

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Flask-Admin answers a TypeError in a view by calling it once more, wrongly: the log then names that call."""
        return fn(self, *args, **kwargs)


class GuardedBaseView(Guarded, BaseView):
    """A screen that is no table: set `permission` for its first page, put @requires on every further route."""


class DeskIndexView(Guarded, AdminIndexView):
    """Flask-Admin wants a first page of its own; the desk's is the worklist."""

    permission = Permission.SELF

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return redirect(url_for("worklist.index") if "worklist.index" in current_app.view_functions else "/")


class GuardedModelView(Guarded, RecordScreen, ModelView):
    """List, page and forms of one model.

    `permission` opens list, pages and look-ups; `create` and `edit` open the forms (None: there is none).
    """

    can_delete = False
    can_export = False

    _urls: Any
    _READING = frozenset(
        {"index_view", "counts", "details_view", "lookup", "choose_columns", "save_view", "change_view"}
    )
    _REMOVED = frozenset({"action_view", "delete_view", "ajax_update", "ajax_lookup", "export"})
    """Routes of Flask-Admin that the desk does not have."""

    def __init__(self, model: type[Any] | None = None, *, endpoint: str, url: str) -> None:
        super().__init__(model or type(self).model, db, endpoint=endpoint, url=url, name=endpoint)

    def create_blueprint(self, admin: Any) -> Any:
        removed = set(self._REMOVED)
        removed |= {"create_view"} if self.create is None else set()
        removed |= {"edit_view"} if self.edit is None else set()
        self._urls = [each for each in self._urls if each[1] not in removed]
        links.remember(admin.app, self.model, self.endpoint)
        return super().create_blueprint(admin)

    def permission_of(self, name: str) -> Permission | None:
        own = {"create_view": self.create, "edit_view": self.edit}
        if name in self.permissions:
            return self.permissions[name]
        return own.get(name, self.permission if name in self._READING else None)

    # Scaffolding: forms come from the declarations; everything else is generated a request, not at the start

    def scaffold_form(self) -> type[Any]:
        return form_class(self.model, self.form_base_class, self.form_keys(True), self.inlines)

    def get_edit_form(self) -> type[Any]:
        return form_class(self.model, self.form_base_class, self.form_keys(False), self.inlines)

    def scaffold_list_columns(self) -> list[str]:
        return []

    def scaffold_sortable_columns(self) -> dict[Any, Any]:
        return {}

    def scaffold_auto_joins(self) -> list[Any]:
        return []

    def init_search(self) -> bool:
        return False

    # Flask-Admin's own readers, scoped by the session like every statement

    def get_query(self) -> Any:
        return sa.select(self.model)

    def get_count_query(self) -> Any:
        return sa.select(sa.func.count(self.model.id))

    def get_one(self, id: Any) -> Any:
        """The record with this address, in scope. NotFound for everything else."""
        record = db.session().scalars(self.get_query().where(at_address(self.model, str(id)))).first()
        if record is None:
            raise NotFound
        return record
