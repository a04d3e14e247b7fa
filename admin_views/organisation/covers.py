"""Leave covers: who stands in for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import GuardedModelView
from admin_views.guard import acting, requires
from admin_views.organisation.dialogs import NothingForm
from admin_views.page_parts import Action, Badge, Empty
from admin_views.record_dialog import step_dialog
from admin_views.sessions import now
from models import LeaveCover
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.organisation.covers import arrange_cover, end_cover
from services.unit_of_work import UnitOfWork


class CoversView(GuardedModelView):
    """Deputies and the times they act for somebody."""

    model = LeaveCover
    permission = Permission.USER_READ
    create = Permission.SELF
    title = _l("Leave cover")
    new_title = _l("Arrange leave cover")
    default_sort = "-starts_at"
    create_fields = ("principal_id", "deputy_id", "starts_at", "ends_at", "reason")
    form_note = _l(
        "The deputy may do what the person on leave may, shown as done for them. Confidential complaints and the "
        "administrator role are not taken over."
    )
    standard_views = ((_l("Now and later"), "f.current=1"), (_l("All"), ""))
    extra_fields = ("principal_id", "deputy_id", "starts_at", "ends_at", "ended_at")
    empty = Empty(
        title=_l("Nobody is on leave"),
        text=_l("Before a leave, name who acts in the meantime."),
        icon="person-add",
    )

    def defaults(self) -> Mapping[str, Any]:
        return {"principal_id": acting().user_id, "starts_at": now()}

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> LeaveCover:
        return arrange_cover(
            work,
            values["principal_id"],
            values["deputy_id"],
            values["starts_at"],
            values["ends_at"],
            values.get("reason") or "",
        )

    def name_of(self, row: ListRow) -> str:
        return f"{row.values.get('principal_id')} → {row.values.get('deputy_id')}"

    def badges(self, row: ListRow) -> Sequence[Badge]:
        values = row.values
        if values.get("ended_at") or values["ends_at"] <= now():
            return [Badge(text=_("Ended"), tone="dark")]
        if values["starts_at"] <= now():
            return [Badge(text=_("In force"), tone="good")]
        return [Badge(text=_("Later"), tone="info")]

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        values, actor = row.values, acting()
        concerned = {values["principal_id"].id, values["deputy_id"].id}
        if values.get("ended_at") or values["ends_at"] <= now():
            return ()
        if actor.user_id not in concerned and not actor.may(Permission.COVER_ARRANGE):
            return ()
        url = url_for(f"{self.endpoint}.end", address=row.address)
        return [Action(label=_("End cover"), url=url, icon="close", dialog=True)]

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return self.row_actions(row)

    @expose("/<address>/end", methods=("GET", "POST"))
    @requires(Permission.SELF)
    def end(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            NothingForm,
            lambda work, version, form: end_cover(work, row.id, version),
            title=_("End leave cover: %(name)s", name=self.name_of(row)),
            submit=_("End cover"),
            icon="close",
        )
