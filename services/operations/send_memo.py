"""An internal memo (内联单) goes to the manager in charge, with an opinion for their decision (R05-10)."""

from __future__ import annotations

from models import InternalMemo
from models.enums import EventKind
from models.labels import _l
from services.access.visibility import refresh_visibility
from services.errors import Invalid
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.inquiries import enter, may_learn
from services.workflow.people import managers_at
from services.workflow.steps import tell, write_event
from services.workflow.typed import active_user, required


def send_memo(
    work: UnitOfWork,
    investigation_id: int,
    *,
    manager_id: int | None,
    facts: str | None,
    opinion: str | None,
) -> InternalMemo:
    """The memo, awaiting a decision. Invalid when the procedure names a level and the manager is not of it."""
    entered = enter(work, investigation_id)
    manager = active_user(work, manager_id, "manager_id")
    rule = entered.rules.memo
    if rule is not None and manager.id not in managers_at(work.session, rule.to):
        raise Invalid(
            {"manager_id": _l("The procedure sends the memo to the manager in charge of the area.")}
        )
    if manager.id in work.actor.people:
        raise Invalid({"manager_id": _l("Choose somebody else: nobody decides on their own memo.")})
    may_learn(work, entered.complaint, manager.id, "manager_id")
    memo = InternalMemo(
        complaint_id=entered.complaint.id,
        investigation_id=entered.investigation.id,
        manager_id=manager.id,
        facts=required(facts, "facts", _l("Write down what is known.")),
        opinion=required(opinion, "opinion", _l("Write down what you propose.")),
        sent_by_id=work.actor.user_id,
        sent_at=work.now,
    )
    work.session.add(memo)
    save(work, memo)
    record_change(work, "send", memo, grant=entered.grant)
    write_event(
        work,
        entered.complaint,
        EventKind.INVESTIGATED,
        text=memo.opinion,
        grant=entered.grant,
        done="memo",
        person=manager.name,
    )
    refresh_visibility(work.session, entered.complaint)
    tell(work, entered.complaint, [manager.id], "memo.sent")
    return memo
