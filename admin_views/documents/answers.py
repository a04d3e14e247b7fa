"""Files made by the desk, as answers."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

from admin_views.documents.words import PDF, WORD


def file_answer(content: bytes, name: str, kind: str, *, inline: bool = False) -> Response:
    """A PDF or Word file; a PDF may be shown by the browser itself."""
    answer = send_file(
        BytesIO(content),
        mimetype=PDF if kind == "pdf" else WORD,
        as_attachment=not inline,
        download_name=f"{name}.{'pdf' if kind == 'pdf' else 'docx'}",
        etag=False,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
