"""Handing a complaint to a department and a named person; pending until they sign for it (R01-03, R01-07)."""

from __future__ import annotations

from models import Complaint
from models.enums import AssignmentKind, AssignmentStatus, EventKind, RoleName
from models.labels import _l
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import end_assignment, held_by, send_to
from services.workflow.duty import awaited_instruction, give, given_instruction
from services.workflow.management import not_its_department
from services.workflow.people import cannot_receive
from services.workflow.steps import begin
from services.workflow.typed import active_user, open_department, optional


def transfer(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    department_id: int | None,
    person_id: int | None,
    instruction: str | None = None,
    instructed_by_id: int | None = None,
) -> Complaint:
    """Awaiting signature. The sender answers for it, and reads it, until then.

    Invalid when the person can't sign for that department, or when the procedure wants a leader's instruction and
    none is given (a leader who sends it gives it by sending).
    """
    act = begin(work, complaint_id, EventKind.TRANSFER, version)
    department = open_department(work, department_id, "department_id")
    alien = not_its_department(work.session, act.complaint, department.id)
    if alien is not None:
        raise Invalid({"department_id": alien})
    person = active_user(work, person_id, "person_id")
    fault = cannot_receive(work.session, act.complaint, person.id, department.id)
    if fault is not None:
        raise Invalid({"person_id": fault})
    by_leader = work.actor.has_role(RoleName.LEADER)
    instruction = optional(instruction)
    if instruction and awaited_instruction(work.session, act.complaint):
        # Given by word of mouth, and written down by whoever passes the complaint on.
        give(work, act.complaint, instruction, None, by_id=instructed_by_id)
    given = given_instruction(work.session, act.complaint)
    if given is not None:
        instruction = instruction or given.text
        if given.department_id not in (None, department.id) and not (by_leader or instructed_by_id):
            raise Invalid(
                {
                    "department_id": _l(
                        "The leader's instruction names another department. Ask the leader anew."
                    )
                }
            )
    if act.situation.procedure.handover.leader_instruction and not by_leader and not instruction:
        raise Invalid({"instruction": _l("The procedure asks for the leader's instruction. Write it down.")})
    if instructed_by_id is not None:
        active_user(work, instructed_by_id, "instructed_by_id")
    complaint, old = act.complaint, act.situation.lead
    if old is not None and (old.department_id, old.person_id) == (department.id, person.id):
        raise Invalid({"person_id": _l("The complaint is with this person already.")})
    sender_id = held_by(complaint, old) or work.actor.department_id
    if old is not None:
        end_assignment(work, old)
    assignment = send_to(
        work,
        complaint,
        AssignmentKind.LEAD,
        department,
        person,
        instruction=instruction,
        instructed_by_id=instructed_by_id
        or (act.by_id if by_leader else given.given_by_id if given else None),
        from_department_id=sender_id,
    )
    complaint.department_id = department.id
    complaint.handler_id = None
    complaint.responsible_id = act.by_id
    act.finish(
        text=instruction,
        department_id=department.id,
        department=department.name,
        person_id=person.id,
        person=person.name,
        assignment_id=assignment.id,
    )
    act.tell([person.id, department.leader_id], "transfer.awaiting", department=department.name)
    if old is not None and old.status is AssignmentStatus.ENDED:
        act.tell([old.person_id], "reassigned", department=department.name)
    return complaint
