"""The section `analysis:` of a procedure as tables: who answers, what is counted, reported, signalled, inspected."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext as _

from admin_views.case_context import RecordTable
from services.procedures.parts import Ruled
from services.procedures.sections.analysis import Analysis, InspectionPlan
from services.reports.indicators import INDICATORS
from services.reports.wording import spoken

Rows = list[tuple[list[str], Ruled]]
MakeTable = Callable[[str, list[str], Iterable[tuple[list[str], Ruled]]], RecordTable]


def analysis_tables(analysis: Analysis | None, make: MakeTable) -> list[RecordTable]:
    """The tables of the section; none where the procedure has none. `make` adds clause and assumption."""
    if analysis is None:
        return []
    rows: Rows = [([_("Answers for the analysis"), str(analysis.owner.role.label)], analysis.owner)]
    rows += [([_("Step of the analysis"), spoken(step.names)], step) for step in analysis.method]
    rows += [([_("Indicator"), spoken(INDICATORS[one.code].names)], one) for one in analysis.indicators]
    if analysis.standard_time:
        days = _("%(days)s days", days=analysis.standard_time.days)
        rows.append(([_("Standard handling time"), days], analysis.standard_time))
    rows += [([_("Periodic report"), spoken(report.names)], report) for report in analysis.reports]
    for one in analysis.thresholds:
        words = _(
            "%(subject)s: from %(count)s complaints a month, above %(times)s times the mean of %(months)s months",
            subject=one.subject.label,
            count=one.at_least,
            times=f"{one.times_usual:g}",
            months=one.usual_months,
        )
        rows.append(([_("Signal"), words], one))
    tables = [make(_("Analysis"), [_("Rule"), _("Value")], rows)]
    plans: Rows = []
    for plan in analysis.inspections:
        plans.append(([spoken(plan.names), _plan(plan)], plan))
        plans += [([_("Item to check"), spoken(item.names)], item) for item in plan.items]
    if plans:
        tables.append(make(_("Inspections"), [_("Inspection"), _("How")], plans))
    return tables


def _plan(plan: InspectionPlan) -> str:
    words = _("every %(months)s months, by %(role)s", months=plan.every_months, role=plan.held_by.label)
    if plan.sample:
        words += " · " + _("sample of %(count)s", count=plan.sample)
    return words
