"""Whose cause it was: put on record, sent up where it is unclear, and the case to whom it concerns (R16-15, R16-16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models import Complaint, Department, User
from models.enums import AssignmentKind, EventKind, Responsibility
from models.labels import _l
from services import audit
from services.errors import Invalid
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import end_assignment, held_by, leads_now, send_to
from services.workflow.escalation import somebody
from services.workflow.gates import Situation
from services.workflow.inquiries import Entered
from services.workflow.inquiry_parts import OWN_FAULT
from services.workflow.people import cannot_receive, of_level
from services.workflow.steps import Act, tell, write_event
from services.workflow.table import TRANSITIONS
from services.workflow.typed import active_user, not_in_future, open_department, optional, required


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is typed in about the responsibility."""

    responsibility: Responsibility | None
    department_id: int | None = None
    person_id: int | None = None
    explanation: str | None = None
    customer_told_at: datetime | None = None
    return_applied_at: datetime | None = None
    product_returned_at: datetime | None = None


def put(work: UnitOfWork, entered: Entered, said: Said) -> None:
    """Write it onto the investigation and the complaint. Invalid at each field that this responsibility needs."""
    investigation, responsibility = entered.investigation, said.responsibility
    if responsibility is None:
        raise Invalid({"responsibility": _l("Say whose cause it was.")})
    department, person = _those(work, said)
    explanation = optional(said.explanation)
    if responsibility in (Responsibility.COMPLAINANT, Responsibility.UNDETERMINED):
        message = _l("Say why, in the words that the complainant is told.")
        explanation = required(explanation, "explanation", message)
    _check_sent_back(entered, said)
    investigation.responsibility = responsibility
    investigation.responsible_department_id = department.id if department else None
    investigation.responsible_person_id = person.id if person else None
    investigation.responsibility_explained = explanation
    for key in ("customer_told_at", "return_applied_at", "product_returned_at"):
        moment = getattr(said, key)
        if moment is not None:
            setattr(investigation, key, not_in_future(work, moment, key))
    entered.complaint.responsibility = responsibility


def _those(work: UnitOfWork, said: Said) -> tuple[Department | None, User | None]:
    if said.responsibility not in OWN_FAULT:
        return None, None
    person = active_user(work, said.person_id, "person_id") if said.person_id is not None else None
    if said.responsibility is Responsibility.STAFF and person is None:
        raise Invalid({"person_id": _l("Name the person who is responsible.")})
    department_id = said.department_id or (person.department_id if person else None)
    if department_id is None:
        raise Invalid({"department_id": _l("Name the department that is responsible.")})
    return open_department(work, department_id, "department_id"), person


def _check_sent_back(entered: Entered, said: Said) -> None:
    """Before quality determines it, the customer knows, the return is applied for, the product is there (R05-14)."""
    rule = entered.rules.undetermined
    if said.responsibility is not Responsibility.UNDETERMINED or rule is None or not rule.product_sent_back:
        return
    messages = {
        "customer_told_at": _l("Explain it to the customer first, and say when."),
        "return_applied_at": _l("Apply for the return of the product, and say when."),
        "product_returned_at": _l("Send the product back for determination, and say when."),
    }
    faults = {key: text for key, text in messages.items() if getattr(said, key) is None}
    if faults:
        raise Invalid(faults)


def send_up(work: UnitOfWork, entered: Entered) -> None:
    """An unclear responsibility rises to who determines it; they are told (R05-14, R16-15)."""
    rule, complaint = entered.rules.undetermined, entered.complaint
    if rule is None or entered.investigation.responsibility is not Responsibility.UNDETERMINED:
        return
    levels = [step.level for step in procedure_of(work.session, complaint).escalation]
    target = next((level for level in rule.to if level in levels), None)
    if target is not None and complaint.escalation_level <= levels.index(target):
        complaint.escalation_level = levels.index(target) + 1
        write_event(
            work,
            complaint,
            EventKind.ESCALATE,
            text=entered.investigation.responsibility_explained,
            clause=", ".join(rule.clause) or None,
            grant=entered.grant,
            level=target.value,
            number=complaint.escalation_level,
        )
    level = target or rule.to[0]
    people = of_level(work.session, complaint, level)
    tell(work, complaint, somebody(work.session, complaint, people), "escalated", level=level.value)


def determiners(work: UnitOfWork, entered: Entered) -> set[int]:
    """The people who decide an unclear responsibility."""
    rule = entered.rules.undetermined
    return {
        person
        for level in (rule.to if rule else ())
        for person in of_level(work.session, entered.complaint, level)
    }


def follow(work: UnitOfWork, entered: Entered) -> None:
    """The department found responsible gets the case, where the procedure says so, and signs for it (R16-16)."""
    rule, complaint = entered.rules.follows_responsibility, entered.complaint
    department_id = entered.investigation.responsible_department_id
    if rule is None or not rule.moves_case or department_id is None:
        return
    situation = Situation(work.session, complaint, work.actor, entered.grant, work.now)
    transition = TRANSITIONS[EventKind.TRANSFER]
    if complaint.state not in transition.sources or complaint.paused_at is not None:
        return
    old = situation.lead
    if department_id in {complaint.department_id, held_by(complaint, old)}:
        return
    department = open_department(work, department_id, "department_id")
    person = _head(work, complaint, department)
    act = Act(
        work, complaint, transition, situation, entered.grant, complaint.state, audit.values_of(complaint)
    )
    sender_id = held_by(complaint, old) or work.actor.department_id
    if old is not None:
        end_assignment(work, old)
    leads_now(work, complaint, department.id)
    assignment = send_to(
        work,
        complaint,
        AssignmentKind.LEAD,
        department,
        person,
        instruction=entered.investigation.responsibility_explained,
        from_department_id=sender_id,
    )
    complaint.department_id = department.id
    complaint.handler_id = None
    complaint.responsible_id = act.by_id
    act.finish(
        text=entered.investigation.responsibility_explained,
        clause=", ".join(rule.clause) or None,
        department_id=department.id,
        department=department.name,
        person_id=person.id,
        person=person.name,
        assignment_id=assignment.id,
    )
    act.tell([person.id], "transfer.awaiting", department=department.name)
    if old is not None:
        act.tell([old.person_id], "reassigned", department=department.name)


def _head(work: UnitOfWork, complaint: Complaint, department: Department) -> User:
    """Who signs for the department: its head."""
    if department.leader_id is None:
        message = _l("This department has no head to sign for the case. Enter one under Departments first.")
        raise Invalid({"department_id": message})
    fault = cannot_receive(work.session, complaint, department.leader_id, department.id)
    if fault is not None:
        raise Invalid({"department_id": fault})
    return active_user(work, department.leader_id, "department_id")
