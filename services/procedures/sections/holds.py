"""When a regulation has goods stopped: at which step, for which complaints, what stands still, who is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field as Setting

from models.hold_enums import DepartmentDuty
from services.procedures.parts import Code, Ruled, Text

Stopped = Literal["sale", "dispatch", "use", "production"]


class HoldRule(Ruled):
    """A hold that the desk places by itself after a step.

    `categories` are codes of the procedure's categories. `purchaser_stops`: what whoever bought the goods is asked to
    stop; empty: they are not told.
    """

    code: Code
    names: Text
    after: Literal["accepted", "approved"]
    categories: Annotated[tuple[Code, ...], Setting(min_length=1)]
    stops: Annotated[tuple[Stopped, ...], Setting(min_length=1)]
    isolate: bool = False
    tells: Annotated[tuple[DepartmentDuty, ...], Setting(min_length=1)]
    purchaser_stops: tuple[Stopped, ...] = ()
    neighbours_checked: bool = False
