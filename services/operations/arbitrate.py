"""Arbitration when departments pass a complaint to and fro: binding, no signature needed (R01-10, R16-15)."""

from __future__ import annotations

from models import Complaint
from models.enums import AssignmentKind, EventKind
from models.labels import _l
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import end_assignment, held_by, leads_now, send_to, sign
from services.workflow.management import not_its_department
from services.workflow.people import cannot_receive
from services.workflow.steps import begin
from services.workflow.typed import active_user, open_department, required


def arbitrate(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    department_id: int | None,
    person_id: int | None,
    ruling: str,
) -> Complaint:
    """In work with the department and person of the ruling."""
    act = begin(work, complaint_id, EventKind.ARBITRATE, version)
    department = open_department(work, department_id, "department_id")
    alien = not_its_department(work.session, act.complaint, department.id)
    if alien is not None:
        raise Invalid({"department_id": alien})
    person = active_user(work, person_id, "person_id")
    ruling = required(ruling, "ruling", _l("Give the ground of the ruling."))
    fault = cannot_receive(work.session, act.complaint, person.id, department.id)
    if fault is not None:
        raise Invalid({"person_id": fault})
    sender_id = held_by(act.complaint, act.situation.lead)
    if act.situation.lead is not None:
        end_assignment(work, act.situation.lead)
    complaint = act.complaint
    assignment = send_to(
        work,
        complaint,
        AssignmentKind.LEAD,
        department,
        person,
        instruction=ruling,
        instructed_by_id=act.by_id,
        from_department_id=sender_id,
    )
    sign(work, assignment, act.for_id)
    complaint.department_id = department.id
    leads_now(work, complaint, department.id)
    complaint.handler_id = complaint.responsible_id = person.id
    act.finish(text=ruling, department=department.name, person=person.name)
    act.tell([person.id, department.leader_id], "arbitrated", department=department.name)
    return complaint
