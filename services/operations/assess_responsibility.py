"""Whose cause it was, as the investigators see it; unclear, it rises to who determines it (R16-12, R16-15, R16-16)."""

from __future__ import annotations

from models import Investigation
from models.enums import EventKind, Responsibility
from models.labels import _l
from services import audit
from services.access.visibility import refresh_visibility
from services.errors import Reason, Refused
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.inquiries import enter
from services.workflow.responsibility import Said, determiners, follow, put, send_up
from services.workflow.steps import write_event


def assess_responsibility(
    work: UnitOfWork, investigation_id: int, version: int | None, said: Said
) -> Investigation:
    """The assessed investigation. Invalid at what is missing, Refused while others have to determine it."""
    entered = enter(work, investigation_id, version)
    investigation = entered.investigation
    waiting = investigation.responsibility is Responsibility.UNDETERMINED
    if (
        waiting
        and entered.rules.undetermined is not None
        and not determiners(work, entered) & work.actor.people
    ):
        raise Refused(
            [Reason("undetermined", _l("The responsibility was sent up; it is determined there now."))]
        )
    earlier = audit.values_of(investigation)
    put(work, entered, said)
    save(work, investigation)
    record_change(work, "assess", investigation, earlier, grant=entered.grant)
    write_event(
        work,
        entered.complaint,
        EventKind.INVESTIGATED,
        text=investigation.responsibility_explained,
        grant=entered.grant,
        done="assessed",
        responsibility=said.responsibility,
    )
    send_up(work, entered)
    follow(work, entered)
    refresh_visibility(work.session, entered.complaint)
    return investigation
