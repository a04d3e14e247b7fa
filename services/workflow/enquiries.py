"""Who answers a record that is no complaint."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from models import Department, Enquiry, OutboxMessage
from services.actor import Actor
from services.procedures.schema import Procedure
from services.procedures.sections.enquiries import EnquiryKind
from services.unit_of_work import UnitOfWork
from services.workflow.people import holders


def kind_of(procedure: Procedure, code: str) -> EnquiryKind | None:
    """The kind of record with this code; None when the procedure does not have it."""
    return next((kind for kind in procedure.enquiries if kind.code == code), None)


def answerers(session: Session, kind: EnquiryKind, enquiry: Enquiry) -> list[int]:
    """The people who may answer it: the posts that the procedure names, and the head of the department it goes to.

    Whoever is responsible within a department looks into it and reports, and does not answer (R09-13).
    """
    found = holders(session, kind.answered_by, enquiry.department_id)
    if kind.to_department and enquiry.department_id is not None:
        department = session.get(Department, enquiry.department_id)
        if department is not None and department.leader_id is not None:
            found.append(department.leader_id)
    return list(dict.fromkeys(found))


def may_answer(session: Session, actor: Actor, kind: EnquiryKind | None, enquiry: Enquiry) -> bool:
    """Whether the actor, or somebody they stand in for, is one of those."""
    return kind is not None and bool(set(answerers(session, kind, enquiry)) & set(actor.people))


def tell_of_enquiry(work: UnitOfWork, enquiry: Enquiry, people: Iterable[int | None], topic: str) -> None:
    """A message for each, in the outbox of this transaction. It carries the number, nothing personal."""
    for person in dict.fromkeys(people):
        if person is not None and person != work.actor.user_id:
            work.session.add(
                OutboxMessage(
                    recipient_id=person,
                    topic=topic,
                    payload={"by": work.actor.name, "enquiry": enquiry.number, "kind": enquiry.kind_name},
                    next_attempt_at=work.now,
                )
            )
