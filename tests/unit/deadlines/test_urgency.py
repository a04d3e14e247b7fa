"""How near a due moment is."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.deadlines.calendar import prc_calendar
from services.deadlines.desk_calendar import DeskTime
from services.deadlines.urgency import Urgency, urgency

ZONE = ZoneInfo("Asia/Shanghai")
TIME = DeskTime(prc_calendar(), ZONE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-02-10 09:00", Urgency("later", 5)),
        ("2026-02-13 09:00", Urgency("soon", 2)),  # the make-up Saturday and the 24th
        ("2026-02-14 09:00", Urgency("soon", 1)),
        ("2026-02-20 09:00", Urgency("soon", 1)),
        ("2026-02-24 23:59", Urgency("today", 0)),
        ("2026-02-25 00:00", Urgency("overdue", None)),
    ],
)
def test_nearness_counts_working_days(now: str, wanted: Urgency) -> None:
    assert urgency(local("2026-02-25 00:00"), local(now), TIME) == wanted


def test_a_lower_bound_is_never_overdue() -> None:
    assert (
        urgency(local("2027-01-04 00:00"), local("2027-02-01 09:00"), TIME, is_lower_bound=True).nearness
        == "today"
    )
