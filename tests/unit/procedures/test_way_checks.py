"""What must fit together in posts, rulings and grades is said with line, place and remedy."""

from __future__ import annotations

import pytest

from services.procedures.registry import PACKS_FOLDER, InvalidProcedure, parse


def faults(pack: str, old: str, new: str) -> list[tuple[str, str]]:
    text = (PACKS_FOLDER / f"{pack}.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(InvalidProcedure) as caught:
        parse(text.replace(old, new, 1))
    assert all(fault.line > 1 for fault in caught.value.faults)
    return [(fault.where, fault.message) for fault in caught.value.faults]


SLIGHT = "    - {when: {use: slight, society: great}, asked: true, assumption: *open}\n"


@pytest.mark.parametrize(
    ("pack", "old", "new", "where", "remedy"),
    [
        ("three-level", SLIGHT, "", "grading.rulings", "has no ruling; add one with level"),
        ("three-level", SLIGHT, SLIGHT + SLIGHT, "grading.rulings", "is ruled twice; keep one"),
        (
            "three-level",
            SLIGHT,
            SLIGHT.replace("asked: true, ", ""),
            "grading.rulings",
            "write either level, or asked: true",
        ),
        ("three-level", "level: level_1,", "level: level_9,", "grading.rulings", "is no grade"),
        ("product-company", "level: ordinary, by", "level: grave, by", "replies_by", "is no grade"),
        (
            "product-company",
            "{post: office, names: {zh: 营销部, en: Marketing}, roles: [first_receiver]",
            "{post: approver, names: {zh: 营销部, en: Marketing}, roles: [first_receiver]",
            "posts",
            "has not head_of_quality",
        ),
        (
            "pharma-manufacturer",
            "escalates_to: head_of_quality",
            "escalates_to: leader",
            "grading.levels",
            "is no step of escalation",
        ),
    ],
)
def test_a_fault_names_its_place_and_remedy(pack: str, old: str, new: str, where: str, remedy: str) -> None:
    found = faults(pack, old, new)
    assert any(place.startswith(where) and remedy in message for place, message in found), found
