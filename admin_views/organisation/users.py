"""Accounts: list, page with roles and covers, one-time codes, roles, handing over and disabling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.form_context import DialogForm, MissingGate
from admin_views.guard import acting, requires
from admin_views.organisation.dialogs import HandOverForm, ReasonForm, RoleForm, offering
from admin_views.organisation.grants import grant_actions, grant_badge
from admin_views.page_parts import Action, Badge, Empty, Fact
from admin_views.record_dialog import step_dialog
from admin_views.sessions import now
from admin_views.values import moment_text
from extensions import db
from models import Department, LeaveCover, RoleGrant, User
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Reason
from services.identity.accounts import create_reset_code
from services.listing import ListRow
from services.organisation.duties import hand_over_duties, open_duties
from services.organisation.people import create_user, disable_user, edit_user, enable_user
from services.organisation.roles import grant_role
from services.unit_of_work import UnitOfWork

WRITE = Permission.USER_WRITE


class UsersView(GuardedModelView):
    """Accounts of the people who work here."""

    model = User
    permission = Permission.USER_READ
    create = WRITE
    edit = WRITE
    title = _l("Users")
    new_title = _l("New user")
    default_sort = "name"
    create_fields = ("login", "name", "department_id", "post", "phone", "email")
    edit_fields = ("name", "department_id", "post", "phone", "email")
    form_note = _l("A new account has no password: create a one-time code for it and hand it over.")
    standard_views = ((_l("Active"), "f.is_active=1"), (_l("Disabled"), "f.is_active=0"), (_l("All"), ""))
    empty = Empty(
        title=_l("Nobody here"),
        text=_l("Create an account for everybody who works with the desk."),
        icon="users",
    )

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> User:
        return create_user(work, values)

    def save_edit(self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None) -> Any:
        return edit_user(work, record.id, version or 0, values)

    def badges(self, row: ListRow) -> Sequence[Badge]:
        if not row.values.get("is_active"):
            return [Badge(text=_("Disabled"), tone="dark")]
        locked = row.values.get("locked_until")
        return [Badge(text=_("Locked"), tone="warn")] if locked and locked > now() else []

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actions = list(super().record_actions(row))
        active = row.values.get("is_active")
        steps: list[tuple[str, str, str]] = []
        if active and acting().may(Permission.ROLE_GRANT):
            steps.append(("grant", _("Grant role"), "shield"))
        if acting().may(WRITE):
            if active and row.id != acting().user_id:
                steps.append(("reset_code", _("One-time code"), "key"))
                steps.append(("hand_over", _("Hand over duties"), "transfer"))
                steps.append(("disable", _("Disable"), "lock"))
            if not active:
                steps.append(("enable", _("Enable"), "check"))
        return actions + [
            Action(
                label=label,
                url=url_for(f"{self.endpoint}.{name}", address=row.address),
                icon=icon,
                dialog=True,
            )
            for name, label, icon in steps
        ]

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        return (self._roles(row), self._covers(row))

    def _roles(self, row: ListRow) -> RecordTable:
        found = db.session().execute(
            sa.select(RoleGrant, Department.name.label("department"))
            .outerjoin(Department, Department.id == RoleGrant.department_id)
            .where(RoleGrant.user_id == row.id)
            .order_by(RoleGrant.ended_at.is_not(None), RoleGrant.id)
        )
        rows = []
        for one in found:
            grant = one.RoleGrant
            steps = grant_actions(
                grant.id, grant.user_id, grant.granted_by_id, grant.confirmed_at, grant.ended_at
            )
            rows.append(
                [
                    Fact(label="", value=grant.role.label),
                    Fact(label="", value=one.department or _("All departments")),
                    Fact(label="", badge=grant_badge(grant.confirmed_at, grant.ended_at)),
                    Fact(label="", value=" ", action=steps[0] if steps else None),
                ]
            )
        return RecordTable(
            title=_("Roles"),
            heads=[_("Role"), _("For department"), _("State"), ""],
            rows=rows,
            empty=Empty(title=_("No role yet."), text=_("Without a role the account sees nothing.")),
        )

    def _covers(self, row: ListRow) -> RecordTable:
        found = db.session().scalars(
            sa.select(LeaveCover)
            .where(sa.or_(LeaveCover.principal_id == row.id, LeaveCover.deputy_id == row.id))
            .where(LeaveCover.ended_at.is_(None), LeaveCover.ends_at > now())
            .order_by(LeaveCover.starts_at)
        )
        zone = self.reader.zone
        return RecordTable(
            title=_("Leave cover"),
            heads=[_("On leave"), _("Deputy"), _("From"), _("Until")],
            rows=[
                [
                    Fact(label="", value=one.principal.name),
                    Fact(label="", value=one.deputy.name),
                    Fact(label="", value=moment_text(one.starts_at, zone)),
                    Fact(label="", value=moment_text(one.ends_at, zone)),
                ]
                for one in found
            ],
            empty=Empty(title=_("None")),
        )

    @expose("/<address>/code", methods=("GET", "POST"))
    @requires(WRITE)
    def reset_code(self, address: str) -> ResponseReturnValue:
        """Ask, then show the code once; it is kept only as a digest."""
        row = self.row(address)
        code = login = ""
        if request.method == "POST":
            with UnitOfWork(db.session(), acting(), now()) as work:
                user, code = create_reset_code(work, address)
                login = user.login
        dialog = DialogForm(
            title=_("One-time code for %(name)s", name=row.name),
            url=request.path,
            submit=_("Create code"),
            icon="key",
            explanation=_(
                "With the code the person sets a password at the sign-in page within 24 hours. "
                "The present password and every session end at once. Nobody but the person learns the new password."
            ),
            back_url=self.record_url(address),
        )
        return self.render("desk/one_time_code.html", dialog=dialog, form=None, code=code, login=login)

    @expose("/<address>/grant", methods=("GET", "POST"))
    @requires(Permission.ROLE_GRANT)
    def grant(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            offering(RoleForm),
            lambda work, version, form: grant_role(work, row.id, form.role.data, form.department_id.data),
            title=_("Grant role"),
            submit=_("Grant"),
            icon="shield",
            explanation=_("The role counts once a second person has confirmed it."),
        )

    @expose("/<address>/hand-over", methods=("GET", "POST"))
    @requires(WRITE)
    def hand_over(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        duties = open_duties(db.session(), row.id, now())
        said = " ".join(str(duty.message) for duty in duties) or _("Nothing is in hand.")
        return step_dialog(
            self,
            row,
            offering(HandOverForm),
            lambda work, version, form: hand_over_duties(
                work, row.id, form.successor_id.data, form.reason.data or ""
            ),
            title=_("Hand over duties"),
            submit=_("Hand over"),
            icon="transfer",
            explanation=said,
        )

    @expose("/<address>/disable", methods=("GET", "POST"))
    @requires(WRITE)
    def disable(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        duties = open_duties(db.session(), row.id, now())
        if duties and request.method == "GET":
            return self._first_hand_over(row, [Reason(duty.kind, duty.message) for duty in duties])
        return step_dialog(
            self,
            row,
            ReasonForm,
            lambda work, version, form: disable_user(work, row.id, version or 0, form.reason.data),
            title=_("Disable account"),
            submit=_("Disable"),
            icon="lock",
            tone="bad",
            explanation=_(
                "The person can no longer sign in. The account stays; its login is never given again."
            ),
        )

    def _first_hand_over(self, row: ListRow, reasons: Sequence[Reason]) -> ResponseReturnValue:
        """What is still in hand, each with the way to the hand-over."""
        url = url_for(f"{self.endpoint}.hand_over", address=row.address)
        dialog = DialogForm(
            title=_("Disable account"),
            url=url,
            submit=_("Hand over duties"),
            icon="transfer",
            explanation=_("Before the account can be disabled, everything in hand goes to a successor."),
            missing=[MissingGate(text=reason.message) for reason in reasons],
            hidden=[],
            back_url=self.record_url(row.address),
            subjects=[row.name],
        )
        return self.render("desk/dialog_form.html", dialog=dialog, form=offering(HandOverForm)())

    @expose("/<address>/enable", methods=("GET", "POST"))
    @requires(WRITE)
    def enable(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            ReasonForm,
            lambda work, version, form: enable_user(work, row.id, version or 0, form.reason.data),
            title=_("Enable account"),
            submit=_("Enable"),
            icon="check",
            explanation=_(
                "The person needs a one-time code to sign in again. Roles that were not ended count again."
            ),
        )
