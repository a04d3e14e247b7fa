"""One's inbox: what happened that one should know, ticked off by hand.

Row ids count up over everybody's notices, so addresses and forms carry them sealed.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from admin_views.guard import acting, desk_zone, requires
from admin_views.page_parts import Action, Text
from admin_views.sessions import is_fetch, now
from admin_views.values import moment_text
from extensions import db
from models import Notice
from services.access.permissions import Permission
from services.errors import NotFound
from services.notifications import inbox
from services.notifications.messages import sentence, topic_of
from services.sealing import seal, unseal
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("notices", __name__, url_prefix="/notices")

_RECORDS = {
    "accident_address": "accidents.details_view",
    "hold_address": "holds.details_view",
    "document_address": "documents.details_view",
}
"""Keys of a payload that name the record a notice is about, and its page."""


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """A notice as templates/desk/notices.html shows it."""

    text: Text
    icon: str
    tone: str
    at: str
    at_iso: str
    unread: bool
    number: str = ""
    subject: str = ""
    url: str = ""
    key: str = ""


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/")
@requires(Permission.SELF)
def page() -> ResponseReturnValue:
    """The newest notices first; older ones behind a link."""
    before = request.args.get("before")
    found = inbox.notices(db.session(), _unsealed(before) if before else None, inbox.PAGE + 1)
    shown = found[: inbox.PAGE]
    older = url_for("notices.page", before=seal(shown[-1].id)) if len(found) > len(shown) else ""
    actions = []
    if any(notice.read_at is None for notice in shown):
        url = url_for("notices.read_all")
        up_to = (("up_to", seal(shown[0].id)),)
        actions.append(
            Action(label=_("Mark all as read"), url=url, icon="check", method="post", fields=up_to)
        )
    return render_template(
        "desk/notices.html",
        notices=[_line(notice) for notice in shown],
        older_url=older,
        page_actions=actions,
    )


@blueprint.post("/read")
@requires(Permission.SELF)
def read() -> ResponseReturnValue:
    """Tick off one notice."""
    try:
        with UnitOfWork(db.session(), acting(), now()) as work:
            inbox.mark_read(work, _unsealed(request.form.get("notice", "")))
    except NotFound:
        abort(404)
    return _done()


@blueprint.post("/read-all")
@requires(Permission.SELF)
def read_all() -> ResponseReturnValue:
    """Everything up to the notice that stood first on the page; what came in since stays unread."""
    up_to = _unsealed(request.form.get("up_to", ""))
    with UnitOfWork(db.session(), acting(), now()) as work:
        inbox.mark_all_read(work, up_to)
    return _done()


def _unsealed(text: str) -> int:
    try:
        return int(unseal(text))
    except (ValueError, TypeError):
        abort(400)


def _done() -> ResponseReturnValue:
    return Response(status=204) if is_fetch() else redirect(url_for("notices.page"), 303)


def _line(notice: Notice) -> NoticeLine:
    topic = topic_of(notice.topic)
    case = notice.complaint
    return NoticeLine(
        text=sentence(notice.topic, notice.payload, str(get_locale())),
        icon=topic.icon,
        tone=topic.tone,
        at=moment_text(notice.created_at, desk_zone()),
        at_iso=notice.created_at.isoformat(),
        unread=notice.read_at is None,
        number=case.number if case else "",
        subject=case.summary if case else "",
        url=_url(notice),
        key=seal(notice.id) if notice.read_at is None else "",
    )


def _url(notice: Notice) -> str:
    """Where a notice leads: the record it names, else its complaint."""
    for key, endpoint in _RECORDS.items():
        if address := notice.payload.get(key):
            return url_for(endpoint, address=address)
    if address := notice.payload.get("import"):
        return url_for("ledger.import_page", batch=address)
    if notice.topic == "export.done":
        return url_for("jobs.index")
    case = notice.complaint
    return url_for("complaints.details_view", address=case.public_id) if case else ""
