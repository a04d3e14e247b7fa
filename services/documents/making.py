"""Making a document: the record laid out, as PDF and as Word."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import DocumentTemplate
from services.attachments.store import FileStore
from services.documents.layout import as_data, lay_out
from services.documents.pdf import render_pdf
from services.documents.reading import Subject
from services.documents.values import RecordValues
from services.documents.word import default_template, render_word, template_context
from services.procedures.sections.documents import DocumentForm


@dataclass(frozen=True)
class Made:
    """Both files, the digest of what was merged into them, and which template the Word file came from."""

    pdf: bytes
    word: bytes
    content_hash: str
    template: str


def make(
    store: FileStore,
    subject: Subject,
    form: DocumentForm,
    language: str,
    typed: Mapping[str, str] | None = None,
) -> Made:
    """PDF and Word of one form. The PDF follows the procedure, Word the organisation's own template if it has one."""
    values = RecordValues(subject, form, language, typed or {})
    own = own_template(subject.session, form.code, language)
    text = store.path(own.sha256).read_bytes() if own else default_template(form, language, subject.own)
    said = f"own:{own.sha256[:16]}" if own else f"{subject.procedure.code}/{subject.procedure.version}"
    pieces = list(lay_out(form, language, values, subject.own))
    content = json.dumps(as_data(pieces), ensure_ascii=False, sort_keys=True)
    return Made(
        pdf=_pdf(values, form),
        word=render_word(text, template_context(form, values, subject.own)),
        content_hash=hashlib.sha256(content.encode()).hexdigest(),
        template=said,
    )


def preview(subject: Subject, form: DocumentForm, language: str, typed: Mapping[str, str]) -> bytes:
    """The PDF as it would be issued; nothing is kept."""
    return _pdf(RecordValues(subject, form, language, typed), form)


def _pdf(values: RecordValues, form: DocumentForm) -> bytes:
    return render_pdf(
        lay_out(form, values.language, values, values.subject.own),
        title=form.names.in_language(values.language),
        language=values.language,
        footer=values.subject.number,
        landscape=form.landscape,
    )


def own_template(session: Session, form: str, language: str) -> DocumentTemplate | None:
    """The organisation's own template in force for a form."""
    query = sa.select(DocumentTemplate).where(
        DocumentTemplate.form == form,
        DocumentTemplate.language == language,
        DocumentTemplate.ended_at.is_(None),
    )
    return session.scalars(query).first()
