"""Investigations, measures, accidents and files of the made-up complaints."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from models import ArchiveRecord, ClockRun, Investigation, Measure
from models.enums import (
    AccidentGrade,
    FindingVerdict,
    MeasureKind,
    MeasureStatus,
    Responsibility,
)
from models.remedy_enums import CompensationForm, Gravity
from services.access.scope import unscoped
from services.attachments.store import FileStore
from services.demonstration.playing import Case
from services.documents.forms import required_before
from services.operations.carry_out_measure import carry_out_measure
from services.operations.edit_investigation import edit_investigation
from services.operations.finish_investigation import finish_investigation as finish
from services.operations.issue_document import issue_document
from services.operations.open_investigation import open_investigation as begin
from services.operations.record_measure import record_measure
from services.operations.report_accident import report_accident as report
from services.operations.verify_measure import verify_measure
from services.procedures.of_complaint import procedure_of

_CHIEFS = {
    "neike": "head",
    "waike": "huangzhiyuan",
    "jizhen": "machao",
    "menzhen": "linxiaoyan",
    "yaoji": "gaofeng",
    "houqin": "luogang",
}


def open_investigation(case: Case) -> int:
    """An investigation led by the head of the department, with the investigator in the team."""
    with case.work("quality") as work:
        values = {
            "title": f"关于“{case.story.summary}”的调查",
            "leader_id": case.person(_CHIEFS[case.story.place]),
            "plan": "调阅病历与监控，询问当班人员和投诉人，对照制度逐项核实。",
            "standard": "《医疗质量安全核心制度》及本院相关流程",
        }
        members = [
            {"user_id": case.person("investigator"), "part": "流程核查"},
            {"user_id": case.person(case.handler), "part": "情况收集"},
        ]
        return begin(work, case.read().id, values=values, members=members).id


def add_finding(case: Case, investigation_id: int) -> None:
    """What was found on what the complainant says."""
    story = case.story
    upheld = story.responsibility in (Responsibility.DEPARTMENT, Responsibility.STAFF)
    with case.work("quality") as work:
        record = work.session.get_one(Investigation, investigation_id)
        members = [{"id": one.id, "user_id": one.user_id, "part": one.part} for one in record.members]
        findings = [
            {
                "allegation": story.summary,
                "verdict": FindingVerdict.UPHELD if upheld else FindingVerdict.PARTLY,
                "facts": story.result,
            },
            {
                "allegation": "未向投诉人及时说明情况",
                "verdict": case.chance.choice((FindingVerdict.UPHELD, FindingVerdict.PARTLY)),
                "facts": "当班人员情况说明与监控记录基本一致，告知不够及时。",
            },
        ]
        edit_investigation(
            work,
            investigation_id,
            record.version,
            values={"leader_id": record.leader_id},
            members=members,
            findings=findings,
        )


def finish_investigation(case: Case, investigation_id: int) -> None:
    """The report of the team."""
    with case.work("quality") as work:
        record = work.session.get_one(Investigation, investigation_id)
        finish(
            work,
            investigation_id,
            record.version,
            report=f"调查组查阅资料并询问有关人员，认定：{case.story.result}"
            f"建议：{case.story.measure or '加强沟通告知'}。",
            root_cause="制度执行缺少检查，环节交接不清。",
        )


_OF_KIND: dict[MeasureKind, dict[str, Any]] = {
    MeasureKind.DISCIPLINE: {"person_name": "当事人员", "severity": Gravity.MINOR},
    MeasureKind.PENALTY: {"person_name": "外包服务公司", "amount": Decimal(2000)},
    MeasureKind.COMPENSATION: {"amount": Decimal(160), "compensation_form": CompensationForm.MONEY},
}
"""What measures of some kinds say beside their text."""


def plan_measure(case: Case) -> None:
    """What the department will do about it."""
    kind = case.story.measure_kind
    # Discipline is recorded by those entitled to read it.
    with case.work("quality" if kind is MeasureKind.DISCIPLINE else case.handler) as work:
        values = {
            "kind": kind,
            "text": case.story.measure,
            "owner_id": case.person(case.handler),
            "department_id": case.department_id,
            "due_on": (case.at + timedelta(days=10)).astimezone(case.stage.zone).date(),
            **_OF_KIND.get(kind, {}),
        }
        if kind is MeasureKind.COMPENSATION:
            values["given_on"] = values["due_on"]
        record_measure(work, values=values, complaint_id=case.read().id)


def carry_out_measures(case: Case) -> None:
    """All planned measures of the case are carried out, and verified by the quality department."""
    with unscoped(case.stage.session, "the made-up complaint's measures are carried out"):
        query = sa.select(Measure.id, Measure.version).where(
            Measure.complaint_id == case.read().id, Measure.status == MeasureStatus.PLANNED
        )
        planned = case.stage.session.execute(query).all()
    for measure_id, version in planned:
        with case.work(case.handler) as work:
            carry_out_measure(work, measure_id, version, how="已按要求落实，整改材料已报质量管理部。")
        with case.work("quality") as work:
            record = work.session.get_one(Measure, measure_id)
            verify_measure(work, measure_id, record.version, remark="现场抽查，落实到位。")


def report_accident(case: Case) -> None:
    """A quality accident comes to light with the complaint."""
    story = case.story
    with case.work(case.handler) as work:
        values = {
            "title": story.summary,
            "grade": AccidentGrade.GENERAL,
            "happened_at": case.at - timedelta(hours=9),
            "department_id": case.department_id,
            "product": story.product,
            "batch": story.batch,
            "casualties": 2,
            "facts": story.content,
            "emergency_measures": "立即停止输注，更换输液器，封存剩余药液和同批次药品，两名患者专人观察。",
        }
        report(work, values=values, complaint_id=case.read().id)


def extendable_clock(case: Case) -> str:
    """The time limit of the case that may be extended."""
    with unscoped(case.stage.session, "the made-up complaint's time limit is extended"):
        runs = case.stage.session.scalars(sa.select(ClockRun).where(ClockRun.complaint_id == case.read().id))
        return next(run.public_id for run in runs if run.rule.get("extendable"))


def free_file_number(case: Case) -> str:
    """The next number of the archive's own counting."""
    with unscoped(case.stage.session, "the next free file number of the made-up archive"):
        count = case.stage.session.scalar(sa.select(sa.func.count(ArchiveRecord.id))) or 0
    return f"TS-{case.at.year}-{count + 1:04d}"


def issue_required(case: Case, step: str) -> None:
    """The documents that the procedure wants before this step, issued by the archivist and handed on."""
    complaint = case.read()
    for required in required_before(procedure_of(case.stage.session, complaint), step):
        typed = {"reason": case.story.result, "way": "向投诉人说明情况并按整改措施落实。"}
        with case.work("archivist") as work:
            issue_document(
                work, FileStore(case.stage.settings), required.form, complaint=case.address, typed=typed
            )
