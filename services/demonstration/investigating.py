"""Investigations of the made-up complaints, with what each procedure wants on their record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from models import HandlingGroup, Investigation, Measure
from models.enums import Existence, FindingVerdict, InquiryKind, MeasureKind, Need, Responsibility
from services.access.scope import unscoped
from services.demonstration import records
from services.demonstration.playing import Case
from services.demonstration.remedying import record
from services.operations.assess_responsibility import assess_responsibility
from services.operations.edit_investigation import edit_investigation
from services.operations.finish_investigation import finish_investigation as finish
from services.operations.open_investigation import open_investigation as begin
from services.operations.record_inquiry import Told, record_inquiry
from services.procedures.sections.investigation import InquiryPart
from services.workflow.responsibility import Said

OURS = (Responsibility.DEPARTMENT, Responsibility.STAFF)


def open_investigation(case: Case) -> int:
    """An investigation led by the head of the department, with the investigator in the team."""
    chief = case.stage.setting.chiefs[case.story.place]
    with case.work("quality") as work:
        values = {
            "title": f"关于“{case.story.summary}”的调查"[:200],
            "leader_id": case.person(chief),
            "plan": case.words.plan,
            "standard": case.words.standard,
            "group_id": work.session.scalar(sa.select(HandlingGroup.id)),
        }
        members = [
            {"user_id": case.person("investigator"), "part": "流程核查"},
            {"user_id": case.person(case.handler), "part": "情况收集"},
        ]
        return begin(work, case.read().id, values=values, members=members).id


def add_finding(case: Case, investigation_id: int) -> None:
    """What was found on what the complainant says, and one conversation about it."""
    story = case.story
    findings = [
        {
            "allegation": story.summary,
            "verdict": FindingVerdict.UPHELD if _is_ours(case) else FindingVerdict.PARTLY,
            "facts": story.result,
        },
        {
            "allegation": case.words.second_finding,
            "verdict": case.chance.choice((FindingVerdict.UPHELD, FindingVerdict.PARTLY)),
            "facts": "当班人员情况说明与现场记录基本一致，告知不够及时。",
        },
    ]
    _edit(case, investigation_id, {}, findings)
    _inquire(
        case,
        investigation_id,
        InquiryKind.INTERVIEW,
        people=story.about,
        content=f"就“{story.summary}”询问经过，当事人如实说明，记录经本人核对签字。",
    )


def _edit(
    case: Case, investigation_id: int, values: dict[str, Any], findings: list[dict[str, Any]] | None = None
) -> None:
    with case.work("quality") as work:
        kept = work.session.get_one(Investigation, investigation_id)
        members = [{"id": one.id, "user_id": one.user_id, "part": one.part} for one in kept.members]
        known = [
            {"id": one.id, "allegation": one.allegation, "verdict": one.verdict, "facts": one.facts}
            for one in kept.findings
        ]
        edit_investigation(
            work,
            investigation_id,
            kept.version,
            values={"leader_id": kept.leader_id, **values},
            members=members,
            findings=known if findings is None else findings,
        )


def _inquire(case: Case, investigation_id: int, kind: InquiryKind, **told: Any) -> None:
    with case.work("quality") as work:
        record_inquiry(work, investigation_id, kind, Told(happened_at=case.at - timedelta(hours=1), **told))


def _is_ours(case: Case) -> bool:
    return case.story.responsibility in OURS


def put_on_record(case: Case, investigation_id: int) -> None:
    """Everything that the procedure names for an investigation, whether this case needs all of it or not."""
    for needed in case.stage.procedure.investigation.needed:
        _PARTS.get(needed.part, _nothing)(case, investigation_id)


def _nothing(case: Case, investigation_id: int) -> None:
    """Entered with the plan, or with the report."""


def _contact(case: Case, investigation_id: int) -> None:
    text = f"就“{case.story.summary}”与被投诉单位核实，对方确认有关情况并提供了资料。"
    _inquire(case, investigation_id, InquiryKind.CONTACT, people=case.story.about, content=text)


def _site_visit(case: Case, investigation_id: int) -> None:
    _inquire(
        case,
        investigation_id,
        InquiryKind.SITE_VISIT,
        place=case.story.where,
        people="双方代表到场",
        content=f"现场查看并拍照、测量。{case.story.result}",
    )


def _evidence(case: Case, investigation_id: int) -> None:
    with unscoped(case.stage.session, "the made-up complaint's investigation gets a file"):
        address = case.stage.session.get_one(Investigation, investigation_id).public_id
    text = f"现场核查记录\n\n地点：{case.story.where}\n\n{case.story.result}\n"
    records.add_file(case, "quality", "现场核查记录.txt", text, investigation=address)


def _responsibility(case: Case, investigation_id: int) -> None:
    said = Said(
        responsibility=case.story.responsibility,
        department_id=case.department_id,
        person_id=case.person(case.handler) if case.story.responsibility is Responsibility.STAFF else None,
        explanation="根据现场核查和记录认定。",
    )
    with case.work("quality") as work:
        kept = work.session.get_one(Investigation, investigation_id)
        assess_responsibility(work, investigation_id, kept.version, said)


def _standing(case: Case, investigation_id: int) -> None:
    """What the construction rules compare with, and whether a problem exists."""
    found = case.story.responsibility is not Responsibility.NONE
    values = {
        "design_document": "施工图设计文件（结构、建筑专业）",
        "acceptance_body": "建设单位组织的竣工验收组",
        "problem_found": Existence.FOUND if found else Existence.NOT_FOUND,
        "site_visit": Need.NEEDED,
    }
    _edit(case, investigation_id, values)


def _prevention(case: Case, investigation_id: int) -> None:
    with unscoped(case.stage.session, "whether the made-up complaint has a preventive measure"):
        query = sa.select(Measure.id).where(
            Measure.complaint_id == case.read().id, Measure.kind == MeasureKind.PREVENTION
        )
        if case.stage.session.scalar(query.limit(1)) is not None:
            return
    record(case, MeasureKind.PREVENTION, "将同类问题纳入质量回顾，修订操作规程并培训相关岗位。")


_PARTS: dict[InquiryPart, Callable[[Case, int], None]] = {
    InquiryPart.CONTACT: _contact,
    InquiryPart.SITE_VISIT: _site_visit,
    InquiryPart.EVIDENCE: _evidence,
    InquiryPart.RESPONSIBILITY: _responsibility,
    InquiryPart.PROBLEM_FOUND: _standing,
    InquiryPart.PREVENTIVE_MEASURE: _prevention,
}


def finish_investigation(case: Case, investigation_id: int) -> None:
    """The report of the team."""
    with case.work("quality") as work:
        kept = work.session.get_one(Investigation, investigation_id)
        finish(
            work,
            investigation_id,
            kept.version,
            report=f"调查组查阅资料并询问有关人员，认定：{case.story.result}"
            f"建议：{case.story.measure or '加强沟通告知'}。",
            root_cause="制度执行缺少检查，环节交接不清。",
        )
