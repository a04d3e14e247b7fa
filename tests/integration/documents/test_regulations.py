"""The forms that the regulations name, filled from the record, and the steps that wait for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Accident, ArchiveRecord, Complaint, FollowUp, IssuedDocument, OutboxMessage
from models.enums import (
    Category,
    Channel,
    DeliveryKind,
    EventKind,
    PartyKind,
    PartySide,
    Responsibility,
    RoleName,
    State,
)
from services.access.scope import unscoped
from services.errors import Invalid, Refused
from services.identity.actors import actor_for
from services.operations.close_accident import what_is_missing
from services.operations.print_register import print_register
from services.operations.register import NewParty
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, actor_of, fire, register_complaint
from tests.factories.intake import settle_investigation
from tests.integration.documents.desk import desk_for, pdf_text, raw, word_text

R, E = RoleName, EventKind
WORDS = {"reason": "经查系操作失误", "way": "更换并致歉"}


def refused(call: Any, *args: Any, **kwargs: Any) -> set[str]:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return {reason.code for reason in caught.value.reasons}


@pytest.mark.clause("R01-11")
def test_no_file_without_the_written_result(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "hospital-complaint-office")
    complaint = desk.complaint("approved")
    with pytest.raises(Invalid) as unwritten:
        raw(desk, complaint, E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    assert "channel" in unwritten.value.fields
    raw(desk, complaint, E.REPLY, R.FIRST_RECEIVER)
    raw(desk, complaint, E.START_FOLLOW_UP, R.FIRST_RECEIVER)
    raw(desk, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER)
    raw(desk, complaint, E.CLOSE, R.LEADER)
    assert refused(raw, desk, complaint, E.ARCHIVE, R.ARCHIVIST) == {"document_missing"}

    notice = desk.issue("result_notice", complaint, by=R.ARCHIVIST, **WORDS)
    desk.says(notice, "投诉处理结果告知书", "张某", "情况属实，已整改。", *WORDS.values())
    filed = raw(desk, complaint, E.ARCHIVE, R.ARCHIVIST)
    assert filed.state is State.ARCHIVED
    with unscoped(session, "a test looks at the result"):
        record = session.scalars(sa.select(ArchiveRecord)).one()
    assert (record.retention_years, record.review_on.year) == (10, NOW.year + 10)
    assert refused(desk.issue, "result_notice", complaint, by=R.ARCHIVIST, **WORDS) == {"filed"}


@pytest.mark.clause("R02-08")
def test_registration_of_a_construction_complaint(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "construction-company")
    complaint = desk.complaint(
        "registered",
        product="滨江花园3号楼",
        batch="地下室外墙",
        content="地下室外墙渗水，雨后积水约十厘米。",
        parties=(
            NewParty(PartySide.COMPLAINANT, name="李四", phone="13900001111", address="滨江路8号"),
            NewParty(PartySide.COMPLAINED_ABOUT, PartyKind.ORGANISATION, "第二项目部"),
        ),
    )
    sheet = desk.issue("quality_registration", complaint)
    desk.says(
        sheet,
        "工程质量投诉登记表",
        complaint.number,
        "李四",
        "13900001111",
        "滨江路8号",
        "第二项目部",
        "滨江花园3号楼",
        "地下室外墙渗水，雨后积水约十厘米。",
        "2026年3月10日 07:00",
    )


@pytest.mark.clause("R03-06")
def test_a_written_reply_is_sent_and_kept(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "customer-service")
    complaint = desk.complaint("approved")
    settle_investigation(session, desk.house, complaint, E.CLOSE, NOW)
    with pytest.raises(Invalid):
        raw(desk, complaint, E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    raw(desk, complaint, E.REPLY, R.FIRST_RECEIVER)
    raw(desk, complaint, E.START_FOLLOW_UP, R.FIRST_RECEIVER)
    raw(desk, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER)
    assert "document_missing" in refused(raw, desk, complaint, E.CLOSE, R.LEADER)
    letter = desk.issue("result_notice", complaint, **WORDS)
    assert refused(raw, desk, complaint, E.CLOSE, R.LEADER) == {"document_not_delivered"}
    desk.deliver(letter, DeliveryKind.COMPLAINANT, channel=Channel.LETTER)
    assert raw(desk, complaint, E.CLOSE, R.LEADER).state is State.CLOSED
    desk.says(letter, "经核实……特此答复。", "张某")
    kept = desk.read(letter.public_id)
    assert [(each.kind, each.channel) for each in kept.deliveries] == [
        (DeliveryKind.COMPLAINANT, Channel.LETTER)
    ]


@pytest.mark.clause("R05-06")
def test_feedback_form_with_filing_number_and_date(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "product-company")
    complaint = desk.complaint("in_work", product="酱油", batch="B20260301", grounds="开封三日后发现霉点")
    with unscoped(session, "a test fills in what the procedure's own fields hold"):
        found = session.get_one(Complaint, complaint.id)
        found.created_at = NOW
        found.own_values = {
            "occupation": "厨师",
            "other_contacts": "微信 zhang-san",
            "packaging": "500毫升玻璃瓶",
            "quantity": "120",
            "storage_course": "常温避光存放",
        }
        session.commit()
    sheet = desk.issue("complaint_feedback", complaint)
    number = f"备案编号：{complaint.number}"
    desk.says(
        sheet, "客户投诉登记反馈表", number, "登记日期：2026年3月10日", "B20260301", "开封三日后发现霉点"
    )
    # All that the text has written down on the form: of the customer, of the product, and how it was kept and used.
    desk.says(sheet, "职业厨师", "微信 zhang-san", "500毫升玻璃瓶", "投诉量120", "储存经过常温避光存放")
    assert "120.00" not in desk.pdf(sheet) + desk.word(sheet)


@pytest.mark.clause("R05-12")
@pytest.mark.parametrize("responsibility", list(Responsibility))
def test_memo_with_the_determination_whoever_is_responsible(
    session: Session, app: Flask, responsibility: Responsibility
) -> None:
    desk = desk_for(session, app, "product-company")
    complaint = desk.complaint("in_work", product="酱油", batch="B20260301")
    raw(desk, complaint, E.GRADE, R.HEAD_OF_QUALITY)
    desk.take(complaint, E.SUBMIT_OPINION, R.HANDLER, responsibility=responsibility)
    desk.take(complaint, E.APPROVE, R.HEAD_OF_QUALITY)
    for event, role in (
        (E.REPLY, R.FIRST_RECEIVER),
        (E.START_FOLLOW_UP, R.FIRST_RECEIVER),
        (E.FOLLOW_UP, R.FIRST_RECEIVER),
    ):
        raw(desk, complaint, event, role)
    assert refused(raw, desk, complaint, E.CLOSE, R.LEADER) == {"document_missing"}
    with pytest.raises(Invalid) as blank:
        desk.issue("internal_memo", complaint, proposal="换货")
    assert set(blank.value.fields) == {"determination"}
    memo = desk.issue("internal_memo", complaint, determination="霉变，属产品质量问题", proposal="换货")
    desk.says(memo, "内联单", "品质质量问题鉴定结果", "霉变，属产品质量问题", "换货", "酱油")
    assert raw(desk, complaint, E.CLOSE, R.LEADER).state is State.CLOSED


@pytest.mark.clause("R05-13")
def test_determination_and_request_for_exchange(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "product-company")
    complaint = desk.complaint("in_work", product="酱油", batch="B20260301")
    determined = desk.issue(
        "product_determination", complaint, is_quality="属于产品质量问题", basis="检出霉菌"
    )
    desk.says(determined, "产品质量界定表", "■属于产品质量问题", "□不属于产品质量问题", "检出霉菌")
    wanted = desk.issue("return_exchange_request", complaint, way="换货", quantity="12瓶", reason="霉变")
    desk.says(wanted, "产品退换货申请", "■换货", "□退货", "12瓶", "无条件更换新产品", "运费由公司承担")


@pytest.mark.clause("R05-13")
def test_an_obvious_quality_problem_is_not_answered_without_both_forms(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "product-company")
    forms = {
        "product_determination": {"is_quality": "属于产品质量问题", "basis": "检出霉菌"},
        "return_exchange_request": {"way": "换货", "quantity": "12瓶", "reason": "霉变"},
    }
    for left_out in forms:
        complaint = desk.complaint("awaiting_approval", product="酱油", category=Category.PRODUCT)
        raw(desk, complaint, E.APPROVE, R.HEAD_OF_QUALITY)
        for code, typed in forms.items():
            if code != left_out:
                desk.issue(code, complaint, **typed)
        assert refused(raw, desk, complaint, E.REPLY, R.FIRST_RECEIVER) == {"document_missing"}, left_out
        desk.issue(left_out, complaint, **forms[left_out])
        assert raw(desk, complaint, E.REPLY, R.FIRST_RECEIVER).state is State.REPLIED
    service = desk.complaint("awaiting_approval", product="酱油", category=Category.SERVICE)
    raw(desk, service, E.APPROVE, R.HEAD_OF_QUALITY)
    assert raw(desk, service, E.REPLY, R.FIRST_RECEIVER).state is State.REPLIED, "no product, no forms"


@pytest.mark.clause("R05-16")
def test_opinion_whether_it_is_a_quality_problem(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "product-company")
    complaint = desk.complaint("in_work", product="酱油")
    with pytest.raises(Invalid) as blank:
        desk.issue("investigation_opinion", complaint)
    assert set(blank.value.fields) == {"is_quality", "opinion"}
    with pytest.raises(Invalid):
        desk.issue("investigation_opinion", complaint, is_quality="也许", opinion="待查")
    sheet = desk.issue("investigation_opinion", complaint, is_quality="否", opinion="储存不当所致")
    desk.says(sheet, "调查意见表", "□是", "■否", "储存不当所致")


@pytest.mark.clause("R08-02")
@pytest.mark.parametrize("procedure", ["pharma-distributor-classic-a"])
def test_registration_of_a_medicine(session: Session, app: Flask, procedure: str) -> None:
    desk = desk_for(session, app, procedure)
    _medicine(desk)


def _medicine(desk: Any) -> Any:
    complaint = desk.complaint(
        "in_work",
        product="阿莫西林胶囊",
        batch="260112",
        content="外包装破损，铝塑板漏粉。",
        parties=(NewParty(PartySide.COMPLAINANT, PartyKind.ORGANISATION, "仁和大药房", phone="05718888000"),),
    )
    sheet = desk.issue("medicine_registration", complaint)
    desk.says(
        sheet,
        "药品质量投诉登记表",
        "仁和大药房",
        "05718888000",
        "外包装破损，铝塑板漏粉。",
        "2026年3月10日 07:00",
        "260112",
    )
    return complaint


@pytest.mark.clause("R17-02")
@pytest.mark.clause("R17-03")
def test_forms_and_report_of_the_detailed_distributor(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "pharma-distributor-classic-b")
    complaint = _medicine(desk)
    desk.take(complaint, E.SUBMIT_OPINION, R.HANDLER)
    desk.take(complaint, E.APPROVE, R.HEAD_OF_QUALITY)
    desk.take(complaint, E.REPLY, R.FIRST_RECEIVER)
    desk.take(complaint, E.START_FOLLOW_UP, R.FIRST_RECEIVER)
    desk.take(complaint, E.FOLLOW_UP, R.FIRST_RECEIVER)
    desk.take(complaint, E.CLOSE, R.LEADER)
    with pytest.raises(Refused) as both:
        raw(desk, complaint, E.ARCHIVE, R.ARCHIVIST)
    messages = " ".join(str(reason.message) for reason in both.value.reasons)
    assert "药品质量投诉处理记录" in messages and "投诉处理报告" in messages

    record = desk.issue("medicine_handling_record", complaint, by=R.ARCHIVIST)
    desk.says(record, "药品质量投诉处理记录", "阿莫西林胶囊", "情况属实，已整改。", "经核实……特此答复。")
    desk.says(record, "落实时间无")  # an empty list says so, in Word as in the PDF
    report = desk.issue("handling_report", complaint)
    assert refused(raw, desk, complaint, E.ARCHIVE, R.ARCHIVIST) == {"document_not_delivered"}
    desk.deliver(report, DeliveryKind.DEPARTMENT, department_id=desk.house.laboratory.id)
    assert raw(desk, complaint, E.ARCHIVE, R.ARCHIVIST).state is State.ARCHIVED

    # The department reads the report that it was given, and nothing of the case behind it.
    outsider = actor_for(session, desk.house.outsider, datetime.now(UTC))
    session.info["actor"] = outsider
    assert session.scalars(sa.select(IssuedDocument.form)).all() == ["handling_report"]
    session.info.pop("actor")
    with unscoped(session, "a test looks at the result"):
        head = desk.house.laboratory.leader_id
        query = sa.select(OutboxMessage.topic).where(OutboxMessage.recipient_id == head)
        assert "document.received" in session.scalars(query).all()


@pytest.mark.clause("R09-07")
@pytest.mark.clause("R09-11")
def test_forms_of_an_accident(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "medical-device-store")
    handler = desk.house[R.HANDLER]
    accident = Accident(
        number="SG-2026-000001",
        title="一次性注射器漏气",
        happened_at=NOW - timedelta(days=1),
        reported_at=NOW,
        department_id=desk.house.ward.id,
        reported_by_id=handler.id,
        facts="同批十二支漏气。",
    )
    session.add(accident)
    session.commit()
    address = accident.public_id
    assert refused(desk.issue, "accident_investigation_report", accident=address) == {"needs"}
    accident = session.get_one(Accident, accident.id)
    accident.cause, accident.responsibility = "密封圈老化", "供货方承担主要责任"
    accident.loss = Decimal("12800.50")
    session.commit()

    def wanted() -> list[str]:
        with unscoped(session, "a test looks at what is missing"):
            found = what_is_missing(session, session.get_one(Accident, accident.id))
        return [str(reason.message) for reason in found if reason.code.startswith("document")]

    assert any("质量事故调查处理报告表" in each for each in wanted())
    report = desk.issue("accident_investigation_report", accident=address)
    desk.says(report, "质量事故调查处理报告表", "密封圈老化", "供货方承担主要责任", "12,800.50")
    desk.says(report, "事故等级等级待定")
    with pytest.raises(Invalid) as blank:
        desk.issue("company_accident_form", accident=address)
    assert set(blank.value.fields) == {"opinion", "result"}
    form = desk.issue("company_accident_form", accident=address, opinion="召回同批", result="已退货")
    desk.says(form, "公司质量事故处理表", "同批十二支漏气。", "召回同批", "已退货")
    assert [each for each in wanted() if "公司质量事故处理表" in each]
    sent = desk.deliver(form, DeliveryKind.LEADERSHIP, user_id=desk.house[R.LEADER].id)
    assert (sent.user_id, sent.sent_at) == (desk.house[R.LEADER].id, NOW)
    assert wanted() == []


@pytest.mark.clause("R10-08")
@pytest.mark.clause("R10-09")
def test_notice_with_reason_and_way_and_report_to_leadership(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "three-level")
    complaint = desk.complaint("approved")
    raw(desk, complaint, E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    assert "no_follow_up" in refused(raw, desk, complaint, E.CLOSE, R.LEADER)
    raw(desk, complaint, E.START_FOLLOW_UP, R.FIRST_RECEIVER)
    with pytest.raises(Invalid) as silent:
        raw(desk, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER, words="")
    assert "words" in silent.value.fields
    raw(desk, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER, words="希望今后提前告知。")
    raw(desk, complaint, E.EVALUATE, R.LEADER)
    assert "document_missing" in refused(raw, desk, complaint, E.CLOSE, R.LEADER)
    with pytest.raises(Invalid) as blank:
        desk.issue("result_notice", complaint)
    assert set(blank.value.fields) == {"reason", "way"}
    notice = desk.issue("result_notice", complaint, **WORDS)
    desk.says(notice, "投诉处理结果通知书", "处理原因", WORDS["reason"], "处理方式", WORDS["way"])
    assert "document_not_delivered" in refused(raw, desk, complaint, E.CLOSE, R.LEADER)
    desk.deliver(notice, DeliveryKind.COMPLAINANT)
    with unscoped(session, "a test looks at the result"):
        assert session.scalars(sa.select(FollowUp.words)).all() == ["希望今后提前告知。"]

    raw(desk, complaint, E.CLOSE, R.LEADER)
    assert refused(raw, desk, complaint, E.ARCHIVE, R.ARCHIVIST) == {"document_missing"}
    report = desk.issue("handling_report", complaint)
    desk.says(report, "投诉处理报告", "内科门诊等候三小时", "情况属实，已整改。", "希望今后提前告知。")
    assert refused(raw, desk, complaint, E.ARCHIVE, R.ARCHIVIST) == {"document_not_delivered"}
    with pytest.raises(Invalid):
        desk.deliver(report, DeliveryKind.LEADERSHIP, user_id=desk.house[R.HANDLER].id)
    desk.deliver(report, DeliveryKind.LEADERSHIP, user_id=desk.house[R.LEADER].id)
    assert raw(desk, complaint, E.ARCHIVE, R.ARCHIVIST).state is State.ARCHIVED


@pytest.mark.clause("R10-14")
def test_register_with_level_for_any_period(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "three-level")
    first = desk.complaint("accepted", summary="电梯停运")
    fire(
        session,
        desk.house[R.FIRST_RECEIVER],
        E.GRADE,
        first,
        level="level_1",
        reason="影响全院",
        facts={"use": "grave", "society": "great"},
    )
    register_complaint(
        session,
        desk.house[R.FIRST_RECEIVER],
        summary="上月的投诉",
        received_at=NOW - timedelta(days=30),
    )
    actor = actor_of(session, desk.house[R.LEADER])

    def printed(begins: date, ends: date) -> str:
        with UnitOfWork(session, actor, NOW) as work:
            made = print_register(work, desk.store, begins, ends)
        assert word_text(made.word).count(first.number) == pdf_text(made.pdf).count(first.number)
        return pdf_text(made.pdf)

    march = printed(date(2026, 3, 1), date(2026, 3, 31))
    assert "投诉登记簿" in march and "投诉级别" in march and "一级投诉" in march
    assert "电梯停运" in march and "上月的投诉" not in march
    assert "上月的投诉" in printed(date(2026, 2, 1), date(2026, 2, 28))
    with pytest.raises(Invalid):
        printed(date(2026, 3, 2), date(2026, 3, 1))
