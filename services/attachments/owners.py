"""The record that a file hangs on, and whether the actor may add to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from models import Accident, Attachment, Complaint, Investigation
from models.enums import AccidentStatus, State
from models.labels import _l
from services.access.permissions import Permission
from services.actor import Actor, Grant
from services.errors import NotFound, NotPermitted, Reason, Refused
from services.unit_of_work import UnitOfWork
from services.workflow.gates import Situation
from services.workflow.steps import departments_of

FILED = frozenset({State.ARCHIVED, State.MERGED})
"""States in which the file of a complaint is complete: its digest has been taken."""


@dataclass(frozen=True)
class Owner:
    """A record in scope, with the grant under which the actor may add to it. `complaint` also of an accident's case."""

    complaint: Complaint | None
    accident: Accident | None
    investigation: Investigation | None
    grant: Grant | None

    def keys(self) -> dict[str, int | None]:
        """The references of an attachment to its record; a file of an accident stands on no case."""
        return {
            "complaint_id": self.complaint.id if self.complaint and self.accident is None else None,
            "accident_id": self.accident.id if self.accident else None,
            "investigation_id": self.investigation.id if self.investigation else None,
        }

    def check_open(self) -> None:
        """Refused when nothing may be added or withdrawn any more."""
        if self.accident is not None:
            if self.accident.status is AccidentStatus.CLOSED:
                raise Refused(
                    [Reason("accident_closed", _l("The accident is closed; its files stay as they are."))]
                )
        elif self.complaint is not None and self.complaint.state in FILED:
            raise Refused([Reason("filed", _l("The complaint is filed; its files stay as they are."))])


def owner_of(
    work: UnitOfWork,
    *,
    complaint: str | None = None,
    accident: str | None = None,
    investigation: str | None = None,
) -> Owner:
    """The one record named by its public id. NotFound for an unknown or a foreign one, NotPermitted without a role."""
    named: list[tuple[type[Any], str | None]] = [
        (Complaint, complaint),
        (Accident, accident),
        (Investigation, investigation),
    ]
    given = [(model, public_id) for model, public_id in named if public_id is not None]
    if len(given) != 1:
        raise ValueError("a file hangs on exactly one record")
    model, public_id = given[0]
    found = work.session.scalars(sa.select(model).where(model.public_id == public_id)).first()
    if found is None:
        raise NotFound
    return _owner(work, found)


def owner_of_attachment(work: UnitOfWork, attachment: Attachment) -> Owner:
    """The record that this file hangs on; errors as in `owner_of`."""
    keys: list[tuple[type[Any], int | None]] = [
        (Investigation, attachment.investigation_id),
        (Accident, attachment.accident_id),
        (Complaint, attachment.complaint_id),
    ]
    model, key = next((model, key) for model, key in keys if key is not None)
    found = work.session.scalars(sa.select(model).where(model.id == key)).first()
    if found is None:
        raise NotFound
    return _owner(work, found)


def _owner(work: UnitOfWork, record: Complaint | Accident | Investigation) -> Owner:
    if isinstance(record, Accident):
        grant = _permitted(
            work.actor, Permission.ACCIDENT_WRITE, _departments_of_accident(work.actor, record)
        )
        case = record.complaint if record.complaint_id is not None else None
        return Owner(case, record, None, grant)
    investigation = record if isinstance(record, Investigation) else None
    complaint = record.complaint if isinstance(record, Investigation) else record
    situation = Situation(work.session, complaint, work.actor, None, work.now)
    departments = None if complaint.is_confidential else departments_of(situation)
    return Owner(
        complaint, None, investigation, _permitted(work.actor, Permission.COMPLAINT_ATTACH, departments)
    )


def _departments_of_accident(actor: Actor, accident: Accident) -> set[int]:
    """The accident's department, and one's own for an accident one has reported oneself."""
    found = {accident.department_id}
    if accident.reported_by_id == actor.user_id and actor.department_id is not None:
        found.add(actor.department_id)
    return found


def _permitted(actor: Actor, permission: Permission, departments: set[int] | None) -> Grant | None:
    """The grant; None for the desk itself."""
    grant = actor.grant_for(permission, departments)
    if grant is None and not actor.is_system:
        raise NotPermitted
    return grant
