"""Who receives complaints when: duty roster, sittings of reception days, the month at a glance."""

from __future__ import annotations

from typing import Any

from admin_views.reception.month import MonthView
from admin_views.reception.roster import DutyView, SessionsView


def screens() -> list[Any]:
    return [
        MonthView(name="month", endpoint="reception_month", url="/reception"),
        DutyView(endpoint="duty", url="/duty"),
        SessionsView(endpoint="reception_sessions", url="/reception/sessions"),
    ]
