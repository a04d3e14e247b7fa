"""Closing a complaint, once all its gates hold (R04-08, R16-17)."""

from __future__ import annotations

from models import Complaint
from models.enums import CloseKind, EventKind, FollowUpResult, RoleName
from models.labels import _l
from services.deadlines import clocks
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import end_all
from services.workflow.remedy_tasks import plan_effect_checks
from services.workflow.steps import begin
from services.workflow.typed import required


def close(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    opinion: str,
    external_route: str | None = None,
) -> Complaint:
    """Closed with the superior's opinion. Refused with everything that is missing."""
    act = begin(work, complaint_id, EventKind.CLOSE, version)
    opinion = required(opinion, "opinion", _l("Write down your opinion on the handling."))
    complaint, last = act.complaint, act.situation.last_follow_up
    complaint.closed_at = work.now
    if last is not None and last.result is FollowUpResult.DISSATISFIED:
        complaint.close_kind = CloseKind.LEADER_EXIT
        if act.situation.procedure.follow_up.goes_on(complaint.responsibility):
            act.require(
                act.grant is not None and act.grant.role is RoleName.LEADER,
                "leader_only",
                _l("While the complainant is not satisfied, only the leader in charge closes it."),
            )
            complaint.end_reason = required(
                external_route,
                "external_route",
                _l("Say where the complainant, who is not satisfied, was told to turn."),
            )
    elif complaint.not_notifiable_reason:
        complaint.close_kind = CloseKind.NOT_NOTIFIABLE
    else:
        complaint.close_kind = CloseKind.NORMAL
    end_all(work, complaint)
    plan_effect_checks(work, complaint, act.situation.procedure)
    act.finish(text=opinion)
    clocks.void_clocks(work, complaint, work.now)
    act.tell([complaint.handler_id, complaint.first_receiver_id], "closed")
    return complaint
