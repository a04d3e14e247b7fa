"""Closing an accident: everything that the procedure wants on record is there, and its measures are settled."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, IssuedDocument, Measure
from models.enums import AccidentGrade, AccidentStatus, MeasureStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.deadlines import clocks
from services.documents.subjects import Case, procedure_for
from services.errors import Reason, Refused
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.accidents import missing_for_closing
from services.workflow.documents import missing_documents


def close_accident(
    work: UnitOfWork, accident_id: int, version: int | None, *, remark: str | None = None
) -> Accident:
    """The closed accident; clocks that still run end with it. Refused with everything that is missing."""
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    missing = what_is_missing(work.session, accident)
    if missing:
        raise Refused(missing)
    earlier = audit.values_of(accident)
    accident.status = AccidentStatus.CLOSED
    accident.closed_at = work.now
    save(work, accident)
    clocks.void_clocks(work, accident, work.now)
    record_change(work, "close", accident, earlier, grant=grant, reason=(remark or "").strip() or None)
    return accident


def what_is_missing(session: Session, accident: Accident) -> list[Reason]:
    """Everything that stands in the way of closing."""
    if accident.status is AccidentStatus.CLOSED:
        return [Reason("closed", _l("The accident is closed; its record stands."))]
    found = []
    if accident.grade is AccidentGrade.UNDETERMINED:
        found.append(Reason("grade", _l("The grade is not decided yet.")))
    found += missing_for_closing(session, accident)
    waiting = session.scalar(
        sa.select(sa.func.count(Measure.id)).where(
            Measure.accident_id == accident.id, Measure.status == MeasureStatus.PLANNED
        )
    )
    if waiting:
        found.append(
            Reason("measures", _l("%(count)s measures are neither carried out nor dropped.", count=waiting))
        )
    case = Case(accident.complaint if accident.complaint_id is not None else None, accident)
    procedure = procedure_for(session, case)
    of_record = IssuedDocument.accident_id == accident.id
    found += missing_documents(session, procedure, "close_accident", of_record)
    return found
