"""Taking over a report whose owner is away, or that has none."""

from __future__ import annotations

from models import AnalysisReport
from models.analysis_enums import ReportStatus
from models.labels import _l
from services import audit
from services.errors import Reason, Refused
from services.records import load_record, record_change, save
from services.reports.owners import owner_grant
from services.unit_of_work import UnitOfWork


def take_over_report(work: UnitOfWork, report_id: int, version: int | None) -> AnalysisReport:
    """The report, owned by the actor from now on. NotPermitted unless their role answers for the analysis."""
    report: AnalysisReport = load_record(work, AnalysisReport, report_id, version)
    grant = owner_grant(work.session, work.actor)
    if report.status is not ReportStatus.DRAFT:
        raise Refused([Reason("submitted", _l("The report is submitted; it stands as it is."))])
    earlier = audit.values_of(report)
    report.owner_id = work.actor.user_id
    save(work, report)
    record_change(work, "take_over", report, earlier, grant=grant)
    return report
