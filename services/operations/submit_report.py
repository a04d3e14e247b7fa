"""Submitting a report: everything that the method of the procedure asks for is written."""

from __future__ import annotations

from models import AnalysisReport, OutboxMessage
from models.analysis_enums import ReportStatus
from models.enums import RoleName
from models.fields import field_of
from models.labels import _l
from services import audit
from services.access.separation import involved
from services.errors import NotPermitted, Reason, Refused
from services.procedures.of_complaint import parsed
from services.records import load_record, record_change, save
from services.reports.owners import owner_grant
from services.unit_of_work import UnitOfWork
from services.workflow.people import holders


def missing_parts(report: AnalysisReport) -> list[Reason]:
    """The parts that the method of the report's procedure asks for and that are not written yet."""
    analysis = parsed(report.procedure_version).analysis
    return [
        Reason(
            f"missing_{step.part.value}",
            _l("Still to be written: %(part)s.", part=field_of(AnalysisReport, step.part.value).label),
        )
        for step in (analysis.method if analysis else ())
        if not (getattr(report, step.part.value) or "").strip()
    ]


def submit_report(work: UnitOfWork, report_id: int, version: int | None) -> AnalysisReport:
    """The submitted report; leaders are told. Refused while a part is missing, NotPermitted but for its owner."""
    report: AnalysisReport = load_record(work, AnalysisReport, report_id, version)
    grant = owner_grant(work.session, work.actor)
    if not involved(work.actor, report.owner_id):
        raise NotPermitted(_l("Only the owner submits this report; take it over first."))
    if report.status is not ReportStatus.DRAFT:
        raise Refused([Reason("submitted", _l("The report is submitted; it stands as it is."))])
    missing = missing_parts(report)
    if missing:
        raise Refused(missing)
    earlier = audit.values_of(report)
    report.status = ReportStatus.SUBMITTED
    report.submitted_at = work.now
    report.submitted_by_id = work.actor.user_id
    save(work, report)
    record_change(work, "submit", report, earlier, grant=grant)
    for person in holders(work.session, [RoleName.LEADER]):
        if person != work.actor.user_id:
            work.session.add(
                OutboxMessage(
                    recipient_id=person,
                    topic="report.submitted",
                    payload={
                        "by": work.actor.name,
                        "period": f"{report.starts_on.isoformat()} – {report.ends_on.isoformat()}",
                    },
                    next_attempt_at=work.now,
                )
            )
    return report
