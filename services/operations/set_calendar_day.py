"""Deciding a single day over the official calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import CalendarDay
from services import audit
from services.access.permissions import Permission
from services.errors import NotPermitted
from services.records import load_record, put_values, record_change, save
from services.unit_of_work import UnitOfWork


def set_calendar_day(
    work: UnitOfWork, day_id: int | None = None, version: int | None = None, *, values: Mapping[str, Any]
) -> CalendarDay:
    """The day as decided (a new one without `day_id`). Due dates are recomputed by the caller, as the system."""
    if not work.actor.may(Permission.CALENDAR_WRITE):
        raise NotPermitted
    day = CalendarDay() if day_id is None else load_record(work, CalendarDay, day_id, version)
    earlier = None if day_id is None else audit.values_of(day)
    put_values(day, values)
    work.session.add(day)
    save(work, day)
    record_change(work, "create" if earlier is None else "edit", day, earlier)
    return day
