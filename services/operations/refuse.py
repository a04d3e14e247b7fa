"""Refusing a complaint: a reason, the clause, the route advised, and a second person."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind, RoleName
from models.labels import _l
from services.access.separation import SeparationRule, exempted, involved
from services.deadlines import clocks
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.people import holders, only_named
from services.workflow.steps import begin
from services.workflow.typed import active_user, required

_MAY_AGREE = (RoleName.FIRST_RECEIVER, RoleName.HEAD_OF_QUALITY, RoleName.LEADER)


def refuse(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    reason: str,
    clause: str,
    route: str,
    second_person_id: int | None,
) -> Complaint:
    """Refused. `second_person_id`: who of the office or the leaders agreed; not the actor, nor through a cover."""
    act = begin(work, complaint_id, EventKind.REFUSE, version)
    reason = required(reason, "reason", _l("Give the reason; it goes to the complainant."))
    clause = required(clause, "clause", _l("Cite the clause it rests on."), 80)
    route = required(route, "route", _l("Say where the complainant can turn instead."))
    exempt = exempted(work.session, SeparationRule.SECOND_PERSON_FOR_REFUSAL, work.now)
    if second_person_id is not None or not exempt:
        second = active_user(work, second_person_id, "second_person_id")
        may_agree = only_named(work.session, act.complaint, holders(work.session, _MAY_AGREE))
        if involved(work.actor, second.id) or second.id not in may_agree:
            raise Invalid(
                {"second_person_id": _l("Choose somebody else of the office or a leader who agreed.")}
            )
    act.complaint.end_reason = f"{reason}\n{route}"
    act.complaint.closed_at = work.now
    clocks.void_clocks(work, act.complaint, work.now)
    return act.finish(text=reason, clause=clause, route=route, second_person_id=second_person_id)
