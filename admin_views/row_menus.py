"""One menu for all rows of a list: most rows offer the same steps, so that a page carries each of them once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from admin_views.list_context import ROW_PLACE, Row
from admin_views.page_parts import Action


def shared(rows: Sequence[Row]) -> tuple[list[Row], list[Action]]:
    """The rows with the numbers of their lines in the menu, and the menu.

    A row whose steps do not name it in their addresses keeps them to itself.
    """
    known: dict[Action, int] = {}
    made = []
    for row in rows:
        lines = [_for_any_row(action, row.id) for action in row.actions]
        if not lines or any(line is None for line in lines):
            made.append(row)
            continue
        numbers = [known.setdefault(line, len(known)) for line in lines if line is not None]
        made.append(replace(row, actions=(), menu=numbers))
    return made, list(known)


def _for_any_row(action: Action, address: str) -> Action | None:
    parts = action.url.split("/")
    if ROW_PLACE in parts:
        return action
    if parts.count(address) != 1 or action.fields or action.disabled_reason or action.confirm:
        return None
    url = "/".join(ROW_PLACE if part == address else part for part in parts)
    return replace(action, url=url, label=str(action.label), fields=())
