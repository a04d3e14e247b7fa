"""A frozen report in the language of whoever reads it: lines for the page, the workbook and the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from admin_views.analysis.words import UNIT_WORDS, Change, change, frozen_url, value_words
from admin_views.locale import locale
from models import AnalysisReport
from models.enums import Category, Channel, Responsibility
from models.fields import field_of
from services.procedures.of_complaint import parsed
from services.procedures.sections.analysis import ReportPart
from services.reports.indicators import How
from services.reports.periods import period_of
from services.reports.slices import SLICES, SliceCode
from services.reports.wording import spoken

_LABELS: dict[SliceCode, Any] = {
    SliceCode.CATEGORY: Category,
    SliceCode.CHANNEL: Channel,
    SliceCode.RESPONSIBILITY: Responsibility,
}


@dataclass(frozen=True)
class FigureLine:
    """An indicator of a report with its definition and the period before."""

    name: str
    value: str
    cases: str
    url: str
    before: str
    change: Change
    counted: str
    out_of: str
    unit: str


@dataclass(frozen=True)
class SliceLines:
    title: str
    heads: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    left_out: int


@dataclass(frozen=True)
class Written:
    """A part that the owner writes: its heading, what the procedure calls the step, the words so far."""

    heading: str
    step: str
    text: str


class ReportWords:
    """The parts of a report, in the language in force."""

    def __init__(self, report: AnalysisReport) -> None:
        self.report = report
        self.kept: dict[str, Any] = report.figures
        self.zone = ZoneInfo(self.kept["zone"])

    @property
    def title(self) -> str:
        analysis = parsed(self.report.procedure_version).analysis
        asked = analysis.report(self.report.kind) if analysis else None
        name = spoken(asked.names) if asked else str(self.report.kind.label)
        return f"{name} {self.report.starts_on.isoformat()} – {self.report.ends_on.isoformat()}"

    @property
    def before(self) -> str:
        return str(period_of(self.kept["before"]["period"], self.zone))

    @property
    def lines(self) -> list[FigureLine]:
        earlier = self.kept["before"]["values"]
        return [self._line(line, earlier.get(line["code"], {})) for line in self.kept["indicators"]]

    def _line(self, line: dict[str, Any], before: dict[str, Any]) -> FigureLine:
        share = line["how"] == How.SHARE
        cases = str(line["denominator"])
        if share:
            cases = _("%(part)s of %(whole)s", part=line["numerator"], whole=line["denominator"])
        return FigureLine(
            name=_said(line["names"]),
            value=value_words(line["value"], line["unit"]),
            cases=cases,
            url=frozen_url(self.report.public_id, line["code"], numerator=share),
            before=value_words(before.get("value"), line["unit"]),
            change=change(line["value"], before.get("value"), line["unit"], line["less_is_better"]),
            counted=_said(line["counted"]),
            out_of=_said(line["out_of"]),
            unit=str(UNIT_WORDS[line["unit"]]),
        )

    @property
    def slices(self) -> list[SliceLines]:
        """The figures by department, category and so on; slices without a single part are left out."""
        named = {line["code"]: line for line in self.kept["indicators"]}
        found = []
        for kept in self.kept["slices"]:
            if not any(row["part"] for row in kept["rows"]):
                continue
            codes = [code for code in named if code in kept["rows"][0]["values"]]
            rows = [
                (
                    _part_name(SliceCode(kept["code"]), row),
                    [value_words(row["values"][code]["value"], named[code]["unit"]) for code in codes],
                )
                for row in kept["rows"]
            ]
            heads = [_said(named[code]["names"]) for code in codes]
            title = spoken(SLICES[SliceCode(kept["code"])].names)
            found.append(SliceLines(title, heads, rows, kept["left_out"]))
        return found

    @property
    def written(self) -> list[Written]:
        """What the owner has written, in the order of the method of the procedure."""
        analysis = parsed(self.report.procedure_version).analysis
        steps = {step.part: spoken(step.names) for step in analysis.method} if analysis else {}
        parts = [*steps, *(part for part in ReportPart if part not in steps and self._text(part))]
        return [
            Written(str(field_of(AnalysisReport, part.value).label), steps.get(part, ""), self._text(part))
            for part in parts
        ]

    def _text(self, part: ReportPart) -> str:
        return getattr(self.report, part.value) or ""


def _said(text: dict[str, str] | None) -> str:
    if text is None:
        return ""
    return text["zh"] if locale().startswith("zh") else text["en"]


def _part_name(code: SliceCode, row: dict[str, Any]) -> str:
    if not row["part"]:
        return _("Not stated")
    if row["name"]:
        return _said(row["name"])
    members = _LABELS.get(code)
    return str(members(row["part"]).label) if members else str(row["part"])
