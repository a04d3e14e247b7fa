"""Standing handling groups: people of several departments who are put on an investigation together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import FormField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.fields import InlineRows, field_for
from admin_views.guard import requires
from admin_views.locale import locale
from admin_views.organisation.dialogs import NothingForm
from admin_views.page_parts import Action, Badge, Empty, Fact
from admin_views.record_dialog import step_dialog
from admin_views.record_forms import Inline
from extensions import db
from models import Department, HandlingGroup, HandlingGroupMember, User
from models.fields import field_of
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.organisation.groups import create_group, edit_group, end_group, functions_now, gap_now
from services.unit_of_work import UnitOfWork


def _functions() -> list[SelectChoice]:
    """The functions of the procedure in force, read when a form is made."""
    names = [(each.code, each.names.in_language(locale())) for each in functions_now(db.session())]
    return [SelectChoice("", "—"), *(SelectChoice(code, name) for code, name in names)]


class _MemberRow(BaseForm):
    id = HiddenField()
    user_id = field_for(HandlingGroupMember, field_of(HandlingGroupMember, "user_id"))
    function = SelectField(_l("Function they stand for"), [Optional()], choices=_functions)


class GroupsView(GuardedModelView):
    """Groups across departments."""

    model = HandlingGroup
    permission = Permission.GROUP_READ
    create = Permission.GROUP_WRITE
    edit = Permission.GROUP_WRITE
    title = _l("Handling groups")
    new_title = _l("New group")
    default_sort = "name"
    create_fields = ("name", "purpose", "leader_id")
    edit_fields = create_fields
    inlines = (Inline(relation="members", label=_l("Members"), model=HandlingGroupMember),)
    extra_fields = ("ended_at",)
    empty = Empty(
        title=_l("No standing group yet"),
        text=_l(
            "Put the people together who handle quality complaints; an investigation then takes the whole group."
        ),
        icon="users",
    )

    def scaffold_form(self) -> type[Any]:
        return self._with_functions(super().scaffold_form())

    def get_edit_form(self) -> type[Any]:
        return self._with_functions(super().get_edit_form())

    def _with_functions(self, form: type[Any]) -> type[Any]:
        form.members = InlineRows(FormField(_MemberRow), _l("Members"))
        return form

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> HandlingGroup:
        return create_group(work, values, values.pop("members"))

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        return edit_group(work, record.id, version, values, values.pop("members"))

    def why_not_editable(self, row: ListRow) -> Any:
        return _("This group has ended.") if row.values.get("ended_at") else None

    def badges(self, row: ListRow) -> Sequence[Badge]:
        return [Badge(text=_("Ended"), tone="dark")] if row.values.get("ended_at") else []

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actions = list(super().record_actions(row))
        if actions:
            url = url_for(f"{self.endpoint}.end", address=row.address)
            actions.append(Action(label=_("End group"), url=url, icon="close", dialog=True))
        return actions

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        names = {each.code: each.names.in_language(locale()) for each in functions_now(db.session())}
        members = db.session().execute(
            sa.select(User.name, Department.name.label("department"), HandlingGroupMember.function)
            .join(HandlingGroupMember.user)
            .outerjoin(Department, Department.id == User.department_id)
            .where(HandlingGroupMember.handling_group_id == row.id)
            .order_by(HandlingGroupMember.id)
        )
        return (
            RecordTable(
                title=_("Members"),
                heads=[_("Member"), _("Department"), _("Function they stand for")],
                rows=[
                    [
                        Fact(label="", value=each.name),
                        Fact(label="", value=each.department),
                        Fact(label="", value=names.get(each.function or "", each.function)),
                    ]
                    for each in members
                ],
                empty=Empty(title=_("Nobody but the leader"), icon="users"),
            ),
        )

    def page(self, row: ListRow) -> Any:
        gap = gap_now(db.session(), self.get_one(row.address))
        page = super().page(row)
        return replace(page, note=gap) if gap and not row.values.get("ended_at") else page

    @expose("/<address>/end", methods=("GET", "POST"))
    @requires(Permission.GROUP_WRITE)
    def end(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            NothingForm,
            lambda work, version, form: end_group(work, row.id, version),
            title=_("End group"),
            icon="close",
            explanation=_(
                "It can't be put on an investigation any more; teams that came of it stay as they are."
            ),
        )
