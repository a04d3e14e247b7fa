"""Declared fields in a procedure file: what is read, and what is refused with line and remedy."""

from __future__ import annotations

import pytest

from services.own_fields.required import is_required, missing_at
from services.procedures.registry import PACKS_FOLDER, InvalidProcedure, parse
from services.procedures.schema import Procedure
from services.procedures.sections.fields import FieldKind, Moment

HEAD = (PACKS_FOLDER / "factory.yaml").read_text(encoding="utf-8")
FIELDS = """
fields:
  - {code: amount, kind: money, names: {zh: 金额, en: Amount}, clause: R18-03}
  - code: colour
    kind: choice
    names: {zh: 颜色, en: Colour}
    choices:
      - {code: red, names: {zh: 红, en: Red}}
    clause: R18-03
  - {code: why, kind: text, names: {zh: 原因, en: Why}, clause: R18-03}
"""


def faults_of(fields: str, head: str = HEAD) -> list[str]:
    with pytest.raises(InvalidProcedure) as invalid:
        parse(head + fields)
    return [str(fault) for fault in invalid.value.faults]


def changed(old: str, new: str) -> str:
    assert old in FIELDS
    return FIELDS.replace(old, new, 1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (changed("kind: money", "kind: monye"), "did you mean money?"),
        (changed("code: why", "code: amount"), "amount is declared twice; give each its own code"),
        (changed("code: why", "code: content"), "content is a field of the desk already"),
        (changed("kind: choice", "kind: text"), "choices belong to choice and multiple_choice"),
        (changed("kind: money", "kind: choice"), "needs choices, each with code and names"),
        (
            changed("kind: money", "kind: money, retired: true, required_when: closing"),
            "take required_when out",
        ),
        (changed("kind: text", "kind: file, required_when: registration"), "write acceptance"),
        (
            changed("kind: text", "kind: text, required_when: {at: closing}"),
            "say when: category, nature, or field",
        ),
        (
            changed("kind: text", "kind: text, required_when: {field: nowhere}"),
            "write one of: amount, colour",
        ),
        (
            changed("kind: text", "kind: text, required_when: {field: colour, is: [green]}"),
            "write one of: red",
        ),
        (
            changed("kind: text", "kind: text, required_when: {category: [noise]}"),
            "write one of: nonconforming",
        ),
        (changed("kind: text", "kind: text, visible_to: [boss]"), "write one of:"),
        (changed("kind: text", "kind: text, sensitivity: secret"), "write one of: open, internal, personal"),
        (changed("{code: red, names", "{code: Red!, names"), "pattern"),
    ],
)
def test_faults_say_what_to_write_instead(fields: str, said: str) -> None:
    faults = faults_of(fields)
    assert any(said in fault for fault in faults), faults
    assert all(int(fault.split(":")[0].removeprefix("line ")) > HEAD.count("\n") for fault in faults)


@pytest.mark.parametrize("place", ["asked_at_registration", "required_for_acceptance"])
def test_a_field_that_is_asked_for_must_exist(place: str) -> None:
    head = HEAD.replace(f"  {place}:\n", f"  {place}:\n    - {{field: colur, clause: R18-03}}\n", 1)
    [fault] = faults_of(FIELDS, head)
    line = head.split("\n").index("    - {field: colur, clause: R18-03}") + 1
    assert fault.startswith(
        f"line {line}: intake.{place}[0].field: 'colur' is no field; did you mean colour?"
    )


def test_a_retired_field_is_asked_no_more() -> None:
    head = HEAD.replace(
        "  asked_at_registration:\n", "  asked_at_registration:\n    - {field: why, clause: R18-03}\n", 1
    )
    [fault] = faults_of(changed("kind: text", "kind: text, retired: true"), head)
    assert "why is retired and asked no more" in fault


def procedure(condition: str) -> Procedure:
    return parse(HEAD + changed("kind: text", f"kind: text, required_when: {condition}"))


@pytest.mark.parametrize(
    ("condition", "moment", "category", "values", "required"),
    [
        ("never", Moment.CLOSING, None, {}, False),
        ("registration", Moment.REGISTRATION, None, {}, True),
        ("registration", Moment.CLOSING, None, {}, True),
        ("acceptance", Moment.REGISTRATION, None, {}, False),
        ("acceptance", Moment.ACCEPTANCE, None, {}, True),
        ("closing", Moment.ACCEPTANCE, None, {}, False),
        ("{category: [defect]}", Moment.ACCEPTANCE, "defect", {}, True),
        ("{category: [defect]}", Moment.ACCEPTANCE, "after_sales", {}, False),
        ("{category: [defect]}", Moment.REGISTRATION, "defect", {}, False),
        ("{field: colour, is: [red], at: registration}", Moment.REGISTRATION, None, {"colour": "red"}, True),
        ("{field: colour, is: [red], at: registration}", Moment.REGISTRATION, None, {}, False),
        ("{field: amount}", Moment.ACCEPTANCE, None, {"amount": "1.00"}, True),
        ("{field: amount, category: [defect]}", Moment.ACCEPTANCE, "after_sales", {"amount": "1.00"}, False),
    ],
)
def test_when_a_field_is_required(
    condition: str, moment: Moment, category: str | None, values: dict[str, str], required: bool
) -> None:
    read = procedure(condition)
    why = read.declared_field("why")
    assert why is not None and why.kind is FieldKind.TEXT
    assert is_required(why, moment, values, category=category) is required
    missing = [one.code for one in missing_at(moment, read, values, category=category)]
    assert missing == (["why"] if required else [])
    assert missing_at(moment, read, {**values, "why": "漏水"}, category=category) == []
