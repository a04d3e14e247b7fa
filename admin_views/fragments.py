"""Answers to dialogs: pages asked for with the header `X-Desk-Fragment` (see static/desk/dialog.js)."""

from __future__ import annotations

from datetime import datetime

from flask import Response, redirect, request
from flask_wtf.csrf import generate_csrf

FRAGMENT = "X-Desk-Fragment"


def is_fragment() -> bool:
    """Whether a dialog asks; templates then extend desk/fragment.html by themselves."""
    return FRAGMENT in request.headers


def done(url: str) -> Response:
    """A step succeeded: a dialog is told where to go (204; flashes wait for that page), a page is redirected."""
    if not is_fragment():
        return redirect(url, code=303)  # type: ignore[return-value]
    answer = Response(status=204)
    answer.headers["X-Desk-Location"] = url
    return answer


def signed_in(url: str, session_ends: datetime | None = None) -> Response:
    """As `done`, after sign-in: the waiting page also gets the token and end of the new session."""
    answer = done(url)
    if is_fragment():
        answer.headers["X-Desk-Csrf"] = generate_csrf()
        if session_ends:
            answer.headers["X-Desk-Session-Ends"] = session_ends.isoformat()
    return answer


def sign_in_needed() -> Response:
    """The answer to a dialog whose session ended: 401; the page opens the sign-in form and repeats."""
    return Response(status=401)
