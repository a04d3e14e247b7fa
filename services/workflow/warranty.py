"""Whether a building part is under warranty, computed from the day of completion acceptance (R15-03 to R15-09).

The regulation names no day from which the terms run; 建设工程质量管理条例 art. 40 does: completion acceptance. A term
in years ends with the corresponding day. A term in seasons counts whole seasons: one that was under way at acceptance
does not count. A longer term of the contract prevails over the minimum; a shorter one doesn't.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Appraisal, Complaint, Measure, Warranty
from models.enums import MeasureKind, MeasureStatus
from models.labels import LazyString, _l, in_both
from models.remedy_enums import AppraisalResult
from services.deadlines.desk_calendar import desk_zone
from services.errors import Reason, Text
from services.procedures.sections.warranty import Season, WarrantyPart
from services.procedures.sections.warranty import Warranty as WarrantyRule
from services.workflow.gates import Situation


class Standing(StrEnum):
    """Where a building part stands."""

    IN_CONSTRUCTION = "in_construction"
    WITHIN = "within"
    PAST = "past"
    UNKNOWN = "unknown"

    @property
    def label(self) -> LazyString:
        return _STANDING[self]


_STANDING: dict[Standing, LazyString] = {
    Standing.IN_CONSTRUCTION: _l("Under construction"),
    Standing.WITHIN: _l("Within the warranty"),
    Standing.PAST: _l("Past the warranty"),
    Standing.UNKNOWN: _l("Cannot be computed yet"),
}


@dataclass(frozen=True)
class Computed:
    """The standing with how it was computed, step by step."""

    standing: Standing
    part: WarrantyPart
    appeared_on: date
    ends_on: date | None
    steps: tuple[Text, ...]

    @property
    def explanation(self) -> str:
        return " ".join(str(step) for step in self.steps)


def compute(rule: WarrantyRule, record: Warranty, appeared_on: date) -> Computed:
    """The standing of the part on the day on which its defect appeared. ValueError for a part the rule lacks."""
    part = rule.part(record.part)
    if part is None:
        raise ValueError(record.part)
    name = in_both(part.names.zh, part.names.en)
    clause = ", ".join(part.clause)
    if record.completed_on is None:
        step = _l("No completion acceptance is entered: the project is under construction.")
        return Computed(Standing.IN_CONSTRUCTION, part, appeared_on, None, (step,))
    steps: list[Text] = [
        _l(
            "The warranty runs from the completion acceptance on %(day)s"
            " (art. 40 of the construction quality regulations).",
            day=record.completed_on.isoformat(),
        )
    ]
    minimum = minimum_end(part, record)
    if minimum is not None:
        steps.append(
            _l(
                "%(part)s: %(term)s (%(clause)s), so at least until %(day)s.",
                part=name,
                term=term_text(part, record),
                clause=clause,
                day=minimum.isoformat(),
            )
        )
    contract = years_later(record.completed_on, record.contract_years) if record.contract_years else None
    ends_on = max((day for day in (minimum, contract) if day is not None), default=None)
    if contract is not None and (minimum is None or contract > minimum):
        steps.append(
            _l(
                "The contract agrees on %(years)s years, so until %(day)s.",
                years=record.contract_years,
                day=contract.isoformat(),
            )
        )
    elif contract is not None:
        steps.append(_l("The contract's term is not longer; the minimum stands."))
    if ends_on is None:
        steps.append(_missing(part))
        return Computed(Standing.UNKNOWN, part, appeared_on, None, tuple(steps))
    within = appeared_on <= ends_on
    words = (
        _l("The defect appeared on %(day)s: within the warranty.", day=appeared_on.isoformat())
        if within
        else _l("The defect appeared on %(day)s: past the warranty.", day=appeared_on.isoformat())
    )
    steps.append(words)
    return Computed(Standing.WITHIN if within else Standing.PAST, part, appeared_on, ends_on, tuple(steps))


def minimum_end(part: WarrantyPart, record: Warranty) -> date | None:
    """The last day of the regulation's minimum; None where design or contract has to say it and doesn't yet."""
    if record.completed_on is None:
        return None
    if part.term == "years" and part.amount:
        return years_later(record.completed_on, part.amount)
    if part.term == "seasons" and part.season and part.amount:
        return season_end(record.completed_on, part.season, part.amount)
    if part.term == "design_life" and record.design_life_years:
        return years_later(record.completed_on, record.design_life_years)
    return None


def years_later(day: date, years: int) -> date:
    """The corresponding day so many years later; the last of February for a leap day (Civil Code, art. 202)."""
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def season_end(day: date, season: Season, amount: int) -> date:
    """The last day of the n-th whole season that begins on or after `day`."""
    begins = _in_year(season.begins, day.year)
    if begins < day:
        begins = _in_year(season.begins, day.year + 1)
    year = begins.year + amount - 1
    ends = _in_year(season.ends, year)
    return ends if ends > _in_year(season.begins, year) else _in_year(season.ends, year + 1)


def _in_year(month_day: str, year: int) -> date:
    month, day = (int(part) for part in month_day.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


def term_text(part: WarrantyPart, record: Warranty | None = None) -> Text:
    """The term of a part in words."""
    if part.term == "years":
        return _l("%(amount)s years", amount=part.amount)
    if part.term == "seasons" and part.season:
        return _l(
            "%(amount)s whole seasons (each %(begins)s to %(ends)s)",
            amount=part.amount,
            begins=part.season.begins,
            ends=part.season.ends,
        )
    if part.term == "design_life":
        years = record.design_life_years if record else None
        return (
            _l("design working life of %(years)s years", years=years) if years else _l("design working life")
        )
    return _l("as the contract agrees")


def _missing(part: WarrantyPart) -> Text:
    if part.term == "design_life":
        return _l("The design working life is not entered yet.")
    return _l("The term of the contract is not entered yet.")


def appeared(session: Session, complaint: Complaint, record: Warranty, zone: ZoneInfo | None = None) -> date:
    """The day that counts: entered, else when it happened, else the local day of receipt."""
    if record.appeared_on is not None:
        return record.appeared_on
    if complaint.occurred_on is not None:
        return complaint.occurred_on
    return complaint.received_at.astimezone(zone or desk_zone(session)).date()


def warranty_of(session: Session, complaint: Complaint) -> Warranty | None:
    """What was entered on the warranty of this complaint."""
    return session.scalars(sa.select(Warranty).where(Warranty.complaint_id == complaint.id)).first()


def computed_for(s: Situation) -> tuple[Warranty, Computed] | None:
    """The warranty of the complaint with its standing; None where there is no rule or nothing was entered."""
    rule = s.procedure.warranty
    record = warranty_of(s.session, s.complaint) if rule is not None else None
    if rule is None or record is None or rule.part(record.part) is None:
        return None
    return record, compute(rule, record, appeared(s.session, s.complaint, record))


def warranty_followed(s: Situation) -> list[Reason]:
    """Within: investigated on site and the responsible party ordered (R15-02). Past: passed on instead (R15-09)."""
    rule = s.procedure.warranty
    if rule is None:
        return []
    found = computed_for(s)
    if found is None:
        if s.complaint.category.value not in rule.categories:
            return []
        message = _l("Enter the project, the building part and the completion acceptance first.")
        return [Reason("no_warranty_data", message, "warranty")]
    record, computed = found
    if computed.standing is Standing.UNKNOWN:
        return [Reason("warranty_unknown", computed.steps[-1], "warranty")]
    if computed.standing is Standing.PAST:
        return _past(rule)
    return _within(s, rule, record)


def _past(rule: WarrantyRule) -> list[Reason]:
    if rule.past is None:
        return []
    message = _l(
        "The warranty has passed: refer it to %(to)s with an explanation (%(clause)s).",
        to=in_both(rule.past.to.zh, rule.past.to.en),
        clause=", ".join(rule.past.clause),
    )
    return [Reason("past_warranty", message, "warranty")]


def _within(s: Situation, rule: WarrantyRule, record: Warranty) -> list[Reason]:
    if rule.within is None:
        return []
    clause = ", ".join(rule.within.clause)
    reasons = []
    if rule.within.on_site and record.visited_on is None:
        message = _l("The investigation on site is not recorded yet (%(clause)s).", clause=clause)
        reasons.append(Reason("no_site_visit", message, "warranty"))
    if rule.within.order and not _ordered(s):
        message = _l(
            "No rectification order to the responsible party is recorded (%(clause)s).", clause=clause
        )
        reasons.append(Reason("no_order", message, "measures"))
    return reasons


def _ordered(s: Situation) -> bool:
    order = sa.select(Measure.id).where(
        Measure.complaint_id == s.complaint.id,
        Measure.kind == MeasureKind.RECTIFICATION,
        Measure.status != MeasureStatus.DROPPED,
    )
    return s.session.scalar(order.limit(1)) is not None


def appraisals_finished(s: Situation) -> list[Reason]:
    """No opinion while the result of an appraisal is outstanding: who is responsible hangs on it (R15-14)."""
    query = sa.select(sa.func.count(Appraisal.id)).where(
        Appraisal.complaint_id == s.complaint.id, Appraisal.result == AppraisalResult.OPEN
    )
    if not s.session.scalar(query):
        return []
    return [Reason("open_appraisal", _l("The result of an appraisal is outstanding."), "appraisals")]
