"""What a document is about: found in scope, with the procedure that rules it and the grant to issue on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, Complaint, IssuedDocument
from services.access.permissions import Permission
from services.actor import Grant
from services.documents.reading import Subject
from services.errors import NotFound
from services.procedures.of_complaint import parsed, procedure_of
from services.procedures.published import current_version
from services.procedures.schema import Procedure
from services.records import grant_for_record, grant_on_case
from services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Case:
    """A complaint or an accident; of an accident also its complaint, whose secrecy covers it."""

    complaint: Complaint | None
    accident: Accident | None

    @property
    def about(self) -> str:
        return "accident" if self.accident is not None else "complaint"

    @property
    def record(self) -> Complaint | Accident:
        found = self.accident or self.complaint
        if found is None:
            raise NotFound
        return found

    @property
    def number(self) -> str:
        return self.record.number

    @property
    def round(self) -> int:
        return self.complaint.round if self.complaint is not None and self.accident is None else 1


def case_at(
    session: Session, *, complaint: str | None = None, accident: str | None = None, lock: bool = False
) -> Case:
    """The record with this public id, in scope. NotFound for an unknown or a foreign one."""
    model: type[Any] = Complaint if complaint is not None else Accident
    query = sa.select(model).where(model.public_id == (complaint if complaint is not None else accident))
    if lock:
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    found = session.scalars(query).first()
    if found is None:
        raise NotFound
    if isinstance(found, Complaint):
        return Case(found, None)
    return Case(found.complaint if found.complaint_id is not None else None, found)


def procedure_for(session: Session, case: Case) -> Procedure:
    """The complaint's own procedure; for an accident on its own the organisation's."""
    if case.complaint is not None:
        return procedure_of(session, case.complaint)
    version = current_version(session)
    if version is None:
        raise NotFound
    return parsed(version)


def grant_to_issue(work: UnitOfWork, case: Case) -> Grant | None:
    """The grant to issue and hand on documents of this record. NotPermitted without one."""
    if case.accident is not None:
        return grant_for_record(work, Permission.DOCUMENT_ISSUE, case.accident)
    assert case.complaint is not None
    return grant_on_case(work, Permission.DOCUMENT_ISSUE, case.complaint)


def next_number(session: Session, case: Case) -> str:
    """The record's number with the count of its documents: ZY-2026-000012-01."""
    key = IssuedDocument.accident_id if case.accident is not None else IssuedDocument.complaint_id
    count = session.scalar(sa.select(sa.func.count(IssuedDocument.id)).where(key == case.record.id)) or 0
    return f"{case.number}-{count + 1:02d}"


def subject_of_case(work: UnitOfWork, case: Case, number: str) -> Subject:
    return Subject(
        session=work.session,
        actor=work.actor,
        procedure=procedure_for(work.session, case),
        now=work.now,
        complaint=case.complaint,
        accident=case.accident,
        number=number,
    )
