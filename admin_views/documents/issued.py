"""Issued documents: the list, the page of one, its files, and to whom it went."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as Maybe

from admin_views.attachments import store
from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.documents.answers import file_answer
from admin_views.documents.words import to_whom
from admin_views.fields import REQUIRED, MomentField, RelationField
from admin_views.guard import acting, desk_zone, requires
from admin_views.page_parts import Action, Badge, Empty, Fact
from admin_views.record_dialog import step_dialog
from admin_views.record_forms import offer_choices
from admin_views.values import moment_text
from extensions import db
from models import Department, DocumentDelivery, IssuedDocument, User
from models.enums import Channel, DeliveryKind
from models.labels import _l
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.deliver_document import deliver_document
from services.operations.read_document import read_document
from services.unit_of_work import UnitOfWork

log = logging.getLogger("desk.documents")


class DeliverForm(BaseForm):
    """To whom a document went."""

    kind = SelectField(
        _l("Handed to"),
        [InputRequired(REQUIRED)],
        choices=[("", _l("– choose –")), *((kind.value, kind.label) for kind in DeliveryKind)],
    )
    department_id = RelationField(
        _l("Department"), [Maybe()], target=Department, description=_l("When it goes to a department.")
    )
    user_id = RelationField(
        _l("Leader"), [Maybe()], target=User, description=_l("When it is submitted to leadership.")
    )
    recipient = StringField(
        _l("Authority"), [Maybe(), Length(max=200)], description=_l("When it goes to an authority.")
    )
    channel = SelectField(
        _l("Channel"),
        [Maybe()],
        choices=[("", _l("– none –")), *((channel.value, channel.label) for channel in Channel)],
        description=_l("When it leaves the organisation."),
    )
    sent_at = MomentField(_l("Handed over at"), [Maybe()], description=_l("Empty: now."))
    remark = StringField(_l("Remark"), [Maybe(), Length(max=300)])


class IssuedDocumentsView(GuardedModelView):
    """Issued documents: those of one's cases, and those handed to oneself or one's department."""

    model = IssuedDocument
    permission = Permission.COMPLAINT_READ
    title = _l("Documents")
    default_sort = "-issued_at"
    shows_history = False
    empty = Empty(
        title=_l("No document is issued yet"),
        text=_l("Letters and forms are issued on the page of a complaint or an accident."),
        icon="file",
    )

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actions = [
            Action(label=_("PDF file"), url=url_for(".pdf", address=row.address), icon="download"),
            Action(label=_("Word file"), url=url_for(".word", address=row.address), icon="download"),
        ]
        if acting().may(Permission.DOCUMENT_ISSUE):
            url = url_for(".deliver", address=row.address)
            actions.append(Action(label=_("Record handing on"), url=url, icon="transfer", dialog=True))
        return actions

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        query = (
            sa.select(DocumentDelivery)
            .where(DocumentDelivery.document_id == row.id)
            .options(
                joinedload(DocumentDelivery.department),
                joinedload(DocumentDelivery.user),
                joinedload(DocumentDelivery.recorded_by),
            )
            .order_by(DocumentDelivery.id)
        )
        rows = [
            [
                Fact(label="", value=each.kind.label, badge=Badge(text=each.kind.label, tone="info")),
                Fact(label="", value=to_whom(each)),
                Fact(label="", value=each.channel.label if each.channel else ""),
                Fact(label="", value=moment_text(each.sent_at, desk_zone())),
                Fact(label="", value=each.recorded_by.name if each.recorded_by else ""),
            ]
            for each in db.session().scalars(query)
        ]
        heads = [_("Handed to"), _("Who"), _("Channel"), _("Handed over at"), _("Recorded by")]
        empty = Empty(title=_("Not handed on yet"), icon="transfer")
        return (RecordTable(title=_("Handed on"), heads=heads, rows=rows, empty=empty), self._record(row))

    def _record(self, row: ListRow) -> RecordTable:
        document = db.session().get_one(IssuedDocument, row.id)
        case, endpoint = document.complaint, "complaints.details_view"
        found: Any = case
        if document.accident_id is not None:
            found, endpoint = document.accident, "accidents.details_view"
        rows = []
        if found is not None:
            href = url_for(endpoint, address=found.public_id)
            rows = [[Fact(label="", value=found.number, href=href)]]
        empty = Empty(title=_("You read the document, but not the case behind it."), icon="lock")
        return RecordTable(title=_("Record"), heads=[_("Number")], rows=rows, empty=empty)

    @expose("/<address>/pdf")
    @requires(Permission.COMPLAINT_READ)
    def pdf(self, address: str) -> ResponseReturnValue:
        return self._file(address, "pdf")

    @expose("/<address>/word")
    @requires(Permission.COMPLAINT_READ)
    def word(self, address: str) -> ResponseReturnValue:
        return self._file(address, "word")

    def _file(self, address: str, kind: str) -> ResponseReturnValue:
        with UnitOfWork(db.session(), acting()) as work:
            document = read_document(work, address, kind)
            place = store().path(document.pdf_sha256 if kind == "pdf" else document.word_sha256)
            name = f"{document.number} {document.name_zh}"
        if not place.is_file():
            log.error("document %s: its %s file is missing from the store", document.number, kind)
            abort(404)
        return file_answer(place.read_bytes(), name, kind)

    @expose("/<address>/deliver", methods=("GET", "POST"))
    @requires(Permission.DOCUMENT_ISSUE)
    def deliver(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            _OfferedForm,
            lambda work, version, form: deliver_document(
                work,
                address,
                kind=DeliveryKind(form.kind.data) if form.kind.data else None,
                department_id=form.department_id.data,
                user_id=form.user_id.data,
                recipient=form.recipient.data,
                channel=Channel(form.channel.data) if form.channel.data else None,
                sent_at=form.sent_at.data,
                remark=form.remark.data,
            ),
            title=_("Record handing on"),
            submit=_("Record"),
            icon="transfer",
            explanation=_("Whoever works here is told and can read the document from then on."),
        )


class _OfferedForm(DeliverForm):
    """The form with its departments and people filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, lambda key: url_for("document_forms.lookup", field=key))
