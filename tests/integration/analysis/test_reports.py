"""Periodic reports: made by the worker, frozen and derived again, written by their owner, submitted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from docx import Document
from docx.shared import Cm
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from models import AnalysisReport, Complaint, OutboxMessage, ReportCase, User
from models.analysis_enums import ReportKind, ReportStatus
from models.enums import EventKind, MeasureKind, RoleName
from services.actor import SYSTEM
from services.errors import Invalid, NotPermitted, Refused
from services.jobs import handlers
from services.jobs.queue import JobContext
from services.operations.plan_measure import plan_measure
from services.operations.submit_report import submit_report
from services.operations.take_over_report import take_over_report
from services.operations.write_report import write_report
from services.reports.freezing import rederive
from services.reports.rounds import analyse
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.factories import House, actor_of, create_house, fire, take
from tests.integration.analysis.desk import LEADER, QUALITY, RECEIVER, at, listed, page, put, received, words
from tests.support.client import DeskClient

MARCH_FIRST = at(3, 1, 0)
WRITTEN = {
    "data_check": "数据完整。",
    "comparison": "较上月增加一件。",
    "causes": "分诊人手不足。",
    "improvements": "增设分诊台。",
}


def house_of(session: Session, procedure: str) -> House:
    made = create_house(session, procedure)
    session.commit()
    return made


def reports(session: Session) -> Sequence[AnalysisReport]:
    session.info["actor"] = SYSTEM
    query = sa.select(AnalysisReport).order_by(AnalysisReport.starts_on, AnalysisReport.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def made_at(session: Session, moment: datetime) -> AnalysisReport:
    analyse(session, moment)
    return reports(session)[-1]


def act(session: Session, user: User, operation: Any, record: Any, **form: Any) -> Any:
    now = datetime.now(tz=record.produced_at.tzinfo)
    with UnitOfWork(session, actor_of(session, user, now), now) as work:
        return operation(work, record.id, None, **form)


def missing(session: Session, user: User, report: AnalysisReport) -> set[str]:
    """What stands against submitting the report."""
    with pytest.raises(Refused) as refused:
        act(session, user, submit_report, report)
    return {reason.code.removeprefix("missing_") for reason in refused.value.reasons}


def write_and_submit(session: Session, user: User, report: AnalysisReport) -> AnalysisReport:
    act(session, user, write_report, report, values=WRITTEN)
    act(session, user, submit_report, report)
    return reports(session)[-1]


@pytest.mark.clause("R06-14")
def test_the_worker_makes_the_report_of_the_month_that_is_over(
    session: Session, app: Any, client: DeskClient
) -> None:
    house = house_of(session, "production")
    case = received(session, house, at(2, 10))
    received(session, house, at(3, 1, 0))
    assert analyse(session, at(2, 28, 23)) and len(reports(session)) == 1  # that of January
    assert analyse(session, at(2, 28, 23)) == []
    made = analyse(session, MARCH_FIRST)
    assert [(kind, period.first, period.last) for kind, period in made] == [
        (ReportKind.MONTHLY, date(2026, 2, 1), date(2026, 2, 28))
    ]
    report = reports(session)[-1]
    figures = {line["code"]: line["value"] for line in report.figures["indicators"]}
    assert (figures["received"], figures["open"]) == (1.0, 1.0)
    told = session.scalars(
        sa.select(OutboxMessage.recipient_id).where(OutboxMessage.topic == "report.produced")
    ).all()
    assert set(told) == {house[QUALITY].id}
    html = page(client, house[QUALITY], f"/reports/{report.public_id}/")
    assert "Monthly analysis of complaints 2026-02-01 – 2026-02-28" in words(html)
    assert listed(client, f"/complaints/?f.report={report.public_id}.received.0") == {case.public_id}


def test_the_job_of_the_worker_runs_it(session: Session, app: Any) -> None:
    house_of(session, "production")
    settings: Settings = app.extensions["settings"]
    handlers.analyse(JobContext(session, settings))
    assert len(reports(session)) == 1


def test_a_worker_that_was_away_makes_up_for_it(session: Session) -> None:
    house = house_of(session, "production")
    received(session, house, at(1, 10))
    analyse(session, at(2, 1))
    analyse(session, at(5, 2))
    assert [report.starts_on.month for report in reports(session)] == [1, 2, 3, 4]


def test_a_procedure_without_the_section_gets_no_report(session: Session) -> None:
    house_of(session, "factory")
    assert analyse(session, MARCH_FIRST) == [] and reports(session) == []


@pytest.mark.clause("R03-11")
def test_customer_service_sums_up_each_month_with_measures(session: Session) -> None:
    house = house_of(session, "customer-service")
    received(session, house, at(2, 10))
    report = made_at(session, MARCH_FIRST)
    assert (report.kind, report.owner_id) == (ReportKind.MONTHLY, house[RECEIVER].id)
    with pytest.raises(NotPermitted):
        act(session, house[QUALITY], write_report, report, values=WRITTEN)
    assert missing(session, house[RECEIVER], report) == {"comparison", "causes", "improvements"}
    submitted = write_and_submit(session, house[RECEIVER], report)
    assert (submitted.status, submitted.causes) == (ReportStatus.SUBMITTED, WRITTEN["causes"])
    with pytest.raises(Refused):
        act(session, house[RECEIVER], write_report, report, values={"causes": "别的"})


@pytest.mark.clause("R06-08")
def test_production_reports_name_causes_and_measures(session: Session) -> None:
    house = house_of(session, "production")
    report = made_at(session, MARCH_FIRST)
    assert missing(session, house[QUALITY], report) == {"causes", "improvements"}
    submitted = write_and_submit(session, house[QUALITY], report)
    assert (submitted.causes, submitted.improvements) == (WRITTEN["causes"], WRITTEN["improvements"])


@pytest.mark.parametrize(
    "procedure, kinds, parts",
    [
        pytest.param(
            "three-level",
            {ReportKind.QUARTERLY, ReportKind.YEARLY},
            {"comparison", "causes", "improvements"},
            marks=pytest.mark.clause("R10-12"),
            id="three-level",
        ),
        pytest.param(
            "complaint-analysis",
            {ReportKind.MONTHLY},
            {"data_check", "comparison", "causes", "improvements"},
            marks=pytest.mark.clause("R12-02"),
            id="complaint-analysis",
        ),
        pytest.param(
            "pharma-distributor-classic-b",
            {ReportKind.QUARTERLY},
            {"causes", "improvements"},
            marks=pytest.mark.clause("R17-04"),
            id="distributor",
        ),
    ],
)
def test_analysis_comes_round_as_the_procedure_says(
    session: Session, procedure: str, kinds: set[ReportKind], parts: set[str]
) -> None:
    house = house_of(session, procedure)
    analyse(session, datetime(2027, 1, 1, 1, tzinfo=MARCH_FIRST.tzinfo))
    found = reports(session)
    assert {report.kind for report in found} == kinds
    assert {report.ends_on for report in found} == {date(2026, 12, 31)}
    for report in found:
        assert missing(session, house[QUALITY], report) == parts
        act(session, house[QUALITY], write_report, report, values=WRITTEN)
        act(session, house[QUALITY], submit_report, report)
    with UnitOfWork(session, actor_of(session, house[QUALITY]), at(4, 1)) as work:
        measure = plan_measure(
            work,
            AnalysisReport,
            found[0].id,
            None,
            values={"kind": MeasureKind.PREVENTION, "text": "增设分诊台", "owner_id": house[LEADER].id},
        )
    assert measure.text == "增设分诊台"


def test_frozen_figures_derive_again_and_say_why_they_differ(session: Session, client: DeskClient) -> None:
    house = house_of(session, "production")
    kept = received(session, house, at(2, 5), "closed", registered=at(2, 6), product="注射器")
    analyse(session, MARCH_FIRST)
    report = reports(session)[-1]
    found = rederive(session, report)
    assert found.is_same and found.digest_today == report.digest
    shown = page(client, house[QUALITY], f"/reports/{report.public_id}/check")
    assert "Same: every figure comes out" in shown

    take(session, house, kept, EventKind.REOPEN, RoleName.LEADER, now=at(3, 10))
    late = received(session, house, at(2, 20), registered=at(3, 11))
    put(session, late, created_at=at(3, 11))
    found = rederive(session, reports(session)[-1])
    assert found.is_intact and not found.is_same
    changed = {each.indicator.code.value: each for each in found.differences}
    assert {case.number for case in changed["closed"].cases} == {kept.number}
    assert changed["closed"].cases[0].events[0][0] is EventKind.REOPEN
    assert changed["received"].cases[0].registered_later
    said = words(page(client, house[QUALITY], f"/reports/{report.public_id}/check"))
    assert (
        "Different:" in said
        and "registered after the report was produced" in said
        and "Reopen 2026-03-10" in said
    )
    assert report.figures["indicators"][1]["value"] == 1.0


def test_figures_changed_outside_the_desk_show(session: Session, client: DeskClient) -> None:
    house = house_of(session, "production")
    received(session, house, at(2, 5))
    report = made_at(session, MARCH_FIRST)
    row = session.scalars(sa.select(ReportCase)).first()
    assert row is not None
    row.is_counted = False
    session.commit()
    assert not rederive(session, reports(session)[-1]).is_intact
    html = page(client, house[QUALITY], f"/reports/{report.public_id}/check")
    assert "do not match their digest" in html


def test_a_report_is_taken_over_by_those_who_answer_for_it(session: Session) -> None:
    house = house_of(session, "production")
    report = made_at(session, MARCH_FIRST)
    report.owner_id = None
    session.commit()
    with pytest.raises(NotPermitted):
        act(session, house[LEADER], take_over_report, report)
    act(session, house[QUALITY], take_over_report, report)
    assert reports(session)[-1].owner_id == house[QUALITY].id


def test_page_workbook_and_document_say_the_same(session: Session, client: DeskClient) -> None:
    house = house_of(session, "production")
    case = received(session, house, at(2, 5), product="=1+1")
    received(session, house, at(2, 6))
    report = made_at(session, MARCH_FIRST)
    act(session, house[QUALITY], write_report, report, values=WRITTEN)
    html = words(page(client, house[QUALITY], f"/reports/{report.public_id}/"))
    assert "分诊人手不足。" in html
    book = CalamineWorkbook.from_filelike(
        BytesIO(client.get(f"/reports/{report.public_id}/report.xlsx").data)
    )
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    assert next(row for row in rows if row[0] == "Received" and row[1] == "2")[:3] == ["Received", "2", "2"]
    assert any("分诊人手不足。" in row for row in rows)
    assert any(row[0] == "=1+1" for row in rows)
    paper = Document(BytesIO(client.get(f"/reports/{report.public_id}/report.docx").data))
    cells = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    assert ["Received", "2", "2"] in [row[:3] for row in cells]
    assert "分诊人手不足。" in [paragraph.text for paragraph in paper.paragraphs]
    assert round((paper.sections[0].page_width or 0) / Cm(1), 2) == 21, "A4"
    assert paper.sections[0].footer._element.xpath(".//w:fldSimple/@w:instr") == ["PAGE", "NUMPAGES"]
    heads = [table.rows[0]._tr.xpath("w:trPr/w:tblHeader") for table in paper.tables[1:]]
    assert heads and all(heads), "the head of a table comes again on the next page"
    assert session.get_one(Complaint, case.id).product == "=1+1"


def test_a_department_reads_no_report_of_the_house(session: Session, client: DeskClient) -> None:
    house = house_of(session, "production")
    report = made_at(session, MARCH_FIRST)
    client.sign_in(house[RoleName.DEPARTMENT_HEAD])
    assert client.get(f"/reports/{report.public_id}/").status_code == 404
    assert client.get(f"/reports/{report.public_id}/report.xlsx").status_code == 404


def test_a_confidential_complaint_is_in_no_report(session: Session) -> None:
    house = house_of(session, "production")
    secret = received(session, house, at(2, 10))
    fire(
        session,
        house[RECEIVER],
        EventKind.MARK_CONFIDENTIAL,
        secret,
        now=at(2, 11),
        named_user_ids=(house[LEADER].id,),
        reason="举报人要求保密",
    )
    report = made_at(session, MARCH_FIRST)
    assert report.figures["indicators"][0]["value"] == 0.0
    assert session.scalar(sa.select(sa.func.count(ReportCase.id))) == 0


def test_a_measure_needs_an_owner(session: Session) -> None:
    house = house_of(session, "production")
    report = made_at(session, MARCH_FIRST)
    values = {"kind": MeasureKind.OTHER, "text": "改进"}
    actor = actor_of(session, house[QUALITY])
    with pytest.raises(Invalid) as invalid, UnitOfWork(session, actor, at(3, 2)) as work:
        plan_measure(work, AnalysisReport, report.id, None, values=values)
    assert set(invalid.value.fields) == {"owner_id"}
