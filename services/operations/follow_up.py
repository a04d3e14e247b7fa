"""What the complainant said; dissatisfied means another round of work (R04-07, R04-08)."""

from __future__ import annotations

from datetime import datetime

from models import Complaint, FollowUp
from models.enums import Channel, EventKind, FollowUpResult, State
from models.labels import _l
from services.deadlines import clocks
from services.errors import Invalid
from services.procedures.vocabulary import ClockEvent
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import not_in_future, optional, required

_REACHED = (FollowUpResult.SATISFIED, FollowUpResult.DISSATISFIED)


def follow_up(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    result: FollowUpResult | None,
    channel: Channel | None,
    words: str,
    execution: str | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Recorded. Dissatisfied: back in work, next round, new clocks beside the kept ones of the round before."""
    act = begin(work, complaint_id, EventKind.FOLLOW_UP, version)
    if result is None:
        raise Invalid({"result": _l("Choose what the complainant said.")})
    if channel is None:
        raise Invalid({"channel": _l("Say how you asked.")})
    words = required(words, "words", _l("Write down the complainant's words or the attempts made."))
    execution = optional(execution)
    if execution is None and act.situation.procedure.follow_up.asks_execution and result in _REACHED:
        raise Invalid({"execution": _l("Say how the solution was carried out (see the procedure).")})
    asked = not_in_future(work, at, "at")
    complaint = act.complaint
    work.session.add(
        FollowUp(
            complaint_id=complaint.id,
            round=complaint.round,
            at=asked,
            channel=channel,
            result=result,
            words=words,
            execution=execution,
            by_id=act.by_id,
        )
    )
    complaint.satisfaction = result
    if result is not FollowUpResult.DISSATISFIED or complaint.handler_id is None:
        return act.finish(State.FOLLOWING_UP, text=words, result=result)
    complaint.round += 1
    complaint.not_notifiable_reason = None  # the last reply and its time stay on record until the next one
    act.finish(State.IN_WORK, text=words, result=result)
    clocks.start_clocks(work, complaint, ClockEvent.TRANSFERRED, work.now)
    act.tell([complaint.handler_id], "dissatisfied")
    return complaint
