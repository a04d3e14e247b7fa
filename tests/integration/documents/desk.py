"""Issuing in tests as a person at the desk does, and reading what came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from docx import Document
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from models import Complaint, DocumentDelivery, IssuedDocument
from models.enums import Channel, DeliveryKind, EventKind, RoleName
from services.access.scope import unscoped
from services.attachments.store import FileStore
from services.operations.deliver_document import deliver_document
from services.operations.issue_document import issue_document
from services.unit_of_work import UnitOfWork
from tests.factories import (
    NOW,
    House,
    actor_of,
    create_complaint,
    create_house,
    fire,
    reread,
    take,
    valid_form,
)
from tests.factories.remedies import settle_demands

R, E = RoleName, EventKind


def squeezed(text: str) -> str:
    """Without blanks and line ends: a PDF breaks lines where the box ends."""
    return "".join(text.split())


@dataclass
class DocumentDesk:
    """A house with its procedure, and the folder of files."""

    session: Session
    app: Flask
    house: House

    @property
    def store(self) -> FileStore:
        return FileStore(self.app.extensions["settings"])

    def issue(
        self,
        form: str,
        complaint: Complaint | None = None,
        *,
        by: RoleName = R.HANDLER,
        accident: str | None = None,
        now: datetime = NOW,
        language: str = "zh",
        **typed: str,
    ) -> IssuedDocument:
        with UnitOfWork(self.session, actor_of(self.session, self.house[by], now), now) as work:
            document = issue_document(
                work,
                self.store,
                form,
                complaint=complaint.public_id if complaint is not None else None,
                accident=accident,
                typed=typed,
                language=language,
            )
        return self.read(document.public_id)

    def deliver(
        self, document: IssuedDocument, kind: DeliveryKind, *, by: RoleName = R.HANDLER, **how: Any
    ) -> DocumentDelivery:
        now = how.pop("now", NOW)
        if kind in (DeliveryKind.COMPLAINANT, DeliveryKind.AUTHORITY):
            how.setdefault("channel", Channel.LETTER)
        with UnitOfWork(self.session, actor_of(self.session, self.house[by], now), now) as work:
            return deliver_document(work, document.public_id, kind=kind, **how)

    def read(self, public_id: str) -> IssuedDocument:
        with unscoped(self.session, "a test looks at the result"):
            query = sa.select(IssuedDocument).where(IssuedDocument.public_id == public_id)
            return self.session.scalars(query.execution_options(populate_existing=True)).one()

    def pdf(self, document: IssuedDocument) -> str:
        """The words of the kept PDF."""
        return pdf_text(self.store.path(document.pdf_sha256).read_bytes())

    def word(self, document: IssuedDocument) -> str:
        return word_text(self.store.path(document.word_sha256).read_bytes())

    def says(self, document: IssuedDocument, *values: str) -> None:
        """Each value stands in both files."""
        pdf, word = self.pdf(document), self.word(document)
        for value in values:
            assert squeezed(value) in pdf, f"{value} is not in the PDF"
            assert squeezed(value) in word, f"{value} is not in the Word file"

    def complaint(self, state: str, **typed: Any) -> Complaint:
        return create_complaint(self.session, self.house, state, **typed)

    def take(self, complaint: Complaint, event: EventKind, role: RoleName, **form: Any) -> Complaint:
        return take(self.session, self.house, complaint, event, role, **form)


def desk_for(session: Session, app: Flask, procedure: str) -> DocumentDesk:
    house = create_house(session, procedure)
    session.commit()
    return DocumentDesk(session, app, house)


def pdf_text(content: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))


def word_text(content: bytes) -> str:
    body = Document(BytesIO(content)).element.body
    return squeezed("".join(node.text or "" for node in body.iter() if node.tag.endswith("}t")))


def raw(desk: Any, complaint: Any, event: EventKind, role: RoleName, **changed: Any) -> Any:
    """A step as it is typed, without the documents that a factory would put there; measures demanded are taken."""
    settle_demands(desk.session, desk.house, reread(desk.session, complaint.public_id), event, NOW)
    form = valid_form(event, desk.house) | changed
    return fire(desk.session, desk.house[role], event, complaint, **form)
