"""The screens of analysis: figures, reports, signals, inspections."""

from __future__ import annotations

from typing import Any

from admin_views.analysis.inspections import InspectionsView
from admin_views.analysis.page import AnalysisView
from admin_views.analysis.reports import ReportsView
from admin_views.analysis.signals import SignalsView


def screens() -> list[Any]:
    return [
        AnalysisView(endpoint="analysis", url="/analysis", name="analysis"),
        ReportsView(endpoint="reports", url="/reports"),
        SignalsView(endpoint="signals", url="/signals"),
        InspectionsView(endpoint="inspections", url="/inspections"),
    ]
