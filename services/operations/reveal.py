"""Reading masked personal data of one complaint: with a reason, and on record (R03-12)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services import audit
from services.access.masking import may_reveal
from services.errors import NotPermitted
from services.unit_of_work import UnitOfWork
from services.workflow.steps import load, write_event
from services.workflow.typed import required


def reveal(work: UnitOfWork, complaint_id: str, *, reason: str) -> Complaint:
    """The complaint whose personal data may be shown to the actor from now on."""
    complaint = load(work, complaint_id)
    if not may_reveal(work.actor, complaint):
        raise NotPermitted
    reason = required(reason, "reason", _l("Say what you need it for."))
    write_event(work, complaint, EventKind.REVEALED, text=reason)
    work.record(
        audit.Draft("complaint.reveal", "complaint", complaint.id, complaint.number, complaint, reason=reason)
    )
    return complaint
