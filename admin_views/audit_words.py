"""The audit trail in words: what was done, and values as they were kept."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from admin_views.guard import desk_zone
from admin_views.locale import locale
from admin_views.values import text_of
from extensions import db
from models.enums import EventKind
from models.fields import FieldSpec, relation_target
from models.labels import _l
from services.listing.lookup import by_id

_VERBS = {
    "create": _l("Entered"),
    "edit": _l("Changed"),
    "open": _l("Opened"),
    "finish": _l("Finished"),
    "verify": _l("Verified"),
    "drop": _l("Dropped"),
    "close": _l("Closed"),
    "view": _l("Looked at"),
    "read": _l("Looked at"),
    "reveal": _l("Personal data revealed"),
    "report": _l("Reported"),
    "export": _l("Exported"),
    "import": _l("Imported"),
    "download": _l("Downloaded"),
    "sign_in": _l("Signed in"),
    "sign_out": _l("Signed out"),
}


def action_label(action: str) -> str:
    """An action of the trail ("complaint.transfer", "measures.edit") in words."""
    _subject, _dot, verb = action.rpartition(".")
    if action.startswith("complaint.") and verb in EventKind._value2member_map_:
        return str(EventKind(verb).label)
    return str(_VERBS.get(verb, action))


def kept_text(model: type[Any], spec: FieldSpec, value: Any) -> str:
    """A value of the trail (plain JSON) as people read it."""
    if value is None or value == "***":
        return _("hidden") if value else ""
    try:
        if spec.kind == "relation":
            found = by_id(db.session(), relation_target(model, spec), int(value), locale=locale())
            return found.label if found else _("hidden")
        if spec.kind == "choice" and spec.choices is not None:
            return text_of(spec.choices(value), desk_zone())
        if spec.kind == "moment":
            return text_of(datetime.fromisoformat(value), desk_zone())
        if spec.kind == "date":
            return text_of(date.fromisoformat(value), desk_zone())
        if spec.kind == "number":
            return text_of(Decimal(value), desk_zone())
    except (ValueError, TypeError, InvalidOperation):
        return str(value)
    return text_of(value, desk_zone())
