"""Roles held and proposed: the queue of those that await a second person, confirming and ending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import GuardedModelView
from admin_views.guard import acting, requires
from admin_views.organisation.dialogs import NothingForm, PerhapsReasonForm
from admin_views.page_parts import Action, Badge, Empty
from admin_views.record_dialog import step_dialog
from models import RoleGrant
from models.labels import _l
from services.access.permissions import Permission
from services.access.separation import involved
from services.listing import ListRow
from services.organisation.roles import confirm_role, end_role, grant_role
from services.unit_of_work import UnitOfWork


def grant_badge(confirmed_at: datetime | None, ended_at: datetime | None) -> Badge:
    """How a role stands."""
    if ended_at is not None:
        return Badge(text=_("Ended"), tone="dark")
    if confirmed_at is None:
        return Badge(text=_("Awaits confirmation"), tone="warn")
    return Badge(text=_("In force"), tone="good")


def grant_actions(
    grant_id: int,
    user_id: int,
    granted_by_id: int | None,
    confirmed_at: datetime | None,
    ended_at: datetime | None,
) -> list[Action]:
    """What the reader may do with a role now."""
    actor = acting()
    actions: list[Action] = []
    if ended_at is not None:
        return actions
    if (
        confirmed_at is None
        and actor.may(Permission.ROLE_CONFIRM)
        and not involved(actor, granted_by_id, user_id)
    ):
        url = url_for("grants.confirm", address=grant_id)
        actions.append(Action(label=_("Confirm"), url=url, icon="approve", dialog=True))
    may_end = actor.may(Permission.ROLE_GRANT) or (
        confirmed_at is None and actor.may(Permission.ROLE_CONFIRM)
    )
    if may_end:
        label = _("End role") if confirmed_at else _("Turn down")
        actions.append(
            Action(label=label, url=url_for("grants.end", address=grant_id), icon="close", dialog=True)
        )
    return actions


class GrantsView(GuardedModelView):
    """Roles of all accounts."""

    model = RoleGrant
    permission = Permission.USER_READ
    create = Permission.ROLE_GRANT
    title = _l("Roles")
    new_title = _l("Grant role")
    default_sort = "-created_at"
    create_fields = ("user_id", "role", "department_id")
    form_note = _l(
        "The role counts once a second person has confirmed it. Without a department it counts for all."
    )
    standard_views = (
        (_l("In force"), "f.in_force=1"),
        (_l("To be confirmed"), "f.waiting=1"),
        (_l("All"), ""),
    )
    extra_fields = ("user_id", "granted_by_id", "confirmed_at", "ended_at")
    empty = Empty(
        title=_l("No role here"), text=_l("Roles are granted from the page of a user."), icon="shield"
    )

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> RoleGrant:
        return grant_role(work, values["user_id"], values["role"], values.get("department_id"))

    def name_of(self, row: ListRow) -> str:
        role = row.values.get("role")
        return f"{row.values.get('user_id') or ''} · {role.label if role else ''}"

    def badges(self, row: ListRow) -> Sequence[Badge]:
        return [grant_badge(row.values.get("confirmed_at"), row.values.get("ended_at"))]

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        user, granter = row.values.get("user_id"), row.values.get("granted_by_id")
        return grant_actions(
            row.id,
            user.id if user else 0,
            granter.id if granter else None,
            row.values.get("confirmed_at"),
            row.values.get("ended_at"),
        )

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return self.row_actions(row)

    @expose("/<address>/confirm", methods=("GET", "POST"))
    @requires(Permission.ROLE_CONFIRM)
    def confirm(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            NothingForm,
            lambda work, version, form: confirm_role(work, row.id),
            title=_("Confirm role: %(name)s", name=self.name_of(row)),
            submit=_("Confirm"),
            icon="approve",
            explanation=_(
                "From now on the person may do what the role allows. You are the second person for it."
            ),
        )

    @expose("/<address>/end", methods=("GET", "POST"))
    @requires(Permission.ROLE_CONFIRM)
    def end(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            PerhapsReasonForm,
            lambda work, version, form: end_role(work, row.id, form.reason.data or ""),
            title=_("End role: %(name)s", name=self.name_of(row)),
            submit=_("End role"),
            icon="close",
            tone="bad",
        )
