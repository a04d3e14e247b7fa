"""What the operations on an investigation do first: load it, authorise, refuse what is over."""

from __future__ import annotations

from dataclasses import dataclass

from models import Complaint, Investigation
from models.enums import InvestigationStatus
from models.labels import _l
from services.access.permissions import Permission
from services.actor import Grant
from services.errors import Invalid, Reason, Refused
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.investigation import InvestigationRules
from services.records import case_of, grant_for_record, load_record, require_open
from services.unit_of_work import UnitOfWork
from services.workflow.people import only_named


@dataclass(frozen=True)
class Entered:
    """An investigation in scope and locked, with its complaint and the grant under which the actor works on it."""

    investigation: Investigation
    complaint: Complaint
    grant: Grant | None
    rules: InvestigationRules


def enter(
    work: UnitOfWork,
    investigation_id: int,
    version: int | None = None,
    *,
    permission: Permission = Permission.INVESTIGATION_WRITE,
    finished: bool = False,
) -> Entered:
    """The investigation to work on. NotFound, Stale, NotPermitted; Refused when the complaint has ended.

    Refused once the investigation is finished too, unless the step is one that follows its report (`finished`).
    """
    investigation: Investigation = load_record(work, Investigation, investigation_id, version)
    grant = grant_for_record(work, permission, investigation)
    complaint = case_of(work, investigation)
    assert complaint is not None
    require_open(complaint)
    if investigation.status is InvestigationStatus.FINISHED and not finished:
        raise Refused([Reason("finished", _l("The investigation is finished; its record stands."))])
    return Entered(investigation, complaint, grant, procedure_of(work.session, complaint).investigation)


def may_learn(work: UnitOfWork, complaint: Complaint, user_id: int, field: str) -> None:
    """Invalid at `field` when the complaint is confidential and does not name this person."""
    if not only_named(work.session, complaint, [user_id]):
        raise Invalid({field: _l("This person is not named on the complaint. Name them first.")})
