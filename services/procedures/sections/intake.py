"""Who is told when a complaint comes in, who handles it at once, what is checked, and which papers are asked for."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field as Setting
from pydantic import model_validator

from models.enums import Channel, RoleName
from models.intake_enums import CheckOutcome
from services.procedures.parts import Code, Part, Ruled, Text


class ToldAtRegistration(Ruled):
    """A group that is told of a complaint. Among the groups marked `chosen`, the registrar picks whom to tell."""

    code: Code
    names: Text
    roles: Annotated[tuple[RoleName, ...], Setting(min_length=1)]
    chosen: bool = False


class NamedHandler(Ruled):
    """Whoever receives the complaint handles it, by name, from its registration until it is passed on."""


class CheckWhen(Part):
    """The complaints that a check is for: all that is written here has to hold; nothing written means every one."""

    channels: tuple[Channel, ...] = ()
    except_anonymous: bool = False


class IntakeCheck(Ruled):
    """Something that somebody looks at, and puts on record, before a complaint is accepted or investigated.

    `blocks`: outcomes with which the step can't be taken. Without any outcome on record it never can.
    """

    code: Code
    names: Text
    asks: Text
    required_for: Literal["acceptance", "investigation"] = "acceptance"
    outcomes: Annotated[tuple[CheckOutcome, ...], Setting(min_length=1)] = tuple(CheckOutcome)
    blocks: tuple[CheckOutcome, ...] = (CheckOutcome.NOT_PASSED,)
    note: bool = False
    when: CheckWhen = CheckWhen()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if CheckOutcome.PASSED not in self.outcomes:
            raise ValueError("a check that nobody can pass; put passed among the outcomes")
        if CheckOutcome.PASSED in self.blocks:
            raise ValueError("passed can't stand in the way; take it out of blocks")
        foreign = [each.value for each in self.blocks if each not in self.outcomes]
        if foreign:
            raise ValueError(f"{foreign[0]} blocks but is no outcome of this check; add it to outcomes")
        return self


class Acceptance(Ruled):
    """What follows an acceptance at once."""

    opens_investigation: bool


class Material(Part):
    """A paper that the complainant is asked for; `form` is a form of the procedure that can be printed for it."""

    code: Code
    names: Text
    form: Code | None = None


class OralMaterial(Ruled):
    """Complaints that come in this way are asked for written material; what stays away is shown, it stops nothing."""

    channels: Annotated[tuple[Channel, ...], Setting(min_length=1)]
    items: Annotated[tuple[Material, ...], Setting(min_length=1)]
