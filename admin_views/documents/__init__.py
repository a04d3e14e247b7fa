"""Letters and forms: issuing them on a record, handing them on, the organisation's templates, printable lists."""

from __future__ import annotations

from typing import Any

from admin_views.documents.issued import IssuedDocumentsView


def screens() -> list[Any]:
    return [IssuedDocumentsView(endpoint="documents", url="/documents")]
