"""A scale of accidents without a ruling for its overlap or gap is refused, with what to write."""

from __future__ import annotations

import pytest

from services.procedures.registry import PACKS_FOLDER, InvalidProcedure, parse

SHOP = (PACKS_FOLDER / "medical-device-store.yaml").read_text(encoding="utf-8")
SERVICE = (PACKS_FOLDER / "medical-device-aftersales.yaml").read_text(encoding="utf-8")


def faults(text: str) -> str:
    with pytest.raises(InvalidProcedure) as invalid:
        parse(text)
    return "\n".join(str(fault) for fault in invalid.value.faults)


@pytest.mark.parametrize(
    ("text", "old", "new", "told"),
    [
        (
            SHOP,
            "at_least: 20000, clause",
            "at_least: 15000, clause",
            "between 15000 and 20000 falls in both major and general",
        ),
        (
            SHOP,
            "at_least: 20000, clause",
            "at_least: 25000, clause",
            "between 20000 and 25000 has no grade",
        ),
        (SHOP, "takes: major", "takes: general", ""),
        (SHOP, "        takes: major\n", "", "exactly 20000 must take one of major, general"),
        (
            SERVICE,
            "at_least: 500, below",
            "above: 500, below",
            "exactly 500 has no grade; write one ruling",
        ),
        (SERVICE, "below: 5000,", "at_most: 5000,", "exactly 5000 falls in both major and general"),
        (SERVICE, "below: 500\n", "below: 600\n", "between 500 and 600 has one grade only (general)"),
        (SERVICE, "at_least: 5000,", "at_least: 5000, above: 5000,", "either at_least"),
        (SERVICE, "{fact: loss, at_least: 5000,", "{fact: grave_impact, at_least: 5000,", "yes or no"),
        (
            SERVICE,
            "{fact: loss, at_least: 5000,",
            "{fact: counterfeit}\n          - {fact: loss, at_least: 5000,",
            "facts does not ask for",
        ),
    ],
)
def test_overlaps_and_gaps_need_a_ruling(text: str, old: str, new: str, told: str) -> None:
    assert text.count(old) == 1, old
    changed = text.replace(old, new)
    if not told:
        assert parse(changed).accidents is not None, "another reading is theirs to write"
        return
    said = faults(changed)
    assert told in said
    assert "accidents.scale" in said


def test_a_foreign_clause_of_a_grade_is_refused() -> None:
    assert "R14-08 is not a clause of R09" in faults(
        SHOP.replace("at_least: 20000, clause: R09-02", "at_least: 20000, clause: R14-08")
    )


def test_conditions_belong_to_clocks_of_accidents() -> None:
    hospital = (PACKS_FOLDER / "hospital-complaint-office.yaml").read_text(encoding="utf-8")
    changed = hospital.replace(
        "    unit: working_day\n", "    unit: working_day\n    when: {grade: [major]}\n", 1
    )
    assert "when belongs to a clock that an accident starts" in faults(changed)
