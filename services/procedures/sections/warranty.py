"""Warranty of building parts, appraisals and who pays for them, joint handling, referral for penalty (R15)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field as Setting
from pydantic import model_validator

from models.remedy_enums import Bearer
from services.procedures.parts import Code, Part, Ruled, Text

DayOfYear = Annotated[str, Setting(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class Season(Part):
    """A heating or cooling season, from month-day to month-day; it may run over the turn of the year."""

    begins: DayOfYear
    ends: DayOfYear


class WarrantyPart(Ruled):
    """A building part with its term: in years, in whole seasons, as the design says, or as the contract says."""

    code: Annotated[Code, Setting(max_length=40)]
    names: Text
    term: Literal["years", "seasons", "design_life", "contract"]
    amount: Annotated[int, Setting(gt=0)] | None = None
    season: Season | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        counted = self.term in ("years", "seasons")
        if counted and self.amount is None:
            raise ValueError(f"a term in {self.term} needs an amount")
        if not counted and self.amount is not None:
            raise ValueError(f"the term {self.term} has no amount; leave it out")
        if (self.term == "seasons") != (self.season is not None):
            raise ValueError("season belongs to a term in seasons, and is needed there")
        return self


class WithinWarranty(Ruled):
    """What has to be done in construction or within the warranty before the opinion goes up."""

    on_site: bool = True
    order: bool = True


class PastWarranty(Ruled):
    """Past the warranty the case is passed on, with an explanation, to the owner or another department."""

    to: Text


class Warranty(Part):
    """From which day the warranty counts, for how long each part, and what follows.

    Complaints of `categories` get no opinion before it is entered what the warranty is computed from.
    """

    start: Ruled
    categories: Annotated[tuple[Code, ...], Setting(min_length=1)]
    parts: Annotated[tuple[WarrantyPart, ...], Setting(min_length=1)]
    within: WithinWarranty | None = None
    past: PastWarranty | None = None

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        codes = [part.code for part in self.parts]
        repeated = next((code for index, code in enumerate(codes) if code in codes[:index]), None)
        if repeated:
            raise ValueError(f"the part {repeated} is declared twice; give each its own code")
        return self

    def part(self, code: str) -> WarrantyPart | None:
        return next((part for part in self.parts if part.code == code), None)


class Bearing(Ruled):
    by: Bearer


class Appraisals(Ruled):
    """Appraisals on the complainant's request: who advances the cost, and who bears it by the result."""

    advanced_by: Bearer
    not_conforming: Bearing | None = None
    conforming: Bearing | None = None


class JointHandling(Ruled):
    """Who coordinates when several departments handle a case together."""

    coordinator: Text


class PenaltyReferrals(Ruled):
    """The authority that a responsible party can be put forward to for penalty."""

    authority: Text
