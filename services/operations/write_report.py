"""What the owner of a report makes of its figures: check of the data, comparison, causes, improvement measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import AnalysisReport
from models.analysis_enums import ReportStatus
from models.labels import _l
from services import audit
from services.access.separation import involved
from services.errors import NotPermitted, Reason, Refused
from services.records import load_record, put_values, record_change, save
from services.reports.owners import owner_grant
from services.unit_of_work import UnitOfWork


def write_report(
    work: UnitOfWork, report_id: int, version: int | None, *, values: Mapping[str, Any]
) -> AnalysisReport:
    """The report with the words of its owner. NotPermitted for everybody else, Refused once it is submitted."""
    report: AnalysisReport = load_record(work, AnalysisReport, report_id, version)
    grant = owner_grant(work.session, work.actor)
    if not involved(work.actor, report.owner_id):
        raise NotPermitted(_l("Only the owner writes this report; take it over first."))
    if report.status is not ReportStatus.DRAFT:
        raise Refused([Reason("submitted", _l("The report is submitted; it stands as it is."))])
    earlier = audit.values_of(report)
    put_values(report, values)
    save(work, report)
    record_change(work, "edit", report, earlier, grant=grant)
    return report
