"""The screens of quality work: investigations, measures, accidents, holds."""

from __future__ import annotations

from typing import Any

from admin_views.quality.accidents import AccidentsView
from admin_views.quality.appraisals import AppraisalsView
from admin_views.quality.groups import GroupsView
from admin_views.quality.holds import HoldsView
from admin_views.quality.investigations import InvestigationsView
from admin_views.quality.liabilities import LiabilitiesView
from admin_views.quality.measures import MeasuresView
from admin_views.quality.penalty_referrals import PenaltyReferralsView
from admin_views.quality.solutions import SolutionsView


def screens() -> list[Any]:
    return [
        InvestigationsView(endpoint="investigations", url="/investigations"),
        GroupsView(endpoint="groups", url="/groups"),
        MeasuresView(endpoint="measures", url="/measures"),
        SolutionsView(endpoint="solutions", url="/solutions"),
        AppraisalsView(endpoint="appraisals", url="/appraisals"),
        PenaltyReferralsView(endpoint="penalty_referrals", url="/penalty-referrals"),
        AccidentsView(endpoint="accidents", url="/accidents"),
        HoldsView(endpoint="holds", url="/holds"),
        LiabilitiesView(endpoint="liabilities", url="/liabilities"),
    ]
