"""Matters that a procedure keeps confidential from their registration on (R15-19)."""

from __future__ import annotations

from models.labels import _l
from services.errors import Text
from services.procedures.schema import Procedure


def open_matter_faults(
    procedure: Procedure, category_code: str | None, *, confidential: bool, field: str
) -> dict[str, Text]:
    """A message at `field` when a matter of this category is about to stand open to everybody."""
    rule = next((one for one in procedure.confidential_matters if one.category == category_code), None)
    if rule is None or confidential:
        return {}
    message = _l(
        "Matters of this category are confidential (%(clause)s): mark it so, and name who may know of it.",
        clause=", ".join(rule.clause) or _l("own rule"),
    )
    return {field: message}
