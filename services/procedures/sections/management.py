"""Which department manages complaints of a kind, whoever took them down (R14-03)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Setting

from models.hold_enums import DepartmentDuty
from services.procedures.parts import Code, Ruled


class ManagedBy(Ruled):
    """Accepted complaints of these categories go to the department that does this work, and to no other.

    `categories` are those of the desk or the procedure's own codes. Whoever took one down may still answer on the spot.
    """

    categories: Annotated[tuple[Code, ...], Setting(min_length=1)]
    duty: DepartmentDuty
