"""The page after signing in: what waits for oneself, most urgent first."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin_views.complaints.wording import ICONS, STATE_TONES
from admin_views.form_context import Queue, QueueItem
from admin_views.guard import acting, requires
from admin_views.list_length import capped
from admin_views.page_parts import Action, Badge
from admin_views.values import due_words, time_of_request
from extensions import db
from models.enums import EventKind
from services.access.permissions import Permission
from services.procedures.read_by import version_to_read
from services.reports.worklist import COUNTED, Filled, Item, worklist

blueprint = Blueprint("worklist", __name__)

_NEXT_STEP = {
    "sign": EventKind.SIGN_FOR,
    "approve": EventKind.APPROVE,
    "instruct": EventKind.INSTRUCT,
    "accept": EventKind.ACCEPT,
    "dispatch": EventKind.TRANSFER,
    "work": EventKind.SUBMIT_OPINION,
    "reply": EventKind.REPLY,
    "close": EventKind.CLOSE,
    "archive": EventKind.ARCHIVE,
}


@blueprint.get("/")
@requires(Permission.SELF)
def index() -> ResponseReturnValue:
    session, actor, now = db.session(), acting(), datetime.now(UTC)
    time = time_of_request()
    queues = [_queue(filled, now, time.zone) for filled in worklist(session, actor, now, time)]
    actions = []
    if actor.may(Permission.COMPLAINT_REGISTER):
        actions.append(
            Action(label=_("Register complaint"), url=url_for("complaints.create_view"), icon="plus", key="n")
        )
    return render_template(
        "desk/worklist.html",
        queues=queues,
        page_actions=actions,
        to_read=version_to_read(session, actor.user_id),
    )


def _queue(filled: Filled, now: datetime, zone: ZoneInfo) -> Queue:
    spec = filled.spec
    return Queue(
        key=spec.key,
        title=spec.title,
        icon=spec.icon,
        count=filled.count,
        count_words=capped(filled.count, COUNTED),
        tone=spec.tone,
        items=[_item(spec.key, item, now, zone) for item in filled.items],
        all_url=f"{url_for('complaints.index_view')}?{urlencode(spec.query)}",
    )


def _item(queue: str, item: Item, now: datetime, zone: ZoneInfo) -> QueueItem:
    due = None
    if item.due_at is not None:
        due = due_words(
            item.due_at, now, zone, paused=item.paused_at is not None, lower_bound=item.due_is_lower_bound
        )
    actions = []
    step = _NEXT_STEP.get(queue)
    if step is not None:
        url = url_for(f"complaint_steps.one_{step.value}", public_id=item.public_id)
        actions.append(Action(label=step.label, url=url, icon=ICONS[step], dialog=True))
    return QueueItem(
        number=item.number,
        subject=item.summary,
        url=url_for("complaints.details_view", address=item.public_id),
        state=Badge(text=item.state.label, tone=STATE_TONES[item.state]),  # type: ignore[arg-type]
        due=due,
        actions=actions,
    )
