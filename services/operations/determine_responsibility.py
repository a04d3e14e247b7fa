"""An unclear responsibility is determined by those to whom the procedure leaves it (R05-14, R16-15)."""

from __future__ import annotations

from models import Investigation
from models.enums import EventKind, Responsibility
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.access.visibility import refresh_visibility
from services.errors import Invalid, NotPermitted, Reason, Refused
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.inquiries import enter
from services.workflow.responsibility import Said, determiners, follow, put
from services.workflow.steps import tell, write_event


def determine_responsibility(
    work: UnitOfWork, investigation_id: int, version: int | None, said: Said
) -> Investigation:
    """The investigation with its responsibility determined. NotPermitted for anybody but those it rose to."""
    entered = enter(work, investigation_id, version, permission=Permission.INVESTIGATION_DECIDE)
    investigation, complaint = entered.investigation, entered.complaint
    if investigation.responsibility is not Responsibility.UNDETERMINED:
        raise Refused([Reason("determined", _l("No responsibility awaits its determination here."))])
    if not work.actor.is_system and not determiners(work, entered) & work.actor.people:
        raise NotPermitted
    if said.responsibility is Responsibility.UNDETERMINED:
        raise Invalid({"responsibility": _l("Determine whose cause it was.")})
    earlier = audit.values_of(investigation)
    put(work, entered, said)
    investigation.determined_at = work.now
    investigation.determined_by_id = work.actor.user_id
    save(work, investigation)
    record_change(work, "determine", investigation, earlier, grant=entered.grant)
    write_event(
        work,
        complaint,
        EventKind.INVESTIGATED,
        text=investigation.responsibility_explained,
        grant=entered.grant,
        done="determined",
        responsibility=said.responsibility,
    )
    follow(work, entered)
    refresh_visibility(work.session, complaint)
    tell(work, complaint, [investigation.leader_id, complaint.handler_id], "responsibility.determined")
    return investigation
