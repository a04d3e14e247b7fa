"""Adding a co-handling department with a named person (R01-10)."""

from __future__ import annotations

from models import Complaint
from models.enums import AssignmentKind, EventKind
from models.labels import _l
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import send_to
from services.workflow.people import cannot_receive
from services.workflow.steps import begin
from services.workflow.typed import active_user, open_department, optional, required


def add_co_handler(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    department_id: int | None,
    person_id: int | None,
    instruction: str,
    coordinator: str | None = None,
) -> Complaint:
    """The department reads the complaint at once and is asked to sign and to give its opinion.

    Where the procedure names a coordinator of joint cases, who it is belongs to the record (R15-13).
    """
    act = begin(work, complaint_id, EventKind.ADD_CO_HANDLER, version)
    department = open_department(work, department_id, "department_id")
    person = active_user(work, person_id, "person_id")
    instruction = required(instruction, "instruction", _l("Say what this department is to do."))
    coordinator = optional(coordinator, "coordinator", 200)
    joint = act.situation.procedure.joint_handling
    if joint is not None and coordinator is None:
        raise Invalid({"coordinator": _l("Say who coordinates the departments.")})
    fault = cannot_receive(work.session, act.complaint, person.id, department.id)
    if fault is not None:
        raise Invalid({"person_id": fault})
    if department.id == act.complaint.department_id:
        raise Invalid({"department_id": _l("This department leads already.")})
    if any(a.department_id == department.id for a in act.situation.co_handling):
        raise Invalid({"department_id": _l("This department co-handles already.")})
    assignment = send_to(
        work, act.complaint, AssignmentKind.CO_HANDLING, department, person, instruction=instruction
    )
    assignment.coordinator = coordinator
    act.finish(text=instruction, department=department.name, person=person.name, coordinator=coordinator)
    act.tell([person.id, department.leader_id], "co_handling.awaiting", department=department.name)
    return act.complaint
