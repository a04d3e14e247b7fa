"""The clocks run on."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin, end_pause
from services.workflow.typed import optional


def resume(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, note: str | None = None
) -> Complaint:
    """Running again; due dates move by what the pause took."""
    act = begin(work, complaint_id, EventKind.RESUME, version)
    end_pause(work, act.complaint)
    return act.finish(text=optional(note))
