"""What was missing has come in."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def supply_missing(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, supplied: str
) -> Complaint:
    """Registered again, ready for acceptance: `supplied` says what came in."""
    act = begin(work, complaint_id, EventKind.SUPPLY_MISSING, version)
    return act.finish(text=required(supplied, "supplied", _l("Say what came in.")))
