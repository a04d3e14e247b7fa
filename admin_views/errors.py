"""What a refused or failed request looks like: a page in words, or a short text when a script asks.

An unknown record and one that the actor may not see get the very same answer.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from admin_views.form_context import ErrorPage
from admin_views.page_parts import Action
from admin_views.sessions import is_fetch, request_id
from extensions import db
from services.errors import DeskError, Invalid, NotFound, NotPermitted, Refused, Stale

_log = logging.getLogger("desk.errors")
_STATUS: tuple[tuple[type[DeskError], int], ...] = (
    (NotFound, 404),
    (NotPermitted, 403),
    (Stale, 409),
    (Refused, 409),
)


def status_of(error: DeskError) -> int:
    """The HTTP status of a refusal."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 422)


def messages_of(error: DeskError) -> list[str]:
    """Everything the refusal says, one text a reason."""
    if isinstance(error, Refused):
        return [str(reason.message) for reason in error.reasons]
    if isinstance(error, Invalid):
        return [str(message) for message in error.fields.values()]
    return [str(error.message)]


def _titles() -> dict[int, tuple[str, str]]:
    return {
        400: (
            _("This request cannot be understood"),
            _("Go back, load the page again and repeat what you did."),
        ),
        403: (_("Your role does not allow this"), _("Ask the administrator or your leader if you need it.")),
        404: (_("There is no such page"), _("It does not exist, or it is not for you to see.")),
        405: (_("This page cannot be used like that"), _("Open it from the menu instead.")),
        409: (_("Not possible now"), ""),
        413: (_("That file is too large"), _("Choose a smaller one.")),
        422: (_("Some fields need correcting"), ""),
        429: (_("Too many attempts"), _("Wait a while and try again.")),
        500: (_("Something went wrong"), _("Nothing was saved. It has been logged under the id below.")),
    }


def answer(code: int, text: str = "", error_id: str = "") -> Response:
    """The error page, or a plain text for scripts."""
    title, standard = _titles().get(code) or _titles()[500 if code >= 500 else 400]
    if is_fetch():
        return Response(text or title, status=code, mimetype="text/plain")
    actions = [Action(label=_("To my work"), url=f"{request.script_root}/", icon="home")]
    page = ErrorPage(code=code, title=title, text=text or standard, error_id=error_id, actions=actions)
    return Response(render_template("desk/error.html", error=page), status=code)


def _desk_error(error: DeskError) -> ResponseReturnValue:
    db.session().rollback()
    code = status_of(error)
    return answer(code, "" if code in (403, 404) else " ".join(messages_of(error)))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.code >= 500:
        return _fault(error)
    return answer(error.code)


def _fault(error: Any) -> ResponseReturnValue:
    """500: the log has the id, the kind of error and where it came from; values stay out of it."""
    db.session().rollback()
    return answer(500, error_id=request_id())


def _log_exception(exc_info: Any) -> None:
    """Flask's own log line carries the message, and a database error's message carries personal data."""
    kind, _error, trace = exc_info if isinstance(exc_info, tuple) else sys.exc_info()
    where = " < ".join(
        f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}"
        for frame in reversed(traceback.extract_tb(trace)[-8:])
    )
    rule = request.url_rule.rule if request.url_rule else "?"
    _log.error(
        "error %s: %s at %s %s: %s",
        request_id(),
        getattr(kind, "__name__", kind),
        request.method,
        rule,
        where,
    )


def register(app: Flask) -> None:
    """Answer every refusal and failure in words."""
    app.register_error_handler(DeskError, _desk_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(500, _fault)
    app.log_exception = _log_exception  # type: ignore[method-assign]
