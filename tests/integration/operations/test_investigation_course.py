"""What comes up in the course of an investigation: requests, memos, evidence, responsibility, decision, plan."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models import (
    Attachment,
    ComplaintEvent,
    InternalMemo,
    InvestigationRecord,
    InvestigationRequest,
    QualityDecision,
    ResolutionPlan,
    User,
)
from models.enums import (
    EventKind,
    InquiryKind,
    MeasureKind,
    MemoDecision,
    RequestKind,
    Responsibility,
    RoleName,
    State,
)
from services.errors import Invalid, NotPermitted, Refused
from services.operations.ask_department import ask_department
from services.operations.decide_on_report import decide_on_report
from services.operations.send_plan import send_plan
from settings import Settings
from tests.factories import (
    NOW,
    House,
    create_house,
    fire,
    take,
)
from tests.factories.inquiries import finish
from tests.integration.operations.inquiry import PROVIDE, open_case
from tests.integration.operations.looking import leads, rows, sees, told, values
from tests.support.client import settings_for

E = EventKind
R = RoleName


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for("sqlite:///unused", tmp_path)


def house_under(session: Session, procedure: str) -> House:
    house = create_house(session, procedure)
    session.commit()
    return house


def fault(caught: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return set(caught.value.fields)


def code(caught: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in caught.value.reasons]


# Requests, memos, evidence


@pytest.mark.clause("R05-05")
def test_production_records_come_as_files_from_who_was_asked(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "product-company")
    outsider = case.house.outsider
    assert outsider is not None and not sees(session, outsider, case.complaint)
    request = case.ask(RequestKind.PRODUCTION_RECORDS, outsider)
    assert told(session, case.complaint, "request.asked") == {outsider.id}
    assert sees(session, outsider, case.complaint)
    with pytest.raises(NotPermitted):
        case.answer(request, case.house[R.HANDLER])
    with pytest.raises(Invalid) as caught:
        case.answer(request, outsider)
    assert fault(caught) == {"files"}
    case.file(by=outsider, name="批记录.txt", content="批记录".encode(), request_id=case.id_of(request))
    case.answer(request, outsider)
    [answered] = rows(session, InvestigationRequest, case.complaint)
    assert (answered.answered_by_id, answered.answered_at) == (outsider.id, NOW)
    assert told(session, case.complaint, "request.answered") == {case.house[R.INVESTIGATOR].id}
    with pytest.raises(Refused):
        case.answer(request, outsider)


@pytest.mark.clause("R07-15")
def test_another_department_helps_and_its_answer_stays(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "enterprise-chapters")
    outsider = case.house.outsider
    assert outsider is not None
    case.answer(case.ask(RequestKind.ASSISTANCE, outsider), outsider, answer="已派技术员到场。")
    [request] = rows(session, InvestigationRequest, case.complaint)
    assert (request.department_id, request.answer) == (case.house.laboratory.id, "已派技术员到场。")


def test_a_request_goes_to_somebody_of_the_department(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "enterprise-chapters")
    with pytest.raises(Invalid) as caught, case.work(case.house[R.INVESTIGATOR]) as work:
        ask_department(
            work,
            case.investigation.id,
            kind=RequestKind.ASSISTANCE,
            department_id=case.house.laboratory.id,
            person_id=case.house[R.HANDLER].id,
            wanted="请协助。",
        )
    assert fault(caught) == {"person_id"}


@pytest.mark.clause("R07-11")
def test_evidence_is_of_a_kind(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "enterprise-chapters")
    for kind in ("sample", "service_record", "communication_record"):
        case.file(name=f"{kind}.png", evidence_kind=kind)
    with pytest.raises(Invalid) as caught:
        case.file(name="其他.png", evidence_kind="rumour")
    assert fault(caught) == {"evidence_kind"}
    files = rows(session, Attachment, case.complaint)
    assert [file.evidence_kind for file in files] == ["sample", "service_record", "communication_record"]
    assert all(file.is_evidence and file.sha256 for file in files)


@pytest.mark.clause("R05-10")
def test_a_memo_goes_to_the_manager_who_decides(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "product-company")
    house = case.house
    with pytest.raises(Invalid) as caught:
        case.memo(house[R.HANDLER])
    assert fault(caught) == {"manager_id"}
    memo = case.memo(house[R.DEPARTMENT_HEAD])
    assert told(session, case.complaint, "memo.sent") == {house[R.DEPARTMENT_HEAD].id}
    with pytest.raises(NotPermitted):
        case.decide_memo(memo, house[R.LEADER])
    case.decide_memo(memo, house[R.DEPARTMENT_HEAD])
    [kept] = rows(session, InternalMemo, case.complaint)
    assert (kept.opinion, kept.decision, kept.decision_text) == (
        "建议更换。",
        MemoDecision.AGREED,
        "同意更换。",
    )
    assert kept.decided_by_id == house[R.DEPARTMENT_HEAD].id


@pytest.mark.clause("R16-04")
def test_a_meeting_says_who_why_whose_and_what_next(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "quality-system-admin-office")
    with pytest.raises(Invalid) as caught:
        case.record(InquiryKind.MEETING, people="", cause=None, responsibility=" ", plan=None)
    assert fault(caught) == {"people", "cause", "responsibility", "plan"}
    case.record(InquiryKind.MEETING, people="行政部、生产部、品质部")
    [record] = rows(session, InvestigationRecord, case.complaint)
    assert (record.people, record.cause, record.responsibility, record.plan) == (
        "行政部、生产部、品质部",
        "温控失灵。",
        "生产部。",
        "更换批次并检修。",
    )


def test_nothing_is_recorded_ahead_of_time(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "construction-company", "handler")
    with pytest.raises(Invalid) as caught:
        case.record(InquiryKind.CONTACT, happened_at=NOW + timedelta(minutes=1))
    assert fault(caught) == {"happened_at"}


# Responsibility


@pytest.mark.clause("R05-14")
def test_undetermined_products_go_back_to_quality(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "product-company")
    house, quality = case.house, case.house[R.HEAD_OF_QUALITY]
    moments = {"customer_told_at": NOW, "return_applied_at": NOW, "product_returned_at": NOW}
    for lacking in moments:
        given = {key: moment for key, moment in moments.items() if key != lacking}
        with pytest.raises(Invalid) as caught:
            case.assess(Responsibility.UNDETERMINED, explanation="难以界定。", **given)
        assert fault(caught) == {lacking}
    case.assess(Responsibility.UNDETERMINED, explanation="难以界定。", **moments)
    now = values(session, case.complaint)
    assert (now["responsibility"], now["escalation_level"]) == (Responsibility.UNDETERMINED, 2)
    assert told(session, case.complaint, "escalated") == {quality.id}
    case.write(problem_found="not_found")
    with pytest.raises(Refused) as refused:
        finish(session, house, case.investigation)
    assert code(refused) == ["undetermined"]
    with pytest.raises(Refused):
        case.assess(Responsibility.NONE)
    with pytest.raises(NotPermitted):
        case.determine(Responsibility.DEPARTMENT, house[R.LEADER], department_id=house.ward.id)
    case.determine(Responsibility.DEPARTMENT, quality, department_id=house.ward.id)
    after = case.now()
    assert (after.responsibility, after.determined_by_id) == (Responsibility.DEPARTMENT, quality.id)
    finish(session, house, case.investigation)


@pytest.mark.clause("R16-15")
def test_unclear_responsibility_rises_to_the_leader_or_general_manager(
    session: Session, settings: Settings
) -> None:
    case = open_case(session, settings, "quality-system-admin-office")
    leader = case.house[R.LEADER]
    case.assess(Responsibility.UNDETERMINED, explanation="两部门各执一词。")
    now = values(session, case.complaint)
    assert (now["responsibility"], now["escalation_level"]) == (Responsibility.UNDETERMINED, 2)
    assert told(session, case.complaint, "escalated") == {leader.id}
    [event] = [row for row in rows(session, ComplaintEvent, case.complaint) if row.event is E.ESCALATE]
    assert (event.data["level"], event.clause) == ("leader", "R16-15")
    fire(session, case.house[R.HANDLER], E.ESCALATE, case.complaint, reason="请总经理决定。")
    assert values(session, case.complaint)["escalation_level"] == 3
    with pytest.raises(NotPermitted):
        case.determine(Responsibility.THIRD_PARTY, case.house[R.HEAD_OF_QUALITY])
    case.determine(Responsibility.THIRD_PARTY, leader)
    assert values(session, case.complaint)["responsibility"] is Responsibility.THIRD_PARTY


@pytest.mark.clause("R16-16")
def test_the_department_found_responsible_gets_the_case(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "quality-system-admin-office", state="in_work")
    laboratory = case.house.laboratory
    case.assess(Responsibility.DEPARTMENT, department_id=laboratory.id, explanation="检验漏项。")
    now = values(session, case.complaint)
    assert (now["state"], now["department_id"]) == (State.DISPATCHED, laboratory.id)
    assert leads(session, case.complaint) == ["ended", "awaiting"]
    assert laboratory.leader_id in told(session, case.complaint, "transfer.awaiting")
    [moved] = [
        row
        for row in rows(session, ComplaintEvent, case.complaint)
        if row.event is E.TRANSFER and row.clause == "R16-16"
    ]
    assert moved.data["department"] == "检验科"


def test_elsewhere_the_case_stays_where_it_is(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "hospital-complaint-office", state="in_work")
    case.assess(Responsibility.DEPARTMENT, department_id=case.house.laboratory.id)
    assert values(session, case.complaint)["state"] is State.IN_WORK


@pytest.mark.clause("R06-04")
def test_department_and_person_responsible(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "production")
    with pytest.raises(Invalid) as caught:
        case.assess(Responsibility.STAFF)
    assert fault(caught) == {"person_id"}
    case.assess(Responsibility.STAFF, person_id=case.house[R.HANDLER].id)
    now = case.now()
    assert (now.responsible_department_id, now.responsible_person_id) == (
        case.house.ward.id,
        case.house[R.HANDLER].id,
    )
    case.assess(Responsibility.DEPARTMENT, department_id=case.house.ward.id)
    with pytest.raises(Refused) as refused:
        finish(session, case.house, case.investigation)
    assert code(refused) == ["missing_responsible_person", "missing_measure"]
    PROVIDE["responsible_person"](case)
    with pytest.raises(Refused) as refused:
        finish(session, case.house, case.investigation)
    assert code(refused) == ["missing_measure"]


@pytest.mark.clause("R18-05")
def test_the_responsible_department_is_named(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "factory")
    with pytest.raises(Invalid) as caught:
        case.assess(Responsibility.DEPARTMENT)
    assert fault(caught) == {"department_id"}


# Decision and plan


@pytest.mark.clause("R11-08")
def test_quality_management_decides_on_the_report(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "company-24h-3d-7d", "handler", state="in_work")
    house = case.house
    case.record(InquiryKind.INTERVIEW)
    weighed = {"quality_system": "符合。", "customer_interest": "全额退款。", "company_image": "公开致歉。"}

    def decide(by: User, **changed: object) -> None:
        given = {"cause": "温控失灵。", "responsibility": "生产部。", "decision": "退货并致歉。"}
        with case.work(by) as work:
            decide_on_report(work, case.investigation.id, weighed=weighed, **(given | changed))  # type: ignore[arg-type]

    with pytest.raises(Refused) as refused:
        decide(house[R.HEAD_OF_QUALITY])
    assert code(refused) == ["no_report"]
    finish(session, house, case.investigation)
    with pytest.raises(Refused) as refused:
        take(session, house, case.complaint, E.SUBMIT_OPINION, R.HANDLER)
    assert code(refused) == ["not_decided"]
    with pytest.raises(NotPermitted):
        decide(house[R.LEADER])
    for lacking in ("cause", "responsibility", "decision"):
        with pytest.raises(Invalid) as caught:
            decide(house[R.HEAD_OF_QUALITY], **{lacking: " "})
        assert fault(caught) == {lacking}
    decide(house[R.HEAD_OF_QUALITY])
    [made] = rows(session, QualityDecision, case.complaint)
    assert (made.cause, made.responsibility, made.decision) == ("温控失灵。", "生产部。", "退货并致歉。")
    take(session, house, case.complaint, E.SUBMIT_OPINION, R.HANDLER)


@pytest.mark.clause("R11-11")
def test_the_decision_weighs_system_customer_and_image(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "company-24h-3d-7d", "handler")
    case.record(InquiryKind.INTERVIEW)
    finish(session, case.house, case.investigation)
    weighed = {"quality_system": "符合。", "customer_interest": "全额退款。", "company_image": "公开致歉。"}
    for lacking in weighed:
        with pytest.raises(Invalid) as caught, case.work(case.house[R.HEAD_OF_QUALITY]) as work:
            decide_on_report(
                work,
                case.investigation.id,
                cause="因",
                responsibility="责",
                decision="决",
                weighed=weighed | {lacking: ""},
            )
        assert fault(caught) == {lacking}
    with case.work(case.house[R.HEAD_OF_QUALITY]) as work:
        decide_on_report(
            work, case.investigation.id, cause="因", responsibility="责", decision="决", weighed=weighed
        )
    [made] = rows(session, QualityDecision, case.complaint)
    assert made.weighed == weighed


@pytest.mark.clause("R03-05")
def test_each_executing_department_is_told_its_task(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "customer-service", "outsider")
    house, head = case.house, case.house[R.DEPARTMENT_HEAD]
    by = house[R.INVESTIGATOR]
    with pytest.raises(Refused) as refused, case.work(by) as work:
        send_plan(work, case.investigation.id, text="更换并致歉。")
    assert code(refused) == ["no_task"]
    case.measure(MeasureKind.REPLACEMENT, text="更换产品", owner_id=house[R.HANDLER].id)
    case.measure(MeasureKind.TRAINING, text="培训检验员", department_id=house.laboratory.id)
    with case.work(by) as work:
        send_plan(work, case.investigation.id, text="更换并致歉。")
    [plan] = rows(session, ResolutionPlan, case.complaint)
    assert [(task["department"], task["text"]) for task in plan.tasks] == [
        ("内科", "更换产品"),
        ("检验科", "培训检验员"),
    ]
    assert told(session, case.complaint, "plan.task") == {
        house[R.HANDLER].id,
        head.id,
        house.laboratory.leader_id,
    }
