"""Medical devices: shops (R09) and an after-sales service (R14), where a complaint turns out to be an accident."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from models import Accident, Department
from models.accident_enums import AccidentScope, ReportKind
from models.enums import (
    AccidentGrade,
    Category,
    Channel,
    ClockState,
    DeliveryKind,
    EventKind,
    MeasureKind,
    RoleName,
)
from models.hold_enums import DepartmentDuty
from services.actor import SYSTEM
from services.operations.announce_accident import announce_accident
from services.operations.carry_out_measure import carry_out_measure
from services.operations.close_accident import close_accident
from services.operations.decide_accident import decide_accident
from services.operations.edit_accident import edit_accident
from services.operations.record_accident_report import record_accident_report
from services.operations.record_measure import record_measure
from services.operations.record_self_examination import record_self_examination
from services.operations.report_accident import report_accident
from services.operations.sign_accident import Capacity, sign_accident
from services.operations.visit_scene import visit_scene
from tests.integration.operations.accidents import running, states
from tests.integration.scenarios.story import Story

C, E, K, M, R = ClockState, EventKind, ReportKind, MeasureKind, RoleName
Begin = Callable[[str], Story]


def accident_of(story: Story, scope: AccidentScope, **facts: Any) -> Accident:
    """An accident that the case brought to light, reported by the ward's handler as it happened."""
    values = {
        "title": "血压计整批读数偏差",
        "scope": scope,
        "happened_at": story.now,
        "department_id": story.house.ward.id,
        "facts": "售出的一批血压计读数偏高。",
        **facts,
    }
    reported = story.do(report_accident, R.HANDLER, values=values, complaint_id=story.case.id)
    return story.read(Accident, story.of(reported))


def test_r09_an_accident_of_a_shop_is_signed_by_two_and_announced(under: Begin) -> None:
    story = under("medical-device-store")
    story.at("2026-02-13 09:30")
    story.register(
        channel=Channel.VISIT,
        category=Category.PRODUCT,
        category_code="product",
        own={"shop": story.house.ward.id},
    )
    story.hand_over()
    accident = accident_of(story, AccidentScope.NONCONFORMING_PRODUCT, casualties=1, counterfeit=True)
    assert accident.grade is AccidentGrade.MAJOR
    assert states(story.session, accident)["report_quality"] is C.MET, "the desk tells quality management"
    assert story.local(running(story.session, accident)["accident_form"]) == "2026-02-14 00:00"
    number = accident.id
    story.do(record_accident_report, R.HANDLER, number, None, kind=K.ACCIDENT_FORM_SENT)
    assert states(story.session, accident)["accident_form"] is C.MET

    scene = {"arrived_at": story.now, "visitor_id": story.house[R.HEAD_OF_QUALITY].id}
    kept = {"emergency_measures": "下架封存。", "scene_protection": "货架封条。"}
    story.do(visit_scene, R.HEAD_OF_QUALITY, number, None, **scene, **kept)
    found = {"cause": "供货商以次充好。", "responsibility": "门店验收员", "loss": Decimal(3000)}
    story.do(edit_accident, R.HANDLER, number, None, values=found, complaint_id=story.case.id)
    story.do(record_self_examination, R.HANDLER, number, None, text="未核对注册证。", on=story.today)
    order = {"kind": M.RECTIFICATION, "text": "验收必核注册证。"}
    measure = story.of(story.do(record_measure, R.HANDLER, values=order, accident_id=number))
    story.do(carry_out_measure, R.HANDLER, measure, None, how="已培训。")
    with story.refusing("joint_disposition", "company_form_sent", "announcement", "document_missing"):
        story.do(close_accident, R.HANDLER, number, None)
    story.do(decide_accident, R.HEAD_OF_QUALITY, number, None, disposition="通报批评，赔偿损失。")
    story.do(sign_accident, R.HEAD_OF_QUALITY, number, None, capacity=Capacity.QUALITY)
    story.do(sign_accident, R.LEADER, number, None, capacity=Capacity.HEAD)
    story.do(record_accident_report, R.HEAD_OF_QUALITY, number, None, kind=K.COMPANY_FORM_SENT)
    story.do(announce_accident, R.HEAD_OF_QUALITY, number, None, on=story.today)
    story.issue("accident_investigation_report", accident=accident)
    form = story.issue("company_accident_form", accident=accident)
    with story.refusing("document_not_delivered"):
        story.do(close_accident, R.HANDLER, number, None)
    story.deliver(form, DeliveryKind.LEADERSHIP, user_id=story.house[R.LEADER].id)
    story.do(close_accident, R.HANDLER, number, None)
    finish_the_complaint(story, followed_up=False)


def test_r14_a_major_accident_reaches_manager_authority_and_superior_in_time(under: Begin) -> None:
    story = under("medical-device-aftersales")
    story.at("2026-02-13 09:30")
    story.register(channel=Channel.FAX, category=Category.PRODUCT, category_code="product", product="血压计")
    # Quality complaints are managed by quality management: here it is the ward.
    story.session.info["actor"] = SYSTEM
    story.session.get_one(Department, story.house.ward.id).duty = DepartmentDuty.QUALITY
    story.session.commit()
    story.hand_over()
    accident = accident_of(story, AccidentScope.WRONG_DISPATCH, loss=Decimal(5000))
    assert accident.grade is AccidentGrade.MAJOR
    due = {code: story.local(at) for code, at in running(story.session, accident).items()}
    assert due == {"report_up": "2026-02-17 00:00", "written_report": "2026-03-01 00:00"}

    number = accident.id
    hurt = {"casualties": 1}
    story.do(edit_accident, R.HANDLER, number, None, values=hurt, complaint_id=story.case.id)
    due = {code: story.local(at) for code, at in running(story.session, accident).items()}
    assert due["authority_report"] == "2026-02-14 09:30"
    assert due["manager_report"] == "2026-02-13 10:30"
    story.later(minutes=30)
    story.do(record_accident_report, R.HANDLER, number, None, kind=K.REPORTED_TO_MANAGER)
    story.do(record_accident_report, R.HANDLER, number, None, kind=K.REPORTED_TO_AUTHORITY)
    story.do(record_accident_report, R.HANDLER, number, None, kind=K.WRITTEN_REPORT_SENT)
    kept = states(story.session, accident)
    met = ("manager_report", "authority_report", "written_report", "quality_report")
    assert [kept[code] for code in met] == [C.MET] * len(met)
    with story.refusing("cause", "responsibility"):
        story.do(close_accident, R.HANDLER, number, None)
    found = {"cause": "错发批次。", "responsibility": "仓储部。"}
    story.do(edit_accident, R.HANDLER, number, None, values=found, complaint_id=story.case.id)
    story.do(close_accident, R.HANDLER, number, None)
    story.report(story.investigation(), "root_cause", "responsibility")
    finish_the_complaint(story, followed_up=True)


def finish_the_complaint(story: Story, *, followed_up: bool) -> None:
    """Opinion, approval by the head of quality, answer by telephone, closing and the file."""
    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.HEAD_OF_QUALITY, instead_of=R.LEADER)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    if followed_up:
        story.refused(E.CLOSE, R.LEADER, "no_follow_up")
        story.ask()
    story.step(E.CLOSE, R.LEADER)
    story.archive(years=5)
