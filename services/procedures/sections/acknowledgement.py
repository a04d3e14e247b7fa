"""What the acknowledgement tells the complainant, and that its receiver signs for the complaint."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field as Setting
from pydantic import model_validator

from services.procedures.parts import Part, Ruled


class Told(StrEnum):
    """A part of the acknowledgement."""

    STEPS = "steps"
    """The stages that lie ahead, by name."""
    DUE_DATES = "due_dates"
    """Each due date that runs or follows; where the procedure sets none, the estimated completion stands for them."""
    ESTIMATED_COMPLETION = "estimated_completion"


class ToldPart(Ruled):
    """One part that the acknowledgement must tell."""

    part: Told


class SignedFor(Ruled):
    """Whoever receives the complaint signs for it with the acknowledgement."""


class Acknowledgement(Part):
    """What an acknowledgement has to carry. The desk offers a ready text and refuses one that lacks a part."""

    tells: Annotated[tuple[ToldPart, ...], Setting(min_length=1)]
    signature: SignedFor | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        parts = [told.part.value for told in self.tells]
        twice = next((part for index, part in enumerate(parts) if part in parts[:index]), None)
        if twice is not None:
            raise ValueError(f"tells lists {twice} twice; take one of them out")
        return self

    def asks(self, part: Told) -> bool:
        return any(told.part is part for told in self.tells)
