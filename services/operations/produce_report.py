"""Producing the report of a period that is over: its figures are frozen with their definitions and cases."""

from __future__ import annotations

import sqlalchemy as sa

from models import AnalysisReport, OutboxMessage, ReportCase
from models.analysis_enums import ReportKind, ReportStatus
from models.labels import _l
from services.errors import NotPermitted, Reason, Refused
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.records import record_change, save
from services.reports.freezing import freeze
from services.reports.owners import owners
from services.reports.periods import Period
from services.unit_of_work import UnitOfWork


def produce_report(work: UnitOfWork, kind: ReportKind, period: Period) -> AnalysisReport:
    """The report, with an owner who is told of it. The desk itself does this, over all departments.

    Refused when the procedure asks for no such report, the period is not over, or its report exists.
    """
    if not work.actor.is_system:
        raise NotPermitted
    version = current_version(work.session)
    analysis = parsed(version).analysis if version else None
    if version is None or analysis is None or analysis.report(kind) is None:
        raise Refused([Reason("no_report", _l("The procedure asks for no such report."))])
    if period.end > work.now:
        raise Refused([Reason("not_over", _l("The period is not over yet."))])
    known = sa.select(AnalysisReport.id).where(
        AnalysisReport.kind == kind, AnalysisReport.starts_on == period.first
    )
    if work.session.scalar(known) is not None:
        raise Refused([Reason("exists", _l("This period has its report already."))])
    frozen = freeze(work.session, parsed(version), period)
    owner = next(iter(owners(work.session, analysis)), None)
    report = AnalysisReport(
        kind=kind,
        starts_on=period.first,
        ends_on=period.last,
        status=ReportStatus.DRAFT,
        owner_id=owner,
        procedure_version_id=version.id,
        produced_at=work.now,
        figures=frozen.figures,
        digest=frozen.digest,
    )
    work.session.add(report)
    save(work, report)
    work.session.add_all(
        ReportCase(
            report_id=report.id,
            indicator=case.indicator,
            complaint_id=case.complaint_id,
            is_counted=case.is_counted,
            hours=case.hours,
        )
        for case in frozen.cases
    )
    record_change(work, "produce", report)
    if owner is not None:
        work.session.add(
            OutboxMessage(
                recipient_id=owner,
                topic="report.produced",
                payload={"by": work.actor.name, "period": str(period)},
                next_attempt_at=work.now,
            )
        )
    return report
