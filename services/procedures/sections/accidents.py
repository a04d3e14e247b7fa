"""Quality accidents of a regulation: what counts as one, how facts give the grade, who is told, what must stand.

A grade is never guessed: the ranges of a number leave no gap and no overlap without a ruling that says how it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field as Setting
from pydantic import model_validator

from models.accident_enums import AccidentSanction, AccidentScope, ReportKind, ReportRecipient
from models.enums import AccidentGrade
from services.procedures.parts import Clauses, Code, Part, Ruled, Text

GradeCode = Literal["major", "general"]


class AccidentFact(StrEnum):
    """What is asked about an accident; each is a column of the same name."""

    LOSS = "loss"
    CASUALTIES = "casualties"
    COUNTERFEIT = "counterfeit"
    WHOLE_BATCH_SCRAPPED = "whole_batch_scrapped"
    SPOILED_ON_DISPLAY = "spoiled_on_display"
    VILE_NATURE = "vile_nature"
    GRAVE_IMPACT = "grave_impact"

    @property
    def is_number(self) -> bool:
        return self in (AccidentFact.LOSS, AccidentFact.CASUALTIES)


class ClosingStep(StrEnum):
    """What may have to stand before an accident can be closed."""

    SCENE_VISIT = "scene_visit"
    EMERGENCY_MEASURES = "emergency_measures"
    SCENE_PROTECTION = "scene_protection"
    CAUSE = "cause"
    RESPONSIBILITY = "responsibility"
    LOSS = "loss"
    SELF_EXAMINATION = "self_examination"
    CORRECTIVE_MEASURES = "corrective_measures"
    JOINT_DISPOSITION = "joint_disposition"
    ANNOUNCEMENT = "announcement"


class Sourced(Part):
    """A piece of a rule that can't stand or fall alone; it says where it is written, the whole carries the clause."""

    clause: Annotated[Clauses, Setting(description="one clause or a list of them")] = ()
    assumption: Text | None = None


class Bounds(Sourced):
    """A range of a number; each operator says by its name whether the boundary itself belongs to it."""

    fact: AccidentFact
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if self.at_least is not None and self.above is not None:
            raise ValueError("write either at_least (the boundary included) or above (excluded)")
        if self.at_most is not None and self.below is not None:
            raise ValueError("write either at_most (the boundary included) or below (excluded)")
        if self.has_bounds and not self.fact.is_number:
            raise ValueError(f"{self.fact} is answered by yes or no; leave the bounds out")
        return self

    @property
    def has_bounds(self) -> bool:
        return any(bound is not None for bound in (self.at_least, self.above, self.at_most, self.below))

    def holds(self, value: float) -> bool:
        """Whether the number lies in the range, boundaries as written."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.above is None or value > self.above)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )

    @property
    def boundaries(self) -> set[float]:
        return {bound for bound in (self.at_least, self.above, self.at_most, self.below) if bound is not None}


class GradeRule(Bounds):
    """One reason for a grade: a number in a range, or a yes to a question."""

    @model_validator(mode="after")
    def _has_bounds(self) -> Self:
        if self.fact.is_number and not self.has_bounds:
            raise ValueError(f"say from where to where {self.fact} gives this grade: at_least, above, …")
        return self


class AccidentGradeLevel(Part):
    """One grade with the facts that give it; the strictest comes first."""

    code: GradeCode
    names: Text
    rules: Annotated[tuple[GradeRule, ...], Setting(min_length=1)]

    @property
    def grade(self) -> AccidentGrade:
        return AccidentGrade(self.code)


class GradeRuling(Bounds):
    """How an overlap or a gap of the text is read: `takes` the grade, or nothing: then a person decides."""

    takes: GradeCode | None = None
    words: Text


class AskedFact(Sourced):
    """A question about an accident. `per` says what a number is counted by."""

    fact: AccidentFact
    names: Text
    per: Literal["occasion", "batch_or_occasion"] | None = None


class Scale(Ruled):
    """Facts asked and the grades they give, strictest first: no number without a grade unless a ruling says so."""

    facts: Annotated[tuple[AskedFact, ...], Setting(min_length=1)]
    grades: Annotated[tuple[AccidentGradeLevel, ...], Setting(min_length=1)]
    rulings: tuple[GradeRuling, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        faults = list(scale_faults(self.grades, self.rulings))
        if faults:
            raise ValueError("; ".join(faults))
        asked = {each.fact for each in self.facts}
        for level in self.grades:
            for rule in level.rules:
                if rule.fact not in asked:
                    raise ValueError(f"{level.code} rests on {rule.fact}, which facts does not ask for")
        return self


class AccidentKind(Ruled):
    """What counts as a quality accident."""

    code: AccidentScope
    names: Text


class AccidentReportDuty(Ruled):
    """A report that is owed, and to whom. Owed when a time limit for it applies, or always when there is none.

    `by_desk`: the desk itself tells these people the moment the accident is entered.
    """

    kind: ReportKind
    names: Text
    recipients: Annotated[tuple[ReportRecipient, ...], Setting(min_length=1)]
    by_desk: bool = False

    @model_validator(mode="after")
    def _desk_reaches_them(self) -> Self:
        if self.by_desk and self.recipients != (ReportRecipient.QUALITY_MANAGEMENT,):
            raise ValueError("the desk itself can tell quality management only; take by_desk out")
        return self


class RequiredStep(Ruled):
    step: ClosingStep
    names: Text


class Sanction(Ruled):
    code: AccidentSanction
    names: Text
    gravity: Text


class Concealment(Ruled):
    """What follows when an accident was not reported."""

    sanctions: Annotated[tuple[Sanction, ...], Setting(min_length=1)]


class AccidentCase(Part):
    """The accidents that a time limit is for, by grade and facts."""

    grade: tuple[GradeCode, ...] = ()
    any_of: tuple[AccidentFact, ...] = ()
    none_of: tuple[AccidentFact, ...] = ()


class Accidents(Part):
    """Everything a regulation says of quality accidents."""

    scheme: Code
    names: Text
    scope: Annotated[tuple[AccidentKind, ...], Setting(min_length=1)]
    scale: Scale | None = None
    reports: tuple[AccidentReportDuty, ...] = ()
    steps: tuple[RequiredStep, ...] = ()
    concealment: Concealment | None = None

    @property
    def asked(self) -> frozenset[AccidentFact]:
        """The facts that reports of an accident ask for."""
        return frozenset(each.fact for each in self.scale.facts) if self.scale else frozenset()

    def report(self, kind: ReportKind) -> AccidentReportDuty | None:
        return next((duty for duty in self.reports if duty.kind is kind), None)


@dataclass(frozen=True)
class Stretch:
    """A point of a scale, or the open stretch between two, with one number inside it."""

    sample: float
    words: str


def stretches(boundaries: set[float]) -> Iterator[Stretch]:
    """The scale from 0 upward, cut at every boundary: on none of the pieces can a rule change its answer."""
    marks = sorted({0.0, *boundaries})
    for index, mark in enumerate(marks):
        yield Stretch(mark, f"exactly {mark:g}")
        if index + 1 < len(marks):
            after = marks[index + 1]
            yield Stretch((mark + after) / 2, f"between {mark:g} and {after:g}")
        else:
            yield Stretch(mark + 1, f"above {mark:g}")


def scale_faults(grades: Sequence[AccidentGradeLevel], rulings: Sequence[GradeRuling]) -> Iterator[str]:
    """Where the ranges of a number overlap or leave a gap and no ruling says how that is read."""
    numbers = {rule.fact for level in grades for rule in level.rules if rule.fact.is_number}
    for fact in sorted(numbers):
        ranges = [(level.code, rule) for level in grades for rule in level.rules if rule.fact is fact]
        own = [ruling for ruling in rulings if ruling.fact is fact]
        cuts = {bound for part in (*(rule for _, rule in ranges), *own) for bound in part.boundaries}
        for piece in stretches(cuts):
            hit = list(dict.fromkeys(code for code, rule in ranges if rule.holds(piece.sample)))
            ruled = [ruling for ruling in own if ruling.holds(piece.sample)]
            if len(hit) == 1 and ruled:
                yield f"rulings: {fact} {piece.words} has one grade only ({hit[0]}); the ruling is not needed"
            elif len(hit) == 1:
                continue
            elif len(ruled) != 1:
                what = f"falls in both {' and '.join(hit)}" if hit else "has no grade"
                yield f"{fact} {piece.words} {what}; write one ruling for it under rulings"
            elif hit and ruled[0].takes not in hit:
                yield f"rulings: {fact} {piece.words} must take one of {', '.join(hit)}"
