"""Registers of destruction: files whose retention has ended, appraised by one person and signed for by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import selectinload
from wtforms import BooleanField, DateField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin_views.attachments import store
from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.complaints.step_fields import CheckboxListField
from admin_views.fields import REQUIRED
from admin_views.form_context import RecordPage
from admin_views.guard import acting, requires
from admin_views.page_parts import Action, Empty, Fact
from admin_views.record_dialog import step_dialog
from admin_views.sessions import now
from admin_views.values import moment_text, text_of
from extensions import db
from models import ArchiveRecord, Complaint, Destruction, DestructionItem
from models.archive_enums import DestructionStatus
from models.labels import _l
from services.access.permissions import Permission
from services.archives.retention import ended_files, today_of
from services.listing import ListRow
from services.operations.extend_retention import LONGEST_REASON
from services.operations.propose_destruction import propose_destruction
from services.operations.sign_destruction import decline_destruction, sign_destruction
from services.unit_of_work import UnitOfWork


class FilesField(CheckboxListField):
    """The files in scope whose retention has ended and that stand on no register, when the form is made."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, coerce=int, **kwargs)
        self.type = CheckboxListField.__name__  # templates know a field by its kind
        day = today_of(db.session(), now())
        self.choices = [
            (
                record.id,
                _(
                    "%(number)s · archived %(archived)s · kept until %(day)s",
                    number=record.file_number,
                    archived=record.archived_at.date().isoformat(),
                    day=text_of(record.review_on, None),
                ),
            )
            for record in ended_files(db.session(), day)
        ]


class SignForm(BaseForm):
    remark = TextAreaField(_l("Remark on the decision"), [Optional()], render_kw={"rows": 2, "wide": True})
    understood = BooleanField(
        _l("I have looked at the register, and I know that the content can't be brought back."),
        [InputRequired(_l("Confirm this first."))],
    )


class DeclineForm(BaseForm):
    reason = TextAreaField(
        _l("Reason"), [InputRequired(REQUIRED)], render_kw={"rows": 3, "wide": True, "autofocus": True}
    )


class RetentionForm(BaseForm):
    until_on = DateField(_l("Kept until"), [Optional()], description=_l("Left empty when kept for ever."))
    for_ever = BooleanField(_l("Kept for ever"))
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(REQUIRED), Length(max=LONGEST_REASON)],
        render_kw={"rows": 3, "wide": True},
    )


class DestructionsView(GuardedModelView):
    """Registers of destruction."""

    model = Destruction
    permission = Permission.ARCHIVE_READ
    create = Permission.DESTRUCTION_PROPOSE
    title = _l("Destruction of files")
    new_title = new_submit = _l("Propose destruction")
    default_sort = "-proposed_at"
    extra_fields = ("status", "proposed_by_id")
    form_note = _l(
        "Appraise the files whose retention has ended. A second person signs; then their content is destroyed for good."
        " What is worth keeping is kept longer from its archive record."
    )
    form_sections = ((_l("Appraisal of the files"), ("files", "opinion")),)
    standard_views = (
        (_l("All"), ""),
        (_l("Awaiting the second signature"), "f.status=proposed"),
        (_l("Content destroyed"), "f.status=carried_out"),
    )
    empty = Empty(
        title=_l("No file has been put forward for destruction"),
        text=_l("Files whose retention has ended are listed under Archive records, Retention ended."),
        icon="archive",
    )

    def scaffold_form(self) -> type[Any]:
        form = super().scaffold_form()
        form.files = FilesField(
            _l("Files whose retention has ended"),
            [InputRequired(_l("Choose the files."))],
            render_kw={"wide": True},
        )
        form.opinion = TextAreaField(
            _l("Opinion of the appraisal"), [InputRequired(REQUIRED)], render_kw={"rows": 4, "wide": True}
        )
        return form

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Destruction:
        return propose_destruction(work, values["files"] or (), opinion=values["opinion"])

    def name_of(self, row: ListRow) -> str:
        return str(row.values["number"])

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actor = acting()
        if row.values["status"] is not DestructionStatus.PROPOSED or not actor.may(
            Permission.DESTRUCTION_SIGN
        ):
            return ()
        proposer = db.session().scalar(sa.select(Destruction.proposed_by_id).where(Destruction.id == row.id))
        if proposer in actor.people:
            reason = _("Whoever proposed the destruction can't give the second signature.")
            return (Action(label=_("Sign and destroy"), icon="sign", disabled_reason=reason),)
        return (
            Action(
                label=_("Sign and destroy"), url=self._to("sign", row), icon="sign", tone="bad", dialog=True
            ),
            Action(label=_("Don't destroy"), url=self._to("decline", row), icon="close", dialog=True),
        )

    def _to(self, name: str, row: ListRow) -> str:
        return url_for(f"{self.endpoint}.{name}", address=row.address)

    def page(self, row: ListRow) -> RecordPage:
        page = super().page(row)
        if row.values["status"] is not DestructionStatus.PROPOSED:
            return page
        text = _("Nothing is destroyed before a second person of another post has signed.")
        return replace(page, notices=(("info", text),))

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        items = db.session().scalars(
            sa.select(DestructionItem)
            .where(DestructionItem.destruction_id == row.id)
            .order_by(DestructionItem.id)
            .options(selectinload(DestructionItem.record), selectinload(DestructionItem.complaint))
        )
        carried_out = row.values["status"] is DestructionStatus.CARRIED_OUT
        heads = [
            _("File number"),
            _("Complaint"),
            _("Category"),
            _("Archived at"),
            _("Kept until"),
            _("Digest"),
        ]
        return (
            RecordTable(
                key="files",
                title=_("Files on the register"),
                heads=[*heads, _("Destroyed")] if carried_out else heads,
                rows=[self._line(item, carried_out) for item in items],
            ),
        )

    def _line(self, item: DestructionItem, carried_out: bool) -> list[Fact]:
        record: ArchiveRecord = item.record
        complaint: Complaint = item.complaint
        file_url = url_for("archive.details_view", address=record.public_id)
        case_url = url_for("complaints.details_view", address=complaint.public_id)
        line = [
            Fact(label="", value=item.file_number, href=file_url),
            Fact(label="", value=complaint.number, href=case_url),
            Fact(label="", value=str(complaint.category.label)),
            Fact(label="", value=text_of(record.archived_at, self.reader.zone)),
            Fact(label="", value=text_of(item.retention_ended_on, None)),
            Fact(label="", value=f"{item.seal_digest[:16]}…", code=True),
        ]
        if carried_out:
            line.append(
                Fact(
                    label="",
                    value=_(
                        "%(rows)s rows, %(files)s files, words of %(entries)s lines of the trail",
                        rows=item.row_count,
                        files=item.file_count,
                        entries=item.entry_count,
                    ),
                )
            )
        return line

    @expose("/<address>/sign", methods=("GET", "POST"))
    @requires(Permission.DESTRUCTION_SIGN)
    def sign(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        number = db.session().scalar(
            sa.select(sa.func.count(DestructionItem.id)).where(DestructionItem.destruction_id == row.id)
        )
        return step_dialog(
            self,
            row,
            SignForm,
            lambda work, version, form: sign_destruction(
                work, store(), row.id, version, remark=form.remark.data
            ),
            title=_("Second signature: destroy the content"),
            submit=_("Sign and destroy"),
            tone="bad",
            icon="sign",
            explanation=ngettext(
                "Texts, personal data and stored files of %(num)d complaint are destroyed for good. Number, dates, "
                "category, grade, result, department and the digest of the seal stay.",
                "Texts, personal data and stored files of %(num)d complaints are destroyed for good. Number, dates, "
                "category, grade, result, department and the digest of the seal stay.",
                number or 0,
            ),
            said=_("Signed. The content is destroyed; the stubs stay."),
        )

    @expose("/<address>/decline", methods=("GET", "POST"))
    @requires(Permission.DESTRUCTION_SIGN)
    def decline(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            DeclineForm,
            lambda work, version, form: decline_destruction(work, row.id, version, reason=form.reason.data),
            title=_("Decline the destruction"),
            submit=_("Don't destroy"),
            icon="close",
        )


def destroyed_note(at: datetime, zone: Any) -> str:
    """What the page of a stub says."""
    return _(
        "The content of this file was destroyed on %(at)s at the end of its retention. What you see is the stub.",
        at=moment_text(at, zone),
    )


def screens() -> list[Any]:
    return [DestructionsView(endpoint="destructions", url="/destructions")]
