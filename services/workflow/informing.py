"""Telling the holders of a post of a complaint or an investigation, as the procedure says, and keeping who was told."""

from __future__ import annotations

from models import Complaint, InformedPerson
from models.enums import InformedOf
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.posts import holders_of
from services.workflow.steps import tell


def inform(work: UnitOfWork, complaint: Complaint, matter: InformedOf, title: str = "") -> None:
    """A notice to each holder and a row that says so; of a confidential case only to those named on it (R13-01).

    Whoever did it themselves knows of it, and is on the list as having read it.
    """
    procedure = procedure_of(work.session, complaint)
    told: set[int] = set()
    for rule in procedure.informed:
        if rule.of is not matter:
            continue
        for person in holders_of(work.session, procedure, complaint, rule.post):
            if person in told:
                continue
            told.add(person)
            work.session.add(
                InformedPerson(
                    complaint_id=complaint.id,
                    user_id=person,
                    post=rule.post,
                    informed_of=matter,
                    clause=", ".join(rule.clause) or None,
                    told_at=work.now,
                    read_at=work.now if person == work.actor.user_id else None,
                )
            )
    tell(work, complaint, sorted(told), f"informed.{matter.value}", title=title)
