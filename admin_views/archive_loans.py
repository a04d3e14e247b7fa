"""The register of retrieval: who looked into which archived file, and whether it came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from admin_views.base import GuardedModelView
from admin_views.fields import REQUIRED
from admin_views.guard import acting, requires
from admin_views.page_parts import Action, Empty
from admin_views.record_dialog import step_dialog
from admin_views.values import text_of
from models import ArchiveLoan
from models.archive_enums import LoanKind
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.lend_file import take_back_file


class BackForm(BaseForm):
    note = StringField(
        _l("State on return"),
        [InputRequired(REQUIRED), Length(max=300)],
        description=_l("Complete and undamaged, or what is missing."),
        render_kw={"wide": True, "autofocus": True},
    )


class LoansView(GuardedModelView):
    """The register of retrieval over all files."""

    model = ArchiveLoan
    permission = Permission.ARCHIVE_READ
    title = _l("Register of retrieval")
    default_sort = "-taken_at"
    extra_fields = ("kind", "returned_at")
    standard_views = (
        (_l("All"), ""),
        (_l("Paper files lent"), "f.kind=paper&f.returned_at=none"),
    )
    empty = Empty(
        title=_l("Nobody has looked into a file yet"),
        text=_l(
            "Whoever opens an archived case that is not their own says what for; paper files are lent here."
        ),
        icon="eye",
    )

    def name_of(self, row: ListRow) -> str:
        return f"{row.values['reader_name']} · {text_of(row.values['taken_at'], self.reader.zone)}"

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return self.row_actions(row)

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        out = row.values["kind"] is LoanKind.PAPER and row.values["returned_at"] is None
        if not out or not acting().may(Permission.COMPLAINT_ARCHIVE):
            return ()
        url = url_for(f"{self.endpoint}.take_back", address=row.address)
        return (Action(label=_("Take back"), url=url, icon="check", dialog=True),)

    @expose("/<address>/back", methods=("GET", "POST"))
    @requires(Permission.COMPLAINT_ARCHIVE)
    def take_back(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            BackForm,
            lambda work, version, form: take_back_file(work, row.id, note=form.note.data),
            title=_("Take the file back"),
            submit=_("Take back"),
            icon="check",
        )


def screens() -> list[Any]:
    return [LoansView(endpoint="archive_loans", url="/archive-loans")]
