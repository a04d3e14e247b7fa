"""Records of analysis: straight into the tables for the routes, by the operations for a desk in full use."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import AnalysisReport, Inspection, Signal
from models.analysis_enums import CheckVerdict, InspectionKind, ReportKind, SignalSubject
from models.enums import MeasureKind, RoleName
from services.actor import SYSTEM
from services.operations.check_items import check_items
from services.operations.plan_measure import plan_measure
from services.operations.produce_report import produce_report
from services.operations.raise_signals import raise_signals
from services.operations.register import register
from services.operations.start_inspection import start_inspection
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.reports import inspecting
from services.reports.freezing import freeze
from services.reports.periods import Period, month_of
from services.unit_of_work import UnitOfWork
from tests.factories.cases import actor_of, new_complaint
from tests.factories.organisation import House

ZONE = ZoneInfo("Asia/Shanghai")
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28), ZONE)
ITEM = {"code": "records", "names": {"zh": "记录是否完整", "en": "Records are complete"}, "clause": []}


def of_analysis(session: Session, house: House) -> dict[str, Any]:
    """A report, a signal and an audit under way, by kind."""
    version = current_version(session)
    assert version is not None
    frozen = freeze(session, parsed(version), FEBRUARY)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    rows = {
        "report": AnalysisReport(
            kind=ReportKind.MONTHLY,
            starts_on=FEBRUARY.first,
            ends_on=FEBRUARY.last,
            owner_id=house[RoleName.HEAD_OF_QUALITY].id,
            procedure_version_id=version.id,
            produced_at=at,
            figures=frozen.figures,
            digest=frozen.digest,
        ),
        "signal": Signal(
            subject=SignalSubject.PRODUCT,
            value="一次性输液器",
            starts_on=FEBRUARY.first,
            ends_on=FEBRUARY.last,
            count=4,
            usual=1.0,
            raised_at=at,
        ),
        "inspection": Inspection(
            kind=InspectionKind.AUDIT,
            title="年度内部审核",
            held_on=date(2026, 3, 2),
            covers_from=FEBRUARY.first,
            covers_to=FEBRUARY.last,
            subject="投诉办公室",
            plan="audit",
            checklist=[ITEM],
            led_by_id=house[RoleName.HEAD_OF_QUALITY].id,
        ),
    }
    session.add_all(rows.values())
    session.flush()
    return rows


def use_analysis(session: Session, house: House, now: datetime) -> None:
    """The report of the last month, a signal, and an inspection under way with findings and a measure."""
    quality = actor_of(session, house[RoleName.HEAD_OF_QUALITY], now)
    with UnitOfWork(session, quality, now) as work:
        product = {"product": "一次性输液器", "batch": "20260105"}
        for _ in range(3):
            register(work, new_complaint(received_at=now - timedelta(hours=3), **product))
    session.info["actor"] = SYSTEM
    month = month_of(now.astimezone(ZONE).date(), ZONE)
    with UnitOfWork(session, SYSTEM, now) as work:
        raise_signals(work)
        produce_report(work, ReportKind.MONTHLY, month.previous)
    values = {
        "title": "第一季度检查",
        "held_on": month.last,
        "covers_from": month.first,
        "covers_to": month.last,
        "subject": "投诉办公室",
    }
    with UnitOfWork(session, quality, now) as work:
        inspection = start_inspection(work, "handling", values=values, seed="2026-1")
        case = inspecting.sample_of(session, inspection)[0]
        findings = {item["code"]: (CheckVerdict.CONFORMS, None) for item in inspection.checklist} | {
            "filed": (CheckVerdict.FAILS, "缺少答复函")
        }
        check_items(work, inspection.id, None, case.id, findings=findings)
        measure = {
            "kind": MeasureKind.RECTIFICATION,
            "text": "补齐归档资料",
            "owner_id": house[RoleName.HANDLER].id,
        }
        plan_measure(work, Inspection, inspection.id, None, values=measure)
