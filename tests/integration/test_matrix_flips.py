"""The matrix test can fail: 50 cells flipped on either side are each reported, and nothing else is."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator

import pytest

from models.enums import EventKind, RoleName, State
from services.access.permissions import for_event
from services.access.roles import ROLE_PERMISSIONS
from services.workflow.table import TRANSITIONS
from tests.expectations import lifecycle
from tests.expectations.lifecycle import NONE, REFUSED, Cell, Expectation, Targets
from tests.integration.test_lifecycle_decisions import decide

SEED = 20260213
FLIPS = 50


def flipped(expected: Expectation, cell: Cell, luck: random.Random) -> Targets:
    """Another answer for the cell: a permitted one refused or led elsewhere, a refused one permitted."""
    now = expected.cells[cell]
    if now and luck.random() < 0.5:
        return REFUSED
    return frozenset([luck.choice([state for state in expected.states if state not in now])])


def chosen(expected: Expectation) -> list[tuple[Cell, Targets]]:
    """Half of the cells from those permitted (they are few), half from those refused."""
    luck = random.Random(SEED)
    permitted = [cell for cell, to in expected.cells.items() if to]
    refused = [cell for cell, to in expected.cells.items() if not to]
    cells = luck.sample(permitted, FLIPS // 2) + luck.sample(refused, FLIPS - FLIPS // 2)
    return [(cell, flipped(expected, cell, luck)) for cell in cells]


EXPECTED = lifecycle.load()
CHOSEN = chosen(EXPECTED)


def test_nothing_differs_before_the_flips() -> None:
    found = lifecycle.differences(EXPECTED.cells, decide)
    assert not found, lifecycle.report(found)


def test_fifty_different_cells_are_flipped() -> None:
    print(f"seed {SEED}")
    for cell, to in CHOSEN:
        print(" × ".join(cell), "→", ", ".join(sorted(to)) or "refused")
    assert len({cell for cell, _ in CHOSEN}) == FLIPS
    assert all(EXPECTED.cells[cell] != to for cell, to in CHOSEN)


@pytest.mark.parametrize(("cell", "to"), CHOSEN, ids=lambda value: "-".join(sorted(value, key=str)))
def test_a_flip_in_the_expectation_is_reported(cell: Cell, to: Targets) -> None:
    found = lifecycle.differences({**EXPECTED.cells, cell: to}, decide)
    assert [each.cell for each in found] == [cell]


@pytest.mark.parametrize(("cell", "to"), CHOSEN, ids=lambda value: "-".join(sorted(value, key=str)))
def test_a_flip_in_the_product_is_reported(cell: Cell, to: Targets) -> None:
    def wrong(event: str, state: str, role: str) -> Targets:
        return to if (event, state, role) == cell else decide(event, state, role)

    found = lifecycle.differences(EXPECTED.cells, wrong)
    assert [each.cell for each in found] == [cell]


Edit = tuple[str, EventKind, str]
"""What a careless hand might change in the product: ("permission", event, role) or ("move", event, state)."""


def edits() -> Iterator[Edit]:
    """Fifty edits of the product's two tables, half in each."""
    luck = random.Random(SEED)
    events = [event for event in EventKind if event in TRANSITIONS]
    permissions = [(event, role) for event in events for role in RoleName]
    moves = [(event, state) for event in events for state in State]
    yield from (("permission", event, role.value) for event, role in luck.sample(permissions, FLIPS // 2))
    yield from (("move", event, state.value) for event, state in luck.sample(moves, FLIPS // 2))


@pytest.mark.parametrize("edit", list(edits()), ids="-".join)
def test_an_edit_of_the_tables_is_reported(edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly the cells of the edited event and role, or of the edited event and state, differ."""
    kind, event, name = edit
    transition = TRANSITIONS[event]
    if kind == "permission":
        role = RoleName(name)
        changed = ROLE_PERMISSIONS[role] ^ {for_event(event)}
        monkeypatch.setitem(ROLE_PERMISSIONS, role, changed)
        touched = {(event.value, state.value, name) for state in transition.moves}
    else:
        state = State(name)
        moves = {source: to for source, to in transition.moves.items() if source is not state}
        if state not in transition.moves:
            moves[state] = (State.ARCHIVED,)
        monkeypatch.setitem(TRANSITIONS, event, dataclasses.replace(transition, moves=moves))
        holders = [role for role, held in ROLE_PERMISSIONS.items() if for_event(event) in held]
        touched = {(event.value, name, role.value) for role in holders}
    found = lifecycle.differences(EXPECTED.cells, decide)
    assert {each.cell for each in found} == touched != set()


def test_the_state_before_registration_is_covered() -> None:
    assert any(state == NONE for _, state, _ in EXPECTED.cells)
