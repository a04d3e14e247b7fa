"""The office, or one's own department, handles the complaint itself without a transfer."""

from __future__ import annotations

from models import Complaint
from models.enums import AssignmentKind, EventKind
from models.labels import _l
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import leads_now, send_to, sign
from services.workflow.management import not_its_department
from services.workflow.people import only_named
from services.workflow.steps import begin
from services.workflow.typed import active_user, open_department, optional


def take_on(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    handler_id: int | None = None,
    note: str | None = None,
) -> Complaint:
    """In work with `handler_id` (default: oneself) in the actor's own department."""
    act = begin(work, complaint_id, EventKind.TAKE_ON, version)
    complaint = act.complaint
    handler = active_user(work, handler_id or act.by_id, "handler_id")
    if handler.department_id != work.actor.department_id:
        raise Invalid({"handler_id": _l("Take it on within your own department, or transfer it.")})
    department = open_department(work, handler.department_id, "handler_id")
    alien = not_its_department(work.session, complaint, department.id)
    if alien is not None:
        raise Invalid({"handler_id": alien})
    if not only_named(work.session, complaint, [handler.id]):
        raise Invalid({"handler_id": _l("This person is not named on the complaint. Name them first.")})
    assignment = send_to(work, complaint, AssignmentKind.LEAD, department, handler)
    sign(work, assignment, act.for_id)
    leads_now(work, complaint, department.id)
    complaint.department_id = department.id
    complaint.handler_id = complaint.responsible_id = handler.id
    return act.finish(text=optional(note), department=department.name, person=handler.name)
