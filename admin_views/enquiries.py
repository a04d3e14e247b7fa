"""Queries, feedback, suggestions, letters and visits: recorded by anybody, answered by the post the procedure names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired

from admin_views.base import GuardedModelView
from admin_views.fields import REQUIRED
from admin_views.guard import acting, requires
from admin_views.locale import locale
from admin_views.page_parts import Action, Empty
from admin_views.quality.common import asked_complaint
from admin_views.record_dialog import step_dialog
from admin_views.sessions import now
from extensions import db
from models import Enquiry
from models.labels import _l
from models.reception_enums import EnquiryStatus
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.answer_enquiry import answer_enquiry
from services.operations.record_enquiry import record_enquiry
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.sections.enquiries import EnquiryKind
from services.unit_of_work import UnitOfWork
from services.workflow.enquiries import kind_of, may_answer


def kinds_in_force() -> tuple[EnquiryKind, ...]:
    """The kinds of record that the organisation's procedure knows."""
    version = current_version(db.session())
    return parsed(version).enquiries if version else ()


class KindField(SelectField):
    """The kinds of the procedure in force, when the form is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kinds = [(kind.code, kind.names.in_language(locale())) for kind in kinds_in_force()]
        super().__init__(*args, choices=[("", _l("– choose –")), *kinds], **kwargs)


class AnswerForm(BaseForm):
    answer = TextAreaField(
        _l("Answer"), [InputRequired(REQUIRED)], render_kw={"rows": 6, "wide": True, "autofocus": True}
    )


class EnquiriesView(GuardedModelView):
    """No complaints, yet each gets its answer."""

    model = Enquiry
    permission = Permission.ENQUIRY_READ
    create = Permission.ENQUIRY_WRITE
    title = _l("Queries and suggestions")
    new_title = _l("Record query or suggestion")
    default_sort = "-received_at"
    extra_fields = ("status", "kind")
    create_fields = (
        "complaint_id",
        "title",
        "content",
        "channel",
        "received_at",
        "sender",
        "sender_contact",
        "product",
        "batch",
        "department_id",
    )
    form_sections = (
        (_l("What it is"), ("kind_code", "complaint_id", "title", "content", "channel", "received_at")),
        (_l("From whom, to whom"), ("sender", "sender_contact", "department_id")),
        (_l("Product concerned"), ("product", "batch")),
    )
    standard_views = (
        (_l("All"), ""),
        (_l("To be answered"), "f.status=open"),
        (_l("Answered"), "f.status=answered"),
    )
    form_note = _l("Whoever has to answer it is told at once.")
    empty = Empty(
        title=_l("Nothing is recorded"),
        text=_l(
            "Quality queries, feedback, suggestions, letters and visits stand here, each with its answer."
        ),
        icon="help",
    )

    def scaffold_form(self) -> type[Any]:
        form = super().scaffold_form()
        form.kind_code = KindField(_l("Kind"), [InputRequired(REQUIRED)])
        return form

    def defaults(self) -> Mapping[str, Any]:
        """Asked from the page of a case: about this case, of the kind that is for that."""
        complaint_id = asked_complaint()
        kinds = [kind for kind in kinds_in_force() if kind.of_complaint or complaint_id is None]
        channel = kinds[0].channels[0] if len(kinds) == 1 else None
        return {
            "received_at": now(),
            "kind_code": kinds[0].code if len(kinds) == 1 else "",
            "complaint_id": complaint_id,
            "channel": channel,
        }

    def list_actions(self) -> Sequence[Action]:
        return super().list_actions() if kinds_in_force() else ()

    def name_of(self, row: ListRow) -> str:
        return f"{row.values['number']} · {row.values['title']}"

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Enquiry:
        return record_enquiry(work, values.pop("kind_code"), values)

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        if row.values["status"] is not EnquiryStatus.OPEN or not acting().may(Permission.ENQUIRY_ANSWER):
            return ()
        return [
            Action(
                label=_("Answer"),
                url=self.get_url(f"{self.endpoint}.answer", address=row.address),
                icon="reply",
                dialog=True,
            )
        ]

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        enquiry = self.get_one(row.address)
        version = current_version(db.session())
        kind = kind_of(parsed(version), enquiry.kind) if version else None
        return self.row_actions(row) if may_answer(db.session(), acting(), kind, enquiry) else ()

    @expose("/<address>/answer", methods=("GET", "POST"))
    @requires(Permission.ENQUIRY_ANSWER)
    def answer(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            AnswerForm,
            lambda work, version, form: answer_enquiry(work, row.id, version, answer=form.answer.data),
            title=_("Answer: %(name)s", name=self.name_of(row)),
            submit=_("Answer"),
            icon="reply",
        )


def screens() -> list[Any]:
    return [EnquiriesView(endpoint="enquiries", url="/enquiries")]
