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
    menu = _Menu()
    made = []
    for row in rows:
        numbers = [menu.number(action, row.id) for action in row.actions]
        if not numbers or None in numbers:
            made.append(row)
            continue
        made.append(replace(row, actions=(), menu=[number for number in numbers if number is not None]))
    return made, list(menu.lines)


class _Menu:
    """The lines so far. Most screens hand the same actions to every row: those are known by themselves."""

    def __init__(self) -> None:
        self.lines: dict[Action, int] = {}
        self._seen: dict[int, tuple[Action, int]] = {}

    def number(self, action: Action, address: str) -> int | None:
        """Which line this step of the row is; None for one that does not fit every row."""
        seen = self._seen.get(id(action))
        if seen is not None:
            return seen[1]
        line = _for_any_row(action, address)
        if line is None:
            return None
        number = self.lines.setdefault(line, len(self.lines))
        self._seen[id(action)] = (action, number)  # kept, so that nothing else gets its id
        return number


def _for_any_row(action: Action, address: str) -> Action | None:
    parts = action.url.split("/")
    if ROW_PLACE in parts:
        return action
    if parts.count(address) != 1 or action.fields or action.disabled_reason or action.confirm:
        return None
    url = "/".join(ROW_PLACE if part == address else part for part in parts)
    return replace(action, url=url, label=str(action.label), fields=())
