"""The expectation file of the lifecycle as cells, and the comparison with what decides in the product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("lifecycle.yaml")
NONE = "none"

Cell = tuple[str, str, str]
"""(event, state, role)"""

Targets = frozenset[str]
"""The states an event may lead to; empty: refused."""

REFUSED: Targets = frozenset()

BY_POST: Targets = frozenset({"refused by a post"})
"""Allowed by role and state, refused by the procedure under which the matrix is tried."""


@dataclass(frozen=True)
class Expectation:
    """The file as read: every cell has an answer, also those not listed."""

    roles: tuple[str, ...]
    states: tuple[str, ...]
    events: tuple[str, ...]
    cells: Mapping[Cell, Targets]
    paused_states: tuple[str, ...]
    paused_refused: tuple[str, ...]
    paused_working: tuple[str, ...]
    by_post: frozenset[tuple[str, str]]
    """(event, role): the post is somebody else's under the procedure of the matrix."""
    never_the_handler: frozenset[Cell]

    def tried(self, event: str, state: str, role: str) -> Targets:
        """What trying it under the procedure of the matrix comes to."""
        found = self.cell(event, state, role)
        narrowed = (event, role) in self.by_post or (event, state, role) in self.never_the_handler
        return BY_POST if found and narrowed else found

    def cell(self, event: str, state: str, role: str) -> Targets:
        return self.cells[event, state, role]


@dataclass(frozen=True)
class Difference:
    """One cell in which the product and the expectation disagree."""

    cell: Cell
    expected: Targets
    actual: Targets

    def __str__(self) -> str:
        event, state, role = self.cell
        return f"{role} × {state} × {event}: expected {_words(self.expected)}, got {_words(self.actual)}"


def load(path: Path = FILE) -> Expectation:
    """Read and check the file; raises ValueError on a name that it does not declare itself."""
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    roles, states = tuple(raw["roles"]), tuple(raw["states"])
    listed: dict[Cell, Targets] = {}
    for event, rule in raw["events"].items():
        for state, to in rule["from"].items():
            targets = frozenset([to] if isinstance(to, str) else to)
            unknown = (targets | {state}) - set(states) - {NONE}
            unknown |= set(rule["who"]) - set(roles)
            if unknown:
                raise ValueError(f"{event}: {sorted(unknown)} not declared in {path.name}")
            for role in rule["who"]:
                listed[event, state, role] = targets
    events = tuple(raw["events"])
    cells = {cell: listed.get(cell, REFUSED) for cell in _all_cells(events, states, roles)}
    paused = raw["paused"]
    return Expectation(
        roles,
        states,
        events,
        cells,
        tuple(paused["states"]),
        tuple(paused["refused"]),
        tuple(paused["working"]),
        frozenset((event, role) for event, refused in raw["posts"].items() for role in refused),
        frozenset(
            (event, state, role)
            for event, where in raw["never_the_handler"].items()
            for state, refused in where.items()
            for role in refused
        ),
    )


def differences(
    expected: Mapping[Cell, Targets], decide: Callable[[str, str, str], Targets]
) -> list[Difference]:
    """Compare every expected cell with `decide(event, state, role)`; the list of those that differ."""
    found = []
    for cell, targets in expected.items():
        actual = decide(*cell)
        if actual != targets:
            found.append(Difference(cell, targets, actual))
    return found


def report(found: list[Difference], limit: int = 60) -> str:
    """The differences as lines for a test's message."""
    lines = [f"{len(found)} cells differ"] + [f"  {each}" for each in found[:limit]]
    if len(found) > limit:
        lines.append(f"  … and {len(found) - limit} more")
    return "\n".join(lines)


def _all_cells(events: tuple[str, ...], states: tuple[str, ...], roles: tuple[str, ...]) -> Iterator[Cell]:
    for event in events:
        for state in (NONE, *states):
            for role in roles:
                yield event, state, role


def _words(targets: Targets) -> str:
    return " or ".join(sorted(targets)) if targets else "refused"
