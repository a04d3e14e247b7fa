"""What documents are called on the screens."""

from __future__ import annotations

from typing import Any

from admin_views.locale import locale
from models import IssuedDocument
from models.labels import LazyString, _l
from services.documents.layout import language_of
from services.procedures.sections.documents import Audience

AUDIENCES: dict[Audience, LazyString] = {
    Audience.COMPLAINANT: _l("for the complainant"),
    Audience.AUTHORITY: _l("for an authority"),
    Audience.DEPARTMENT: _l("for a department"),
    Audience.LEADERSHIP: _l("for leadership"),
    Audience.FILE: _l("for the file"),
}
LANGUAGES = {"zh": _l("Chinese"), "en": _l("English")}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def name_of(document: IssuedDocument) -> str:
    """The document's name in the reader's language."""
    return document.name_zh if language() == "zh" else document.name_en


def language() -> str:
    """The language that a document is offered in first: the reader's."""
    return language_of(locale())


def to_whom(delivery: Any) -> str:
    """Whom a document went to, in words."""
    place = delivery.department.name if delivery.department else delivery.user.name if delivery.user else None
    return str(place or delivery.recipient or delivery.kind.label)
