"""Telling the complainant that the complaint is in: number, steps, expected date (R07-08, R11-05)."""

from __future__ import annotations

from datetime import date, datetime

from models import Complaint
from models.enums import Channel, EventKind
from models.labels import _l
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import not_in_future, required


def acknowledge(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    text: str,
    channel: Channel | None,
    expected_on: date | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Acknowledged: what the complainant was told, how, and by when an answer was promised."""
    act = begin(work, complaint_id, EventKind.ACKNOWLEDGE, version)
    text = required(text, "text", _l("Write down what the complainant was told."))
    if channel is None:
        raise Invalid({"channel": _l("Say how the complainant was told.")})
    told_at = not_in_future(work, at, "at")
    if expected_on is not None and expected_on < told_at.date():
        raise Invalid({"expected_on": _l("The date has to lie ahead.")})
    act.complaint.acknowledged_at = act.complaint.acknowledged_at or told_at
    return act.finish(text=text, channel=channel, expected_on=expected_on)
