"""The archive: what was filed of each ended complaint, its seal, and who looked into it."""

from __future__ import annotations

from collections.abc import Sequence
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
from admin_views.errors import messages_of
from admin_views.fields import REQUIRED, RelationField, stripped
from admin_views.guard import acting, requires
from admin_views.page_parts import Action, Badge, Empty, Fact
from admin_views.record_dialog import step_dialog
from admin_views.values import actor_text, badge_of, text_of
from extensions import db
from models import ArchiveLoan, ArchiveRecord, ArchiveSeal, User
from models.archive_enums import LoanKind
from models.labels import _l
from services.access.permissions import Permission
from services.actor import SYSTEM
from services.errors import Refused
from services.listing import ListRow
from services.operations.lend_file import LONGEST_PURPOSE, lend_file, take_back_file
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


class BackForm(BaseForm):
    note = StringField(
        _l("State on return"),
        [InputRequired(REQUIRED), Length(max=300)],
        description=_l("Complete and undamaged, or what is missing."),
        render_kw={"wide": True, "autofocus": True},
    )


class ArchiveView(GuardedModelView):
    """Archive records. They come from the step "archive"; here they are read, checked and lent."""

    model = ArchiveRecord
    permission = Permission.ARCHIVE_READ
    title = _l("Archive records")
    default_sort = "-archived_at"
    standard_views = ((_l("All"), ""), (_l("Differs from its seal"), "f.verdict=differs"))
    empty = Empty(
        title=_l("Nothing is archived yet"),
        text=_l("A closed complaint is archived from its page; its file then stands here."),
        icon="archive",
    )

    def badges(self, row: ListRow) -> Sequence[Badge]:
        if row.values["ended_at"] is not None:
            return (Badge(text=_("Taken out again"), tone="warn", icon="refresh"),)
        verdict = badge_of(row.values["verdict"])
        return (verdict,) if verdict else ()

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        if not acting().may(Permission.COMPLAINT_ARCHIVE) or row.values["ended_at"] is not None:
            return ()
        if row.values["sealed_rows"] is None:
            return (self._post("seal", row, _("Seal the file"), "lock"),)
        return (
            self._post("verify", row, _("Check the seal"), "shield"),
            Action(label=_("Lend or copy"), url=self._url("lend", row.address), icon="reply", dialog=True),
        )

    def _post(self, name: str, row: ListRow, label: str, icon: str) -> Action:
        return Action(label=label, url=self._url(name, row.address), icon=icon, method="post")

    def _url(self, name: str, address: str) -> str:
        return url_for(f"{self.endpoint}.{name}", address=address)

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        return (self._seals(row), self._loans(row))

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
                    Fact(label="", value=f"{seal.algorithm} {seal.digest[:16]}…"),
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
    return [
        ArchiveView(endpoint="archive", url="/archive"),
        LoansView(endpoint="archive_loans", url="/archive-loans"),
    ]
