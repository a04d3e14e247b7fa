"""Passing the complaint to the authority it belongs to (R15-18)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.deadlines import clocks
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import end_all
from services.workflow.steps import begin
from services.workflow.typed import required


def refer(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    authority: str,
    reason: str,
    complainant_told: bool,
) -> Complaint:
    """Referred. Invalid unless the complainant was told, or is anonymous."""
    act = begin(work, complaint_id, EventKind.REFER, version)
    authority = required(authority, "authority", _l("Name the authority."))
    reason = required(reason, "reason", _l("Say why it belongs there."))
    if not complainant_told and not act.complaint.is_anonymous:
        raise Invalid({"complainant_told": _l("Tell the complainant first.")})
    act.complaint.closed_at = work.now
    act.complaint.end_reason = f"{authority}\n{reason}"
    end_all(work, act.complaint)
    clocks.void_clocks(work, act.complaint, work.now)
    return act.finish(text=reason, authority=authority)
