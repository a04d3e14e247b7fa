"""The screen colours a due date as the workbook does: by working days."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from admin_views.values import due_words
from extensions import db
from services.deadlines.desk_calendar import desk_time
from services.deadlines.urgency import urgency

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("now", "due", "state"),
    [
        ("2026-02-14 09:00", "2026-02-25 00:00", "soon"),  # nine days of holiday between, one working day
        ("2026-03-02 09:00", "2026-03-06 00:00", "later"),  # three days, all of them worked
        ("2026-02-24 23:00", "2026-02-25 00:00", "today"),
        ("2026-02-25 00:00", "2026-02-25 00:00", "overdue"),
    ],
)
def test_screen_and_workbook_agree(app: Flask, now: str, due: str, state: str) -> None:
    at, end = (datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (now, due))
    with app.test_request_context():
        assert due_words(end, at, ZONE).state == state
        assert urgency(end, at, desk_time(db.session())).nearness == state
