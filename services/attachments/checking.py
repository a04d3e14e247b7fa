"""Whether every file that the database names is there and unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Attachment, DocumentTemplate, IssuedDocument
from services.access.scope import unscoped
from services.attachments.store import FileStore, digest_of


@dataclass(frozen=True)
class Fault:
    """A stored file that is not what the database says: `what` is missing, changed or orphan."""

    sha256: str
    what: str


def named_hashes(session: Session) -> dict[str, int]:
    """Hash and size of every attachment, withdrawn ones included, every issued document and every template."""
    kept = (
        (Attachment.sha256, Attachment.size),
        (IssuedDocument.pdf_sha256, IssuedDocument.pdf_size),
        (IssuedDocument.word_sha256, IssuedDocument.word_size),
        (DocumentTemplate.sha256, DocumentTemplate.size),
    )
    found: dict[str, int] = {}
    with unscoped(session, "the store belongs to nobody in particular: every file counts"):
        for sha256, size in kept:
            found.update((row[0], row[1]) for row in session.execute(sa.select(sha256, size).distinct()))
    return found


def check_files(store: FileStore, named: dict[str, int]) -> Iterator[Fault]:
    """Reads every file once. Orphans are reported, not removed."""
    for sha256, size in sorted(named.items()):
        file = store.path(sha256)
        if not file.is_file():
            yield Fault(sha256, "missing")
        elif file.stat().st_size != size or digest_of(file) != sha256:
            yield Fault(sha256, "changed")
    for file in store.stored():
        if file.name not in named:
            yield Fault(file.name, "orphan")
