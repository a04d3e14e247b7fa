"""The manager in charge decides on an internal memo; the decision stays beside the opinion (R05-10)."""

from __future__ import annotations

from models import InternalMemo
from models.enums import EventKind, MemoDecision
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid, NotPermitted, Reason, Refused
from services.records import load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.inquiries import enter
from services.workflow.steps import tell, write_event
from services.workflow.typed import required


def decide_memo(
    work: UnitOfWork,
    memo_id: int,
    version: int | None = None,
    *,
    decision: MemoDecision | None,
    text: str | None,
) -> InternalMemo:
    """The decided memo. NotPermitted for anybody but its manager and who stands in for them."""
    memo: InternalMemo = load_record(work, InternalMemo, memo_id, version)
    entered = enter(work, memo.investigation_id, permission=Permission.INVESTIGATION_DECIDE)
    if not work.actor.is_system and memo.manager_id not in work.actor.people:
        raise NotPermitted
    if memo.decided_at is not None:
        raise Refused([Reason("decided", _l("This memo is decided already."))])
    if decision is None:
        raise Invalid({"decision": _l("Say how you decide.")})
    earlier = audit.values_of(memo)
    memo.decision = decision
    memo.decision_text = required(text, "text", _l("Give your decision in words."))
    memo.decided_at = work.now
    memo.decided_by_id = work.actor.user_id
    save(work, memo)
    record_change(work, "decide", memo, earlier, grant=entered.grant)
    write_event(
        work,
        entered.complaint,
        EventKind.INVESTIGATED,
        text=memo.decision_text,
        grant=entered.grant,
        done="memo_decided",
        decision=decision,
    )
    tell(work, entered.complaint, [memo.sent_by_id, entered.investigation.leader_id], "memo.decided")
    return memo
