"""The screens of quality work: investigations, measures, accidents."""

from __future__ import annotations

from typing import Any

from admin_views.quality.accidents import AccidentsView
from admin_views.quality.groups import GroupsView
from admin_views.quality.investigations import InvestigationsView
from admin_views.quality.measures import MeasuresView


def screens() -> list[Any]:
    return [
        InvestigationsView(endpoint="investigations", url="/investigations"),
        GroupsView(endpoint="groups", url="/groups"),
        MeasuresView(endpoint="measures", url="/measures"),
        AccidentsView(endpoint="accidents", url="/accidents"),
    ]
