"""Inspections: the plans of the procedure, when each is due, the sample, and what is still missing."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Inspection, InspectionCase, InspectionFinding, MeasureOrigin
from models.analysis_enums import CheckVerdict, InspectionKind, InspectionStatus
from models.fields import field_of
from models.labels import _l
from services.errors import Reason
from services.procedures.schema import Procedure
from services.procedures.sections.analysis import Analysis, IndicatorCode, InspectionPlan
from services.reports.figures import counted_at_all, figure
from services.reports.freezing import described
from services.reports.indicators import Basis, basis_of, chosen, received
from services.reports.periods import Period, months_before

EFFECTIVENESS = (
    IndicatorCode.ON_TIME,
    IndicatorCode.REOPENED,
    IndicatorCode.SATISFACTION,
    IndicatorCode.MEAN_HANDLING,
)
"""What the effectiveness of complaint management is judged by, as far as the procedure counts it."""

WRITTEN: dict[InspectionKind, tuple[str, ...]] = {
    InspectionKind.HANDLING: (),
    InspectionKind.AUDIT: ("effectiveness", "compliance"),
    InspectionKind.EVALUATION: ("effectiveness", "suggestions"),
    InspectionKind.PRODUCTION: ("suggestions",),
}
"""What each kind must say before it is concluded."""

JUDGED = frozenset({InspectionKind.AUDIT, InspectionKind.EVALUATION})
"""Kinds that look at the figures of their period."""


@dataclass(frozen=True)
class PlanDue:
    """A plan, when it was last carried out, and the day by which it must be again."""

    plan: InspectionPlan
    last: date | None
    due: date | None

    def is_overdue(self, today: date) -> bool:
        return self.due is None or self.due < today


def plans_due(session: Session, analysis: Analysis) -> list[PlanDue]:
    """Every plan of the procedure; one that was never carried out has no day and is overdue."""
    rows = session.execute(
        sa.select(Inspection.plan, sa.func.max(Inspection.held_on))
        .where(Inspection.status == InspectionStatus.FINISHED)
        .group_by(Inspection.plan)
    )
    last = {row[0]: row[1] for row in rows}
    return [
        PlanDue(plan, last.get(plan.code), _months_later(last.get(plan.code), plan.every_months))
        for plan in analysis.inspections
    ]


def _months_later(day: date | None, months: int) -> date | None:
    if day is None:
        return None
    first = months_before(day.replace(day=1), -months)
    length = (months_before(first, -1) - first).days
    return first.replace(day=min(day.day, length))


def draw(ids: Sequence[int], size: int, seed: str) -> list[int]:
    """The sample: the same ids and seed give the same one, in the same order."""
    ordered = sorted(ids)
    return random.Random(seed).sample(ordered, min(size, len(ordered)))  # noqa: S311  (a lot, no secret)


def new_seed() -> str:
    return secrets.token_hex(4)


def population(session: Session, period: Period) -> list[int]:
    """What a sample is drawn from: the complaints of the period; confidential ones are in no sample."""
    return list(session.scalars(sa.select(Complaint.id).where(counted_at_all(), received(Basis(period)))))


def checklist_of(plan: InspectionPlan) -> list[dict[str, Any]]:
    """The items as the inspection keeps them, whatever the procedure says later."""
    return [
        {"code": item.code, "names": item.names.model_dump(), "clause": list(item.clause)}
        for item in plan.items
    ]


def judged_by(session: Session, procedure: Procedure, period: Period) -> dict[str, Any]:
    """The indicators of effectiveness over the period and the one before, with their definitions."""
    basis, earlier = basis_of(procedure, period), basis_of(procedure, period.previous)
    shown = [one for one in chosen(procedure) if one.code in EFFECTIVENESS]
    return {
        "period": period.text,
        "before": period.previous.text,
        "indicators": [
            described(one, figure(session, one, basis)) | {"earlier": figure(session, one, earlier).value}
            for one in shown
        ],
    }


def checked(session: Session, inspection: Inspection) -> dict[tuple[int | None, str], InspectionFinding]:
    """The findings by complaint (None: on the whole) and item."""
    rows = session.scalars(
        sa.select(InspectionFinding).where(InspectionFinding.inspection_id == inspection.id)
    )
    return {(row.complaint_id, row.item): row for row in rows}


def sample_of(session: Session, inspection: Inspection) -> list[Complaint]:
    """The complaints of the sample in the order in which they were drawn, as far as the reader may see them."""
    return list(
        session.scalars(
            sa.select(Complaint)
            .join(InspectionCase, InspectionCase.complaint_id == Complaint.id)
            .where(InspectionCase.inspection_id == inspection.id)
            .order_by(InspectionCase.position)
        )
    )


def missing(session: Session, inspection: Inspection) -> list[Reason]:
    """What stands against concluding the inspection."""
    found = checked(session, inspection)
    subjects: list[int | None] = [case.id for case in sample_of(session, inspection)] or [None]
    items = [item["code"] for item in inspection.checklist]
    open_items = sum((subject, item) not in found for subject in subjects for item in items)
    reasons = []
    if open_items:
        reasons.append(Reason("unchecked", _l("%(count)s items are not checked yet.", count=open_items)))
    reasons += [
        Reason(f"missing_{key}", _l("Still to be written: %(part)s.", part=field_of(Inspection, key).label))
        for key in WRITTEN[inspection.kind]
        if not (getattr(inspection, key) or "").strip()
    ]
    if any(one.verdict is CheckVerdict.FAILS for one in found.values()) and not _has_measure(
        session, inspection
    ):
        reasons.append(
            Reason("no_measure", _l("Something does not conform: plan at least one measure first."))
        )
    return reasons


def _has_measure(session: Session, inspection: Inspection) -> bool:
    query = sa.select(MeasureOrigin.id).where(MeasureOrigin.inspection_id == inspection.id).limit(1)
    return session.scalar(query) is not None
