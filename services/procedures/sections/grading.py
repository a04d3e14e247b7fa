"""A scale of grades: criteria and examples shown at grading, and the facts that decide where the text decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Annotated, Literal

from pydantic import Field as Setting

from models.enums import RoleName
from services.procedures.parts import Code, Part, Ruled, Text
from services.procedures.vocabulary import Category, Level


class Grade(Ruled):
    """One grade. What follows from it by itself: escalation, who is told, and what must be on record."""

    code: Code
    names: Text
    criteria: Text
    examples: tuple[Text, ...] = ()
    team: Literal["required", "simplified", "optional"] | None = None
    escalates_to: Level | None = None
    notify: tuple[RoleName, ...] = ()
    major: bool = False
    recognition: bool = False


class FactValue(Part):
    code: Code
    names: Text


class GradingFact(Ruled):
    """A question asked at grading."""

    code: Code
    names: Text
    values: Annotated[tuple[FactValue, ...], Setting(min_length=2)]


class Ruling(Ruled):
    """What one combination of facts comes to: a grade, or `asked` where the text leaves it to whoever grades."""

    when: Mapping[Code, Code]
    level: Code | None = None
    asked: bool = False


class StartingGrade(Ruled):
    """Complaints of `category` are first put into `level`; they can be regraded afterwards."""

    category: Category
    level: Code


class Grading(Part):
    """One scale; the scales of two procedures are never mixed in one chart."""

    scheme: Code
    names: Text
    levels: Annotated[tuple[Grade, ...], Setting(min_length=1)]
    facts: tuple[GradingFact, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    starts: tuple[StartingGrade, ...] = ()

    def level(self, code: str | None) -> Grade | None:
        return next((one for one in self.levels if one.code == code), None)

    def ruling(self, facts: Mapping[str, str]) -> Ruling | None:
        """What these answers come to; None for a combination that the scale does not have."""
        return next((one for one in self.rulings if dict(one.when) == dict(facts)), None)

    def start(self, category: Category) -> StartingGrade | None:
        return next((one for one in self.starts if one.category is category), None)

    def combinations(self) -> Iterator[dict[str, str]]:
        """Every combination of answers."""
        codes = [fact.code for fact in self.facts]
        for values in product(*([value.code for value in fact.values] for fact in self.facts)):
            yield dict(zip(codes, values, strict=True))
