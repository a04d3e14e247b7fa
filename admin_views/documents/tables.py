"""The documents of a record, on its page."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload, selectinload

from admin_views.case_context import RecordTable
from admin_views.documents.words import name_of, to_whom
from admin_views.guard import desk_zone
from admin_views.locale import enumerated
from admin_views.page_parts import Action, Empty, Fact
from admin_views.values import moment_text
from models import DocumentDelivery, IssuedDocument
from services.access.permissions import Permission
from services.actor import Actor


def issue_action(about: str, address: str) -> Action:
    """The way to the forms of a record."""
    url = url_for(f"document_forms.of_{about}", public_id=address)
    return Action(label=_("Issue a document"), url=url, icon="file")


def document_tables(
    session: Session, actor: Actor, of_record: sa.ColumnElement[bool], about: str, address: str
) -> list[RecordTable]:
    """What was issued on a record, newest last: with both files, and to whom it went."""
    query = (
        sa.select(IssuedDocument)
        .where(of_record)
        .options(
            joinedload(IssuedDocument.issued_by),
            selectinload(IssuedDocument.deliveries).options(
                joinedload(DocumentDelivery.department), joinedload(DocumentDelivery.user)
            ),
        )
        .order_by(IssuedDocument.id)
    )
    rows = [_row(each) for each in session.scalars(query)]
    may_issue = actor.may(Permission.DOCUMENT_ISSUE)
    if not rows and not may_issue:
        return []
    heads = [_("Letter or form"), _("Document number"), _("Issued at"), _("Issued by"), _("Handed on"), ""]
    return [
        RecordTable(
            key="documents",
            title=_("Documents"),
            heads=heads,
            rows=rows,
            actions=[issue_action(about, address)] if may_issue else (),
            empty=Empty(title=_("No document is issued yet"), icon="file"),
        )
    ]


def _row(document: IssuedDocument) -> list[Fact]:
    page = url_for("documents.details_view", address=document.public_id)
    handed = enumerated(dict.fromkeys(to_whom(each) for each in document.deliveries))
    return [
        Fact(label="", value=name_of(document), href=page),
        Fact(label="", value=document.number),
        Fact(label="", value=moment_text(document.issued_at, desk_zone())),
        Fact(label="", value=document.issued_by.name if document.issued_by else ""),
        Fact(label="", value=handed),
        Fact(label="", value="PDF", href=url_for("documents.pdf", address=document.public_id)),
    ]
