"""The archive: what was filed of each ended complaint, its seal, and who looked into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from admin_views.archive_words import difference_in_words, occasion_in_words
from admin_views.attachments import store
from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.destruction import RetentionForm, destroyed_note
from admin_views.errors import messages_of
from admin_views.fields import REQUIRED, RelationField, stripped
from admin_views.form_context import RecordPage
from admin_views.guard import acting, requires
from admin_views.page_parts import Action, Badge, Empty, Fact
from admin_views.record_dialog import step_dialog
from admin_views.sessions import now
from admin_views.values import actor_text, badge_of, text_of
from extensions import db
from models import (
    ArchiveLoan,
    ArchiveRecord,
    ArchiveSeal,
    Destruction,
    DestructionItem,
    RetentionExtension,
    User,
)
from models.archive_enums import LoanKind
from models.labels import _l
from services.access.permissions import Permission
from services.actor import SYSTEM
from services.archives.retention import today_of
from services.errors import Refused
from services.listing import ListRow
from services.operations.extend_retention import extend_retention
from services.operations.lend_file import LONGEST_PURPOSE, lend_file
from services.operations.verify_archive import seal_unsealed, verify_archive
from services.unit_of_work import UnitOfWork

_LENT = (LoanKind.PAPER, LoanKind.COPY)
SHOWN = 20
"""Lines of the register on a record's page; the register has them all."""


class LendForm(BaseForm):
    kind = SelectField(
        _l("Manner"),
        [InputRequired(REQUIRED)],
        choices=[SelectChoice(one.value, one.label) for one in _LENT],
    )
    reader_id = RelationField(
        _l("Member of staff"), [Optional()], target=User, description=_l("Left empty: somebody from outside.")
    )
    reader_name = StringField(
        _l("Name of somebody from outside"), [Optional(), Length(max=120)], filters=[stripped]
    )
    unit = StringField(_l("Department or organisation"), [Optional(), Length(max=200)], filters=[stripped])
    due_on = DateField(_l("Back by"), [Optional()], description=_l("For the paper file."))
    purpose = TextAreaField(
        _l("Purpose"),
        [InputRequired(REQUIRED), Length(max=LONGEST_PURPOSE)],
        render_kw={"rows": 2, "wide": True},
    )


class ArchiveView(GuardedModelView):
    """Archive records. They come from the step "archive"; here they are read, checked and lent."""

    model = ArchiveRecord
    permission = Permission.ARCHIVE_READ
    title = _l("Archive records")
    default_sort = "-archived_at"

    @property
    def standard_views(self) -> Sequence[tuple[Any, str]]:  # type: ignore[override]
        today = today_of(db.session(), now()).isoformat()
        return (
            (_l("All"), ""),
            (_l("Retention ended"), f"f.review_on_to={today}&f.destroyed_at=none&f.ended_at=none"),
            (_l("Differs from its seal"), "f.verdict=differs"),
        )

    empty = Empty(
        title=_l("Nothing is archived yet"),
        text=_l("A closed complaint is archived from its page; its file then stands here."),
        icon="archive",
    )

    def badges(self, row: ListRow) -> Sequence[Badge]:
        if row.values["ended_at"] is not None:
            return (Badge(text=_("Taken out again"), tone="warn", icon="refresh"),)
        if row.values["destroyed_at"] is not None:
            return (Badge(text=_("Content destroyed"), tone="dark", icon="close"),)
        if verdict := badge_of(row.values["verdict"]):
            return (verdict,)
        if row.values["sealed_rows"] is None:
            return (Badge(text=_("Not sealed"), tone="warn", icon="lock"),)
        return (Badge(text=_("Sealed, not checked since"), tone="plain", icon="lock"),)

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        is_over = row.values["ended_at"] is not None or row.values["destroyed_at"] is not None
        if not acting().may(Permission.COMPLAINT_ARCHIVE) or is_over:
            return ()
        if row.values["sealed_rows"] is None:
            return (self._post("seal", row, _("Seal the file"), "lock"),)
        return (
            self._post("verify", row, _("Check the seal"), "shield"),
            Action(label=_("Lend or copy"), url=self._url("lend", row.address), icon="reply", dialog=True),
            *self._keep_longer(row),
        )

    def _keep_longer(self, row: ListRow) -> Sequence[Action]:
        if row.values["review_on"] is None or not acting().may(Permission.DESTRUCTION_PROPOSE):
            return ()
        url = self._url("retention", row.address)
        return (Action(label=_("Keep longer"), url=url, icon="timer", dialog=True),)

    def page(self, row: ListRow) -> RecordPage:
        page = super().page(row)
        if row.values["destroyed_at"] is not None:
            text = destroyed_note(row.values["destroyed_at"], self.reader.zone)
            return replace(page, notices=(("warn", text),))
        if row.values["review_on"] is None and row.values["ended_at"] is None:
            return replace(page, notices=(("info", _("This file is kept for ever.")),))
        return page

    def _post(self, name: str, row: ListRow, label: str, icon: str) -> Action:
        return Action(label=label, url=self._url(name, row.address), icon=icon, method="post")

    def _url(self, name: str, address: str) -> str:
        return url_for(f"{self.endpoint}.{name}", address=address)

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        return (self._seals(row), self._loans(row), *self._retention(row))

    def _retention(self, row: ListRow) -> Sequence[RecordTable]:
        """Why it is kept longer, and on which registers of destruction it stood."""
        zone = self.reader.zone
        lines = [
            [
                Fact(label="", value=text_of(one.decided_at, zone)),
                Fact(label="", value=_("Keep longer")),
                Fact(label="", value=one.decided_by.name if one.decided_by else ""),
                Fact(label="", value=text_of(one.until_on, zone) or _("Kept for ever")),
                Fact(label="", value=one.reason),
            ]
            for one in db.session().scalars(
                sa.select(RetentionExtension)
                .where(RetentionExtension.archive_record_id == row.id)
                .options(sa.orm.selectinload(RetentionExtension.decided_by))
                .order_by(RetentionExtension.id)
            )
        ]
        registers = sa.select(DestructionItem.destruction_id).where(
            DestructionItem.archive_record_id == row.id
        )
        lines += [
            [
                Fact(label="", value=text_of(one.decided_at or one.proposed_at, zone)),
                Fact(label="", value=str(one.status.label)),
                Fact(
                    label="",
                    value=" / ".join(person.name for person in (one.proposed_by, one.decided_by) if person),
                ),
                Fact(
                    label="",
                    value=one.number,
                    href=url_for("destructions.details_view", address=one.public_id),
                ),
                Fact(label="", value=one.decision_reason or one.opinion),
            ]
            for one in db.session().scalars(
                sa.select(Destruction).where(Destruction.id.in_(registers)).order_by(Destruction.id)
            )
        ]
        if not lines:
            return ()
        heads = [_("At"), _("Decision"), _("By"), _("Until or register"), _("Reason")]
        return (RecordTable(key="retention", title=_("Retention and destruction"), heads=heads, rows=lines),)

    def _seals(self, row: ListRow) -> RecordTable:
        seals = db.session().scalars(
            sa.select(ArchiveSeal)
            .where(ArchiveSeal.archive_record_id == row.id)
            .order_by(ArchiveSeal.id.desc())
            .options(sa.orm.selectinload(ArchiveSeal.sealed_by))
        )
        return RecordTable(
            key="seals",
            title=_("Seals"),
            heads=[_("Sealed at"), _("Occasion"), _("By"), _("Rows"), _("Files"), _("Digest"), _("Ended at")],
            rows=[
                [
                    Fact(label="", value=text_of(seal.sealed_at, self.reader.zone)),
                    Fact(label="", value=occasion_in_words(seal)),
                    Fact(label="", value=seal.sealed_by.name if seal.sealed_by else actor_text(SYSTEM.name)),
                    Fact(label="", value=seal.row_count),
                    Fact(label="", value=seal.file_count),
                    Fact(label="", value=f"{seal.algorithm} {seal.digest[:16]}…", code=True),
                    Fact(label="", value=text_of(seal.ended_at, self.reader.zone)),
                ]
                for seal in seals
            ],
            empty=Empty(
                title=_("No seal yet"),
                text=_("The file was archived before seals could be compared."),
                icon="lock",
            ),
        )

    def _loans(self, row: ListRow) -> RecordTable:
        loans = db.session().scalars(
            sa.select(ArchiveLoan)
            .where(ArchiveLoan.archive_record_id == row.id)
            .order_by(ArchiveLoan.id.desc())
            .limit(SHOWN)
        )
        keeps = acting().may(Permission.COMPLAINT_ARCHIVE)
        return RecordTable(
            key="loans",
            title=_("Register of retrieval"),
            heads=[
                _("Read or lent at"),
                _("Who"),
                _("Department or organisation"),
                _("Manner"),
                _("Purpose"),
                _("Back by"),
                _("Back at"),
            ],
            rows=[self._loan(loan, keeps) for loan in loans],
            empty=Empty(title=_("Nobody has looked into this file yet"), icon="eye"),
        )

    def _loan(self, loan: ArchiveLoan, keeps: bool) -> list[Fact]:
        zone = self.reader.zone
        action = None
        if keeps and loan.kind is LoanKind.PAPER and loan.returned_at is None:
            url = url_for("archive_loans.take_back", address=loan.public_id)
            action = Action(label=_("Take back"), url=url, icon="check", dialog=True)
        back = text_of(loan.returned_at, zone)
        return [
            Fact(label="", value=text_of(loan.taken_at, zone)),
            Fact(label="", value=loan.reader_name),
            Fact(label="", value=loan.unit or ""),
            Fact(label="", value=str(loan.kind.label)),
            Fact(label="", value=loan.purpose),
            Fact(label="", value=text_of(loan.due_on, zone)),
            Fact(label="", value=f"{back} · {loan.return_note}" if loan.return_note else back, action=action),
        ]

    @expose("/<address>/verify", methods=("POST",))
    @requires(Permission.COMPLAINT_ARCHIVE)
    def verify(self, address: str) -> ResponseReturnValue:
        """Computes the digest again and says what differs."""
        row = self.row(address)
        try:
            with UnitOfWork(db.session(), acting()) as work:
                check = verify_archive(work, store(), row.id)
                counted = check.seal.row_count, check.seal.file_count
        except Refused as refused:
            for message in messages_of(refused):
                flash(message, "warning")
            return redirect(self.record_url(address), 303)
        if check.differences:
            flash(
                ngettext(
                    "The file is not what was sealed: %(num)d part differs.",
                    "The file is not what was sealed: %(num)d parts differ.",
                    len(check.differences),
                ),
                "error",
            )
            for one in check.differences:
                flash(difference_in_words(one), "error")
        else:
            flash(
                _("The file is intact: %(rows)s rows and %(files)s files are as they were sealed.",
                  rows=counted[0], files=counted[1]),
                "success",
            )  # fmt: skip
        return redirect(self.record_url(address), 303)

    @expose("/<address>/seal", methods=("POST",))
    @requires(Permission.COMPLAINT_ARCHIVE)
    def seal(self, address: str) -> ResponseReturnValue:
        """Seals a file that was archived before seals could be compared."""
        row = self.row(address)
        try:
            with UnitOfWork(db.session(), acting()) as work:
                seal_unsealed(work, row.id)
            flash(_("The file is sealed."), "success")
        except Refused as refused:
            for message in messages_of(refused):
                flash(message, "warning")
        return redirect(self.record_url(address), 303)

    @expose("/<address>/lend", methods=("GET", "POST"))
    @requires(Permission.COMPLAINT_ARCHIVE)
    def lend(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            LendForm,
            lambda work, version, form: lend_file(
                work,
                row.id,
                kind=LoanKind(form.kind.data),
                reader_id=form.reader_id.data,
                reader_name=form.reader_name.data,
                unit=form.unit.data,
                purpose=form.purpose.data,
                due_on=form.due_on.data,
            ),
            title=_("Lend or copy the file"),
            submit=_("Enter in the register"),
            icon="reply",
            lookup_url=lambda key: url_for("archive_loans.lookup", field=key),
        )

    @expose("/<address>/retention", methods=("GET", "POST"))
    @requires(Permission.DESTRUCTION_PROPOSE)
    def retention(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            RetentionForm,
            lambda work, version, form: extend_retention(
                work,
                row.id,
                until_on=form.until_on.data,
                for_ever=form.for_ever.data,
                reason=form.reason.data,
            ),
            title=_("Keep the file longer"),
            submit=_("Keep longer"),
            icon="timer",
        )


def screens() -> list[Any]:
    return [ArchiveView(endpoint="archive", url="/archive")]
