"""Hand out an issued document, and record who read it."""

from __future__ import annotations

import sqlalchemy as sa

from models import IssuedDocument
from services import audit
from services.errors import NotFound
from services.unit_of_work import UnitOfWork


def read_document(work: UnitOfWork, public_id: str, kind: str) -> IssuedDocument:
    """The document with this public id; `kind` is "pdf" or "word". NotFound for an unknown or a foreign one."""
    document = work.session.scalars(
        sa.select(IssuedDocument).where(IssuedDocument.public_id == public_id)
    ).first()
    if document is None:
        raise NotFound
    complaint = document.accident.complaint if document.accident else document.complaint
    work.record(
        audit.Draft(
            "document.download",
            "issued_document",
            document.id,
            document.number,
            complaint,
            after={"file": kind},
        )
    )
    return document
