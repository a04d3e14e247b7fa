"""Analysis as a procedure asks for it: who answers for it, what is counted, which reports, signals and inspections."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field as Setting
from pydantic import model_validator

from models.analysis_enums import InspectionKind, ReportKind, SignalSubject
from services.procedures.parts import Clauses, Code, Part, Ruled, Text
from services.procedures.vocabulary import RoleName


class IndicatorCode(StrEnum):
    """The indicators of the desk; their definitions are in services.reports.indicators."""

    RECEIVED = "received"
    CLOSED = "closed"
    OPEN = "open"
    ON_TIME = "on_time"
    MEAN_HANDLING = "mean_handling"
    P90_HANDLING = "p90_handling"
    REOPENED = "reopened"
    SATISFACTION = "satisfaction"
    REPEATED = "repeated"
    COMPLETENESS = "completeness"
    REGISTRATION_LAG = "registration_lag"
    SUGGESTIONS = "suggestions"


class ReportPart(StrEnum):
    """What the owner writes into a report."""

    DATA_CHECK = "data_check"
    COMPARISON = "comparison"
    CAUSES = "causes"
    IMPROVEMENTS = "improvements"


class Owner(Ruled):
    """The role whose people answer for the analysis: they own the reports and decide on signals."""

    role: RoleName


class MethodStep(Ruled):
    """A step of the analysis: a report is submitted when its owner has written each of them."""

    part: ReportPart
    names: Text


class ChosenIndicator(Ruled):
    code: IndicatorCode


class StandardTime(Ruled):
    """The days within which a complaint that no clock times counts as handled on time."""

    days: Annotated[int, Setting(gt=0)]


class PeriodicReport(Ruled):
    kind: ReportKind
    names: Text


class Threshold(Ruled):
    """A signal is raised from `at_least` complaints in the month that are more than `times_usual` times the usual.

    Usual is the mean month of the `usual_months` before.
    """

    subject: SignalSubject
    at_least: Annotated[int, Setting(ge=2)]
    times_usual: Annotated[float, Setting(gt=0)] = 2.0
    usual_months: Annotated[int, Setting(ge=1, le=24)] = 6


class CheckItem(Ruled):
    code: Code
    names: Text


class InspectionPlan(Ruled):
    """An inspection that comes round: who holds it, how often, over how large a sample, by which checklist."""

    code: Code
    kind: InspectionKind
    names: Text
    held_by: RoleName
    every_months: Annotated[int, Setting(ge=1, le=60)]
    sample: Annotated[int, Setting(ge=0, le=200)] = 0
    items: tuple[CheckItem, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.kind is InspectionKind.HANDLING and not (self.sample and self.items):
            raise ValueError("an inspection of complaint handling needs a sample above 0 and items to check")
        if self.sample and not self.items:
            raise ValueError("a sample is checked by items; write items, or take sample out")
        return self


class Analysis(Part):
    """The section `analysis:` of a procedure."""

    owner: Owner
    method: Annotated[tuple[MethodStep, ...], Setting(min_length=1)]
    indicators: Annotated[tuple[ChosenIndicator, ...], Setting(min_length=1)]
    standard_time: StandardTime | None = None
    reports: tuple[PeriodicReport, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    inspections: tuple[InspectionPlan, ...] = ()

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        lists: dict[str, list[str]] = {
            "method": [step.part.value for step in self.method],
            "indicators": [one.code.value for one in self.indicators],
            "reports": [report.kind.value for report in self.reports],
            "thresholds": [threshold.subject.value for threshold in self.thresholds],
            "inspections": [plan.code for plan in self.inspections],
        }
        for name, words in lists.items():
            twice = {word for word in words if words.count(word) > 1}
            if twice:
                raise ValueError(f"{name} names {sorted(twice)[0]} twice; keep one of them")
        return self

    def plan(self, code: str) -> InspectionPlan | None:
        return next((plan for plan in self.inspections if plan.code == code), None)

    def report(self, kind: ReportKind) -> PeriodicReport | None:
        return next((report for report in self.reports if report.kind is kind), None)

    @property
    def parts(self) -> tuple[ReportPart, ...]:
        return tuple(step.part for step in self.method)


def clauses_text(clauses: Clauses) -> str | None:
    """The clauses of a rule as a record keeps them."""
    return ", ".join(clauses) or None
