"""What the parts of a procedure say against each other is told with line, place and remedy."""

from __future__ import annotations

import pytest

from services.procedures.checking import parse, parse_published
from services.procedures.registry import PACKS_FOLDER, InvalidProcedure

TEXT = (PACKS_FOLDER / "hospital-complaint-office.yaml").read_text(encoding="utf-8")


def faults(text: str) -> list[str]:
    with pytest.raises(InvalidProcedure) as invalid:
        parse(text)
    return [str(fault) for fault in invalid.value.faults]


def of_another_regulation(clauses: str) -> str:
    """The hospital's text under a regulation that the desk does not know."""
    text = TEXT.replace("R01", "X01").replace("code: hospital-complaint-office", "code: other")
    return text + clauses


@pytest.mark.parametrize(
    ("old", "new", "place", "remedy"),
    [
        ("    clause: R01-12", "    clause: R01-99", "clocks[0].clause", "the text of R01-99 is not known"),
        (
            "until_satisfied: false",
            "until_satisfied: true\n  exit_with_leader_approval: false",
            "follow_up.until_satisfied",
            "write required: true or until_satisfied: false",
        ),
    ],
)
def test_a_rule_that_cannot_hold_names_its_place_and_remedy(
    old: str, new: str, place: str, remedy: str
) -> None:
    text = TEXT.replace(old, new, 1)
    if "until" in old:
        text = text.replace("follow_up:\n  required: true", "follow_up:\n  required: false")
    told = faults(text)
    assert any(place in one and remedy in one for one in told), told


def test_a_written_reply_needs_a_reply() -> None:
    text = TEXT.replace("reply:\n  required: true", "reply:\n  required: false", 1)
    assert any("reply.written_required" in one and "write required: true" in one for one in faults(text))


def test_a_clock_that_starts_at_a_switched_off_step_is_refused() -> None:
    text = TEXT.replace("approval:\n  required: true", "approval:\n  required: false", 1)
    text = text.replace("start_event: accepted", "start_event: approved", 1)
    assert any("clocks[0].start_event" in one and "never happens" in one for one in faults(text))


def test_an_unknown_regulation_brings_its_clauses_along() -> None:
    told = faults(of_another_regulation(""))
    cited = sorted({one.split("the text of ")[1].split(" ")[0] for one in told if "the text of " in one})
    assert cited and all(code.startswith("X01-") for code in cited)
    own = "\nclauses:\n" + "".join(f"  - {{code: {code}, text: 条文}}\n" for code in cited)
    procedure = parse(of_another_regulation(own))
    assert {clause.code for clause in procedure.clauses} == set(cited)


@pytest.mark.parametrize(
    ("clause", "remedy"),
    [
        ("{code: R01-12, text: 别的话}", "known to the desk already"),
        ("{code: Q07-01, text: 别的话}", "is not a clause of R01"),
        ("{code: R1-1, text: 别的话}", "write it like R01-12"),
    ],
)
def test_own_clauses_do_not_overrule_the_known_ones(clause: str, remedy: str) -> None:
    told = faults(f"{TEXT}\nclauses:\n  - {clause}\n")
    assert any("clauses[0].code" in one and remedy in one for one in told), told


def test_a_published_version_stays_readable_whatever_is_refused_by_now() -> None:
    text = TEXT.replace("    clause: R01-12", "    clause: R01-99", 1)
    assert parse_published(text).clocks[0].clause == ("R01-99",)
