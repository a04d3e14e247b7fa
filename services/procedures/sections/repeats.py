"""By what likely repeats are found at registration, and what a repeated complaint brings about."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field as Setting
from pydantic import model_validator

from models.enums import Likeness
from services.procedures.parts import Part, Ruled, Text
from services.procedures.vocabulary import Level, RoleName


class Match(Ruled):
    """One likeness. `within_days`: how long ago the earlier one may have come in; `alike`: share of common words."""

    by: Likeness
    within_days: Annotated[int, Setting(gt=0, le=3660)]
    alike: Annotated[float, Setting(gt=0, le=1)] | None = None

    @model_validator(mode="after")
    def _alike_is_of_texts(self) -> Self:
        if (self.by is Likeness.TEXT) != (self.alike is not None):
            raise ValueError("write alike (0 to 1) with by: text, and with nothing else")
        return self


class RepeatedOnes(Ruled):
    """What a complaint marked as a repeat brings about at once: the level it is raised to, who is told, a supervision
    order with this demand."""

    escalates_to: Level | None = None
    notify: tuple[RoleName, ...] = ()
    supervised: Text | None = None


class Repeats(Part):
    """Likely repeats are offered at registration by these likenesses; none: nothing is offered."""

    matches: tuple[Match, ...]
    brings: RepeatedOnes | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        found = [match.by.value for match in self.matches]
        twice = next((by for index, by in enumerate(found) if by in found[:index]), None)
        if twice is not None:
            raise ValueError(f"matches lists {twice} twice; take one of them out")
        return self

    def match(self, by: Likeness) -> Match | None:
        return next((match for match in self.matches if match.by is by), None)


_OWN = Text(
    zh="原文未规定重复投诉的识别方式，由本台按常用条件提示",
    en="The text does not say how repeats are found; the desk offers them by what is usual",
)
OFFERED = Repeats(
    matches=(
        Match(by=Likeness.PHONE, within_days=365, assumption=_OWN),
        Match(by=Likeness.BATCH, within_days=365, assumption=_OWN),
        Match(by=Likeness.TEXT, within_days=90, alike=0.6, assumption=_OWN),
    )
)
"""What holds where a procedure says nothing of repeats."""
