"""A note on the file; it never appears on anything that leaves the organisation (R03-13)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def note(work: UnitOfWork, complaint_id: str, version: int | None = None, *, text: str) -> Complaint:
    """Kept in the history. Works on paused and ended complaints too, and resets nothing."""
    act = begin(work, complaint_id, EventKind.NOTE, None)
    return act.finish(text=required(text, "text", _l("Write the note.")))
