"""The picture and the page of the lifecycle say what the table says, in both languages."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from commands.lifecycle import PAGE, PICTURE, page
from models.enums import EventKind, State
from services.workflow import diagram
from services.workflow.table import TRANSITIONS
from services.workflow.words import CHINESE, NEEDS, SOURCE, said_in

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def picture() -> ElementTree.Element:
    return ElementTree.fromstring(diagram.svg(on_its_own=False))


def test_every_change_of_state_is_one_arrow(picture: ElementTree.Element) -> None:
    drawn = [
        (e.attrib["data-event"], e.attrib["data-from"], e.attrib["data-to"])
        for e in picture.iter(f"{SVG}path")
        if "data-event" in e.attrib
    ]
    in_table = {
        (event.value, source.value, target.value)
        for event, row in TRANSITIONS.items()
        for source in row.sources
        for target in row.targets(source)
        if source is not target
    }
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == in_table


def test_every_state_bears_both_names(picture: ElementTree.Element) -> None:
    boxes = {g.attrib["data-state"]: [t.text for t in g.iter(f"{SVG}text")] for g in picture.iter(f"{SVG}g")}
    assert boxes == {
        state.value: [said_in(CHINESE, state.label), said_in(SOURCE, state.label)] for state in State
    }
    assert all(chinese != english for chinese, english in boxes.values())


def test_every_arrow_has_its_word(picture: ElementTree.Element) -> None:
    labelled = {e.attrib["data-label"] for e in picture.iter(f"{SVG}text") if "data-label" in e.attrib}
    assert labelled == {move.event.value for move in diagram.moves()}


def test_no_two_lines_lie_on_each_other_at_a_box() -> None:
    ports = diagram.Drawing().ports
    places = [(state, edge, height) for (state, edge, _lane), height in ports.items()]
    assert len(places) == len(set(places))


def test_the_policy_of_the_pages_takes_it() -> None:
    drawn = diagram.svg(on_its_own=False)
    assert not re.search(r"style=|<style|<script|\son\w+=|javascript:|href=\"http", drawn)


def test_every_gate_is_in_words() -> None:
    assert {gate.__name__ for row in TRANSITIONS.values() for gate in row.gates} == set(NEEDS)


def test_the_table_in_words_is_complete() -> None:
    for locale in (SOURCE, CHINESE):
        rows = diagram.rows(locale)
        assert len(rows) == len(TRANSITIONS) + 1
        assert rows[0][0] == said_in(locale, EventKind.REGISTER.label)
        assert all(all(row) for row in rows)


def test_the_documentation_is_up_to_date() -> None:
    """Otherwise: flask desk lifecycle --write"""
    assert PAGE.read_text(encoding="utf-8") == page()
    assert PICTURE.read_text(encoding="utf-8") == diagram.svg(on_its_own=True)
