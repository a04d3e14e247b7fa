"""Finishing an investigation: with its report, a verdict, and whatever else the procedure asks for.

The time limits that wait for the investigation stop with its report (R08-03, R11-07, R17-07).
"""

from __future__ import annotations

import sqlalchemy as sa

from models import Finding, Investigation
from models.enums import EventKind, InformedOf, InvestigationStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Reason, Refused
from services.records import case_of, grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.informing import inform
from services.workflow.inquiry_parts import Inquiry
from services.workflow.steps import move_clocks, tell, write_event
from services.workflow.typed import required


def finish_investigation(
    work: UnitOfWork,
    investigation_id: int,
    version: int | None,
    *,
    report: str | None,
    root_cause: str | None = None,
) -> Investigation:
    """The finished investigation. Invalid without a report, Refused with everything that is still missing."""
    investigation: Investigation = load_record(work, Investigation, investigation_id, version)
    grant = grant_for_record(work, Permission.INVESTIGATION_WRITE, investigation)
    complaint = case_of(work, investigation)
    assert complaint is not None
    earlier = audit.values_of(investigation)
    investigation.root_cause = (root_cause or "").strip() or investigation.root_cause
    missing = _missing(work, investigation) or Inquiry(work.session, complaint, investigation).missing()
    if missing:
        raise Refused(missing)
    investigation.report = required(report, "report", _l("An investigation ends with its report."))
    investigation.status = InvestigationStatus.FINISHED
    investigation.finished_at = work.now
    save(work, investigation)
    record_change(work, "finish", investigation, earlier, grant=grant)
    write_event(
        work, complaint, EventKind.INVESTIGATED, text=investigation.report, grant=grant, done="finished"
    )
    move_clocks(work, complaint, EventKind.INVESTIGATED)
    tell(work, complaint, [complaint.handler_id], "investigation.finished", title=investigation.title)
    inform(work, complaint, InformedOf.INVESTIGATION_FINISHED, investigation.title)
    return investigation


def _missing(work: UnitOfWork, investigation: Investigation) -> list[Reason]:
    if investigation.status is InvestigationStatus.FINISHED:
        return [Reason("finished", _l("The investigation is finished; its record stands."))]
    number = work.session.scalar(
        sa.select(sa.func.count(Finding.id)).where(Finding.investigation_id == investigation.id)
    )
    return [] if number else [Reason("no_finding", _l("No finding is recorded yet."), "findings")]
