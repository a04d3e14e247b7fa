"""Which measures a regulation demands, of which kinds, before what; when they are remembered, checked, appealed."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field as Setting
from pydantic import model_validator

from models.enums import Channel, MeasureKind, Responsibility
from models.remedy_enums import Bearer
from services.procedures.parts import Code, Part, Ruled, Text
from services.procedures.vocabulary import Level

Step = Literal["submit_opinion", "reply", "close"]


class When(Part):
    """The cases that a demand is for: all that is written here has to hold; nothing written means every case.

    `categories` are those of the desk (product, service …) or the procedure's own codes; `confirmed`: the problem was
    found to exist; `repeat`: the complaint was marked as a repeated one.
    """

    categories: tuple[Code, ...] = ()
    grades: tuple[Code, ...] = ()
    responsible: tuple[Responsibility, ...] = ()
    except_channels: tuple[Channel, ...] = ()
    confirmed: bool = False
    repeat: bool = False


class Demand(Ruled):
    """At least one measure of these kinds, in this shape, before this step; `kinds` empty: of any kind."""

    code: Code
    names: Text
    kinds: tuple[MeasureKind, ...] = ()
    before: Step
    when: When = When()
    with_owner: bool = False
    with_due: bool = False
    with_cause: bool = False
    agreed: bool = False
    promised: bool = False
    help_asked: bool = False
    freight_by: Bearer | None = None
    carried_out: bool = False
    verified: bool = False


class Resolution(Ruled):
    """A kind of solution that may be offered to the customer."""

    kind: MeasureKind


class SolutionOffered(Ruled):
    """A solution was offered to the customer, and each offer has its answer, before this step."""

    before: Step


class Plan(Ruled):
    """What a measure has to say when it is recorded."""

    owner: bool = True
    due: bool = True

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not (self.owner or self.due):
            raise ValueError("ask for owner, due or both; take the plan out otherwise")
        return self


class Reminders(Ruled):
    """So many days before a measure is due its owner is told."""

    days_before: Annotated[int, Setting(gt=0, le=60)]


class EffectCheck(Ruled):
    """So many calendar months after closing the effect of each measure is checked."""

    months: Annotated[int, Setting(gt=0, le=60)]


class Task(Ruled):
    """A measure that the approval of the opinion creates, due so many days later."""

    kind: MeasureKind
    names: Text
    days: Annotated[int, Setting(gt=0, le=365)]


class Appeal(Ruled):
    """To whom a penalised person may appeal."""

    level: Level


class Measures(Part):
    """The measures of a regulation."""

    demands: tuple[Demand, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    solution_offered: SolutionOffered | None = None
    plan: Plan | None = None
    reminders: Reminders | None = None
    effect_check: EffectCheck | None = None
    on_approval: tuple[Task, ...] = ()
    appeal: Appeal | None = None

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        codes = [demand.code for demand in self.demands]
        repeated = next((code for index, code in enumerate(codes) if code in codes[:index]), None)
        if repeated:
            raise ValueError(f"the demand {repeated} is declared twice; give each its own code")
        return self
