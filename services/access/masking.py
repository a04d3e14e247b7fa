"""Personal values: who reads them plainly, and what everybody else reads. Lists, pages, exports and search ask here.

The rule: a value declared PERSONAL is read plainly by those who work on the case (handler, first receiver, the person
who answers for it, or whoever covers for them) and whose role may reveal. Others of such a role may reveal the values
of one case on its page, which is recorded; everybody else, auditors and administrators included, reads them masked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from models.fields import FieldSpec, Sensitivity
from services.access.permissions import Permission
from services.actor import Actor

CASE_KEYS = ("handler_id", "first_receiver_id", "responsible_id")
"""The columns that a row must carry for `mask` to tell whose case it is."""

_DIGITS = re.compile(r"\d")


class Masked(str):
    """A masked value: still text, but pages show that something was withheld."""

    __slots__ = ()


def reads_plainly(actor: Actor, row: Any) -> bool:
    """Whether the actor reads the personal values of this complaint (an object with CASE_KEYS) without revealing."""
    if actor.is_system:
        return True
    if row is None or not actor.may(Permission.COMPLAINT_REVEAL):
        return False
    return any(
        getattr(row, key, None) in actor.people for key in CASE_KEYS if getattr(row, key, None) is not None
    )


def plain_rows(actor: Actor, people: Sequence[Sequence[int | None]], size: int) -> Sequence[bool]:
    """The same for many rows at once: `people` has, for each of CASE_KEYS that the rows have, its column."""
    if actor.is_system:
        return [True] * size
    if not people or not actor.may(Permission.COMPLAINT_REVEAL):
        return [False] * size
    mine = actor.people
    return [not mine.isdisjoint(row) for row in zip(*people, strict=True)]


def may_reveal(actor: Actor, complaint: Any) -> bool:
    """Whether the actor may ask for the personal values of a complaint they can see (the answer is recorded)."""
    if not actor.may(Permission.COMPLAINT_REVEAL):
        return False
    ids = (complaint.department_id, complaint.receiving_department_id)
    departments = [each for each in ids if each is not None]
    return (
        reads_plainly(actor, complaint)
        or actor.grant_for(Permission.COMPLAINT_REVEAL, departments) is not None
    )


def own_cases(model: type[Any], actor: Actor) -> ColumnElement[bool]:
    """The condition that `reads_plainly` holds, in SQL: search and filter by personal values go no further."""
    if actor.is_system:
        return sa.true()
    columns = [getattr(model, key) for key in CASE_KEYS if hasattr(model, key)]
    if not columns or not actor.may(Permission.COMPLAINT_REVEAL):
        return sa.false()
    return sa.or_(*(column.in_(sorted(actor.people)) for column in columns))


def mask(spec: FieldSpec, value: Any, actor: Actor, row: Any, *, revealed: bool = False) -> Any:
    """`value` as the actor may read it; `row` is the complaint it belongs to (or a row with its CASE_KEYS)."""
    if (
        spec.sensitivity is not Sensitivity.PERSONAL
        or value in (None, "")
        or revealed
        or reads_plainly(actor, row)
    ):
        return value
    return mask_text(str(value))


def mask_text(value: str) -> Masked:
    """The masked form of a text: 王**, 138****1234, w***@example.com."""
    text = value.strip()
    if "@" in text:
        name, _, domain = text.partition("@")
        return Masked(f"{name[:1]}***@{domain}")
    if len(_DIGITS.findall(text)) >= 7:
        return Masked(f"{text[:3]}****{text[-4:]}")
    kept = 1 if len(text) <= 4 else 2
    return Masked(text[:kept] + "*" * (2 if len(text) <= 4 else 4))
