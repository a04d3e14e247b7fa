"""Passing the complaint to the authority it belongs to (R15-18)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.deadlines import clocks
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import end_all
from services.workflow.privacy import require_consent
from services.workflow.steps import Act, begin
from services.workflow.typed import required
from services.workflow.warranty import Standing, computed_for


def refer(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    authority: str,
    reason: str,
    complainant_told: bool,
) -> Complaint:
    """Referred. Invalid unless the complainant was told, or is anonymous.

    Past the warranty how that was computed goes with the reason (R15-09).
    """
    act = begin(work, complaint_id, EventKind.REFER, version)
    authority = required(authority, "authority", _l("Name the authority."))
    reason = required(reason, "reason", _l("Say why it belongs there."))
    if not complainant_told and not act.complaint.is_anonymous:
        raise Invalid({"complainant_told": _l("Tell the complainant first.")})
    require_consent(work.session, act.complaint, authority)
    reason = _with_explanation(act, reason)
    act.complaint.closed_at = work.now
    act.complaint.end_reason = f"{authority}\n{reason}"
    end_all(work, act.complaint)
    clocks.void_clocks(work, act.complaint, work.now)
    return act.finish(text=reason, authority=authority)


def _with_explanation(act: Act, reason: str) -> str:
    rule = act.situation.procedure.warranty
    found = computed_for(act.situation)
    if rule is None or rule.past is None or found is None or found[1].standing is not Standing.PAST:
        return reason
    clause = ", ".join(rule.past.clause)
    return f"{reason}\n{found[1].explanation} ({clause})"
