"""The follow-up begins: the complainant is to be asked."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin


def start_follow_up(work: UnitOfWork, complaint_id: str, version: int | None = None) -> Complaint:
    """Following up."""
    return begin(work, complaint_id, EventKind.START_FOLLOW_UP, version).finish()
