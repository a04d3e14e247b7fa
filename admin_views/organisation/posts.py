"""Who holds the posts of the procedure in this organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.guard import acting, requires
from admin_views.organisation.dialogs import NothingForm
from admin_views.page_parts import Action, Badge, Empty
from admin_views.record_dialog import step_dialog
from models import PostBinding
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.organisation.posts import bind_post, end_binding
from services.unit_of_work import UnitOfWork


class PostsView(GuardedModelView):
    """Bindings of posts; a post without one is held by the roles that the procedure names."""

    model = PostBinding
    permission = Permission.USER_READ
    create = Permission.ORGANISATION_WRITE
    title = _l("Posts of the procedure")
    new_title = _l("Bind a post")
    default_sort = "-created_at"
    create_fields = ("post", "department_id", "user_id")
    form_note = _l(
        "Choose a department or a person. From then on the post is theirs alone: a role without a binding no longer"
        " holds it. A binding grants no role."
    )
    extra_fields = ("ended_at",)
    empty = Empty(
        title=_l("No post is bound"),
        text=_l("Each post is held by the role that the procedure names for it."),
        icon="shield",
    )

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> PostBinding:
        return bind_post(work, values["post"], values.get("department_id"), values.get("user_id"))

    def name_of(self, row: ListRow) -> str:
        post = row.values.get("post")
        holder = row.values.get("department_id") or row.values.get("user_id") or ""
        return f"{post.label if post else ''} · {holder}"

    def badges(self, row: ListRow) -> Sequence[Badge]:
        if row.values.get("ended_at") is not None:
            return [Badge(text=_("Ended"), tone="dark")]
        return [Badge(text=_("In force"), tone="good")]

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        return ()

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        if row.values.get("ended_at") is not None or not acting().may(Permission.ORGANISATION_WRITE):
            return ()
        url = url_for(f"{self.endpoint}.end", address=row.address)
        return [Action(label=_("End binding"), url=url, icon="close", dialog=True)]

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return self.row_actions(row)

    @expose("/<address>/end", methods=("GET", "POST"))
    @requires(Permission.ORGANISATION_WRITE)
    def end(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            NothingForm,
            lambda work, version, form: end_binding(work, row.id),
            title=_("End binding"),
            icon="close",
            explanation=_(
                "When it is the last one of its post, the role that the procedure names holds it again."
            ),
        )
