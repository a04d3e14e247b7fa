"""Departments: list, tree, page with its people and former names, and the steps rename, merge and split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.guard import requires
from admin_views.organisation.dialogs import SPLIT_INTO, MergeForm, RenameForm, offering, split_form
from admin_views.page_parts import Action, Badge, Empty, Fact
from admin_views.record_dialog import step_dialog
from admin_views.shell_context import Crumb
from admin_views.values import text_of
from extensions import db
from models import Department, DepartmentSuccession, User
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.organisation.departments import (
    Part,
    create_department,
    edit_department,
    merge_departments,
    rename_department,
    split_department,
)
from services.unit_of_work import UnitOfWork

WRITE = Permission.DEPARTMENT_WRITE


class DepartmentsView(GuardedModelView):
    """Departments of the organisation."""

    model = Department
    permission = Permission.DEPARTMENT_READ
    create = WRITE
    edit = WRITE
    title = _l("Departments")
    new_title = _l("New department")
    default_sort = "code"
    edit_fields = ("code", "parent_id", "leader_id", "leader_in_charge_id", "is_office", "duty")
    form_note = _l("The name changes by renaming, with its date, so that history keeps the old one.")
    standard_views = ((_l("Existing"), "f.ended_on=none"), (_l("All"), ""))
    empty = Empty(
        title=_l("No department here"), text=_l("Complaints are sent to departments."), icon="department"
    )

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Department:
        return create_department(work, values)

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        return edit_department(work, record.id, version or 0, values)

    def list_actions(self) -> Sequence[Action]:
        tree = Action(label=_("As a tree"), url=url_for(f"{self.endpoint}.tree"), icon="flow")
        return [*super().list_actions(), tree]

    def why_not_editable(self, row: ListRow) -> Any:
        return _("This department has ended.") if row.values.get("ended_on") else None

    def badges(self, row: ListRow) -> Sequence[Badge]:
        found = [Badge(text=_("Complaint office"), tone="info")] if row.values.get("is_office") else []
        if ended := row.values.get("ended_on"):
            found.append(Badge(text=_("Ended on %(day)s", day=text_of(ended, self.reader.zone)), tone="dark"))
        return found

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actions = list(super().record_actions(row))
        if actions:
            for name, label, icon in (
                ("rename", _("Rename"), "edit"),
                ("merge", _("Merge"), "merge"),
                ("split", _("Split"), "flow"),
            ):
                url = url_for(f"{self.endpoint}.{name}", address=row.address)
                actions.append(Action(label=label, url=url, icon=icon, dialog=True))
        return actions

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        return (self._below(row), self._people(row), self._names(row))

    def _below(self, row: ListRow) -> RecordTable:
        found = db.session().scalars(
            sa.select(Department)
            .where(Department.parent_id == row.id, Department.ended_on.is_(None))
            .order_by(Department.code)
        )
        return RecordTable(
            title=_("Departments below"),
            heads=[_("Name"), _("Code")],
            rows=[
                [
                    Fact(label="", value=one.name, href=self.record_url(one.public_id)),
                    Fact(label="", value=one.code),
                ]
                for one in found
            ],
            empty=Empty(title=_("None")),
        )

    def _people(self, row: ListRow) -> RecordTable:
        found = db.session().scalars(
            sa.select(User).where(User.department_id == row.id, User.is_active).order_by(User.name)
        )
        return RecordTable(
            title=_("People"),
            heads=[_("Name"), _("Post")],
            rows=[
                [
                    Fact(label="", value=one.name, href=url_for("users.details_view", address=one.public_id)),
                    Fact(label="", value=one.post),
                ]
                for one in found
            ],
            empty=Empty(title=_("Nobody works here.")),
        )

    def _names(self, row: ListRow) -> RecordTable:
        found = db.session().scalars(
            sa.select(DepartmentSuccession)
            .where(sa.or_(DepartmentSuccession.from_id == row.id, DepartmentSuccession.to_id == row.id))
            .order_by(DepartmentSuccession.effective_on, DepartmentSuccession.id)
        )
        return RecordTable(
            title=_("Names and changes"),
            heads=[_("Effective on"), _("Change"), _("Old name"), _("New name")],
            rows=[
                [
                    Fact(label="", value=text_of(one.effective_on, self.reader.zone)),
                    Fact(label="", value=one.kind.label),
                    Fact(label="", value=one.old_name),
                    Fact(label="", value=one.new_name),
                ]
                for one in found
            ],
            empty=Empty(title=_("It has always been called so.")),
        )

    @expose("/tree")
    @requires(Permission.DEPARTMENT_READ)
    def tree(self) -> ResponseReturnValue:
        """Every existing department below the one it belongs to."""
        rows = db.session().execute(
            sa.select(Department, User.name.label("head"))
            .outerjoin(User, User.id == Department.leader_id)
            .where(Department.ended_on.is_(None))
            .order_by(Department.code)
        )
        below: dict[int | None, list[dict[str, Any]]] = {}
        for row in rows:
            department = row.Department
            below.setdefault(department.parent_id, []).append(
                {
                    "id": department.id,
                    "name": department.name,
                    "url": self.record_url(department.public_id),
                    "head": row.head,
                    "is_office": department.is_office,
                }
            )
        known = {one["id"] for ones in below.values() for one in ones}
        roots = [one for parent, ones in below.items() if parent not in known for one in ones]
        crumbs = self.crumbs(Crumb(label=_("As a tree")))
        return self.render(
            "desk/department_tree.html",
            page_title=_("Departments"),
            roots=roots,
            below=below,
            breadcrumbs=crumbs,
            list_url=self.list_url(),
        )

    @expose("/<address>/rename", methods=("GET", "POST"))
    @requires(WRITE)
    def rename(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            RenameForm,
            lambda work, version, form: rename_department(
                work, row.id, version or 0, form.name.data, form.on.data
            ),
            title=_("Rename department"),
            submit=_("Rename"),
            icon="edit",
            explanation=_(
                "What happened before keeps the old name; everybody goes on seeing the same complaints."
            ),
        )

    @expose("/<address>/merge", methods=("GET", "POST"))
    @requires(WRITE)
    def merge(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            offering(MergeForm),
            lambda work, version, form: merge_departments(
                work, row.id, version or 0, form.into_id.data, form.on.data
            ),
            title=_("Merge department"),
            submit=_("Merge"),
            icon="merge",
            explanation=_(
                "This department ends. Its people and roles go into the other, which sees its complaints."
            ),
        )

    @expose("/<address>/split", methods=("GET", "POST"))
    @requires(WRITE)
    def split(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        people = [
            (one.id, one.name)
            for one in db.session().execute(
                sa.select(User.id, User.name)
                .where(User.department_id == row.id, User.is_active)
                .order_by(User.name)
            )
        ]
        return step_dialog(
            self,
            row,
            split_form(people),
            lambda work, version, form: _split(work, row.id, version, form, people),
            title=_("Split department"),
            submit=_("Split"),
            icon="flow",
            explanation=_(
                "Each new department sees the complaints of the old one. Say who goes where; "
                "whoever is not assigned goes into the first one when the old department ends."
            ),
        )


def _split(
    work: UnitOfWork, department_id: int, version: int | None, form: Any, people: list[tuple[int, str]]
) -> Any:
    parts: list[Part] = []
    places: dict[str, int] = {}
    for number in range(1, SPLIT_INTO + 1):
        name, code = form[f"name{number}"].data, form[f"code{number}"].data
        if name or code:
            places[str(number)] = len(parts)
            parts.append(Part(name or "", code or ""))
    assigned = {
        user_id: places[form[f"person{user_id}"].data]
        for user_id, _name in people
        if form[f"person{user_id}"].data in places
    }
    goes_on = bool(form.goes_on.data)
    return split_department(work, department_id, version or 0, parts, form.on.data, assigned, goes_on=goes_on)
