"""Fast layer of the matrix: the product's decision for every role × state × event, against the expectation."""

from __future__ import annotations

import pytest

from models.enums import EventKind, RoleName, State
from services.workflow import table
from tests.expectations import lifecycle
from tests.expectations.lifecycle import NONE, REFUSED, Targets

EXPECTED = lifecycle.load()

WRITTEN_BY_THE_DESK = {
    EventKind.CLOCK_WARNED,
    EventKind.CLOCK_BREACHED,
    EventKind.IMPORTED,
    EventKind.ATTACHED,
    EventKind.ATTACHMENT_WITHDRAWN,
    EventKind.INVESTIGATED,
    EventKind.MEASURE_RECORDED,
    EventKind.ACCIDENT_LINKED,
    EventKind.HOLD,
    EventKind.REVEALED,
    EventKind.HANDED_OVER,
    EventKind.DOCUMENT_ISSUED,
    EventKind.DOCUMENT_DELIVERED,
    EventKind.PROCEDURE_CHANGED,
}
"""Rows of history that are no transition and that nobody fires."""


def decide(event: str, state: str, role: str) -> Targets:
    """The product's answer as a set of states; empty when it refuses."""
    before = None if state == NONE else State(state)
    answer = table.allowed(EventKind(event), before, RoleName(role))
    if answer is None:
        return REFUSED
    return frozenset([answer.value] if isinstance(answer, State) else [each.value for each in answer])


def test_the_file_names_everything_the_product_knows() -> None:
    assert set(EXPECTED.states) == {state.value for state in State}
    assert set(EXPECTED.roles) == {role.value for role in RoleName}
    assert set(EXPECTED.events) == {event.value for event in EventKind if event not in WRITTEN_BY_THE_DESK}


@pytest.mark.parametrize("role", EXPECTED.roles)
def test_every_state_and_event(role: str) -> None:
    cells = {cell: to for cell, to in EXPECTED.cells.items() if cell[2] == role}
    assert len(cells) == len(EXPECTED.events) * (len(EXPECTED.states) + 1)
    found = lifecycle.differences(cells, decide)
    assert not found, lifecycle.report(found)


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_those_who_change_no_case_fire_nothing(role: str) -> None:
    """Read from the product alone, so that an error in the file does not hide it."""
    fired = [
        (event, state)
        for event in EXPECTED.events
        for state in (NONE, *EXPECTED.states)
        if decide(event, state, role)
    ]
    assert fired == []
