"""Letting the listed clocks stand still for a typed reason (R01-15)."""

from __future__ import annotations

from models import Complaint, Pause
from models.enums import EventKind, PauseReason
from models.labels import _l
from services.deadlines import clocks
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import required


def pause(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, reason: PauseReason | None, text: str
) -> Complaint:
    """Paused. Refused when the procedure lets no running clock stand still for this reason."""
    act = begin(work, complaint_id, EventKind.PAUSE, version)
    if reason is None:
        raise Invalid({"reason": _l("Choose the reason.")})
    text = required(text, "text", _l("Explain what is being waited for."))
    complaint = act.complaint
    work.session.add(
        Pause(
            complaint_id=complaint.id, reason=reason, text=text, started_at=work.now, started_by_id=act.by_id
        )
    )
    complaint.paused_at = work.now
    paused = clocks.pause_clocks(work, complaint, reason, work.now)
    return act.finish(text=text, reason_kind=reason, clocks=[run.code for run in paused])
