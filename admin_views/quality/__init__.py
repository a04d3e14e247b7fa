"""The screens of quality work: investigations, measures, accidents, holds."""

from __future__ import annotations

from typing import Any

from admin_views.quality.accidents import AccidentsView
from admin_views.quality.holds import HoldsView
from admin_views.quality.investigations import InvestigationsView
from admin_views.quality.measures import MeasuresView


def screens() -> list[Any]:
    return [
        InvestigationsView(endpoint="investigations", url="/investigations"),
        MeasuresView(endpoint="measures", url="/measures"),
        AccidentsView(endpoint="accidents", url="/accidents"),
        HoldsView(endpoint="holds", url="/holds"),
    ]
