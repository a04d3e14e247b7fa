"""When a procedure has goods stopped, as a table of its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from models.labels import LazyString, _l
from services.procedures.parts import Text
from services.procedures.schema import Procedure

AFTER: dict[str, LazyString] = {"accepted": _l("acceptance"), "approved": _l("approval")}
STOPPED: dict[str, LazyString] = {
    "sale": _l("Sale"),
    "dispatch": _l("Dispatch"),
    "use": _l("Use"),
    "production": _l("Production"),
}


def hold_table(
    procedure: Procedure, words: Callable[[Text | None], str]
) -> tuple[str, list[str], list[tuple[list[str], Any]]]:
    """Title, heads and a row for each rule: after which step, for what, what stands still, who is told."""
    kinds = {kind.code: words(kind.names) for kind in procedure.categories}
    rows = []
    for rule in procedure.holds:
        told = [str(duty.label) for duty in rule.tells]
        if rule.purchaser_stops:
            told.append(_("Purchaser"))
        cells = [
            words(rule.names),
            str(AFTER[rule.after]),
            " · ".join(kinds[code] for code in rule.categories),
            " · ".join(str(STOPPED[what]) for what in rule.stops),
            " · ".join(told),
        ]
        rows.append((cells, rule))
    heads = [_("Order"), _("After"), _("Category"), _("Stopped"), _("Told")]
    return _("When goods are stopped"), heads, rows
