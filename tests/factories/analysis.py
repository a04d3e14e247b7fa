"""Records of analysis, written straight into the tables: how they come about is tested elsewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import AnalysisReport, Inspection, Signal
from models.analysis_enums import InspectionKind, ReportKind, SignalSubject
from models.enums import RoleName
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.reports.freezing import freeze
from services.reports.periods import Period
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
