"""An investigation asks another department for help or for its production records (R05-05, R07-15)."""

from __future__ import annotations

from datetime import date

from models import InvestigationRequest
from models.enums import EventKind, RequestKind
from models.labels import _l
from services.access.visibility import refresh_visibility
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.inquiries import enter, may_learn
from services.workflow.steps import tell, write_event
from services.workflow.typed import active_user, open_department, required


def ask_department(
    work: UnitOfWork,
    investigation_id: int,
    *,
    kind: RequestKind | None,
    department_id: int | None,
    person_id: int | None,
    wanted: str | None,
    due_on: date | None = None,
) -> InvestigationRequest:
    """The request, as a task of a named person, who reads the case from now on. Without a person: of the head."""
    entered = enter(work, investigation_id)
    if kind is None:
        raise Invalid({"kind": _l("Say what you ask for.")})
    department = open_department(work, department_id, "department_id")
    person = active_user(work, person_id or department.leader_id, "person_id")
    if person.department_id != department.id:
        raise Invalid({"person_id": _l("This person does not work in that department.")})
    may_learn(work, entered.complaint, person.id, "person_id")
    wanted = required(wanted, "wanted", _l("Say what is needed."))
    if due_on is not None and due_on < work.now.astimezone(desk_zone(work.session)).date():
        raise Invalid({"due_on": _l("This date is over already.")})
    request = InvestigationRequest(
        complaint_id=entered.complaint.id,
        investigation_id=entered.investigation.id,
        kind=kind,
        department_id=department.id,
        person_id=person.id,
        wanted=wanted,
        due_on=due_on,
        asked_by_id=work.actor.user_id,
        asked_at=work.now,
    )
    work.session.add(request)
    save(work, request)
    record_change(work, "ask", request, grant=entered.grant)
    write_event(
        work,
        entered.complaint,
        EventKind.INVESTIGATED,
        text=wanted,
        grant=entered.grant,
        done="asked",
        department=department.name,
        person=person.name,
    )
    refresh_visibility(work.session, entered.complaint)
    tell(work, entered.complaint, [person.id], "request.asked")
    return request
