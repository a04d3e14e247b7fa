"""Asking the complainant for what is missing before acceptance."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def ask_to_complete(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, missing: str
) -> Complaint:
    """To be completed: `missing` says what was asked for."""
    act = begin(work, complaint_id, EventKind.ASK_TO_COMPLETE, version)
    return act.finish(text=required(missing, "missing", _l("Say what is missing.")))
