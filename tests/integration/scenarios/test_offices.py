"""Complaint offices: a hospital (R01), customer service (R03), analysis (R12), an administration office (R16)."""

from __future__ import annotations

from collections.abc import Callable

from models import User
from models.enums import (
    Category,
    Channel,
    ClockState,
    DeliveryKind,
    EventKind,
    FollowUpResult,
    InquiryKind,
    MeasureKind,
    Responsibility,
    RoleName,
    Verdict,
)
from models.remedy_enums import AppealOutcome
from services.operations.decide_appeal import decide_appeal
from services.operations.record_appeal import record_appeal
from services.operations.send_plan import send_plan
from tests.integration.scenarios.story import Story

C, E, M, R = ClockState, EventKind, MeasureKind, RoleName
Begin = Callable[[str], Story]
STAFF = {"responsibility": Responsibility.STAFF}


def test_r01_a_hospital_disposes_in_two_days_and_closes_in_fifteen(under: Begin) -> None:
    story = under("hospital-complaint-office")
    story.at("2026-02-13 09:30")
    story.not_registered("passed_on_by", channel=Channel.THIRD_PARTY)
    story.register(by=R.HANDLER, channel=Channel.RECEPTION_DAY, receiving_department_id=story.house.ward.id)
    story.step(E.ACCEPT, R.FIRST_RECEIVER)
    assert story.clock("dispose") == (C.RUNNING, "2026-02-24")
    story.invalid(E.TRANSFER, R.FIRST_RECEIVER, "instruction", instruction=" ")
    story.step(E.TRANSFER, R.FIRST_RECEIVER)
    assert story.clock("dispose") == (C.MET, "2026-02-24")
    assert story.clock("close") == (C.RUNNING, "2026-03-12")
    story.step(E.REFUSE_SIGNATURE, R.HANDLER)
    story.refused(E.SIGN_FOR, R.HANDLER, "wrong_state")
    story.step(E.TRANSFER, R.FIRST_RECEIVER)
    story.step(E.SIGN_FOR, R.HANDLER)
    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY)
    story.invalid(E.REPLY, R.FIRST_RECEIVER, "channel", channel=Channel.HOTLINE)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.LETTER)
    story.refused(E.CLOSE, R.LEADER, "no_follow_up")
    story.ask()
    story.step(E.CLOSE, R.LEADER)
    assert story.clock("close") == (C.MET, "2026-03-12")
    story.refused(E.ARCHIVE, R.ARCHIVIST, "document_missing")
    story.issue("result_notice", by=R.ARCHIVIST)
    story.archive(years=10)


def test_r03_customer_service_plans_compensates_trains_and_answers_in_writing(under: Begin) -> None:
    story = under("customer-service")
    story.at("2026-02-13 09:30")
    told_there = {"passed_on_by": "市消费者协会", "source_reference": "消协2026-11号"}
    story.register(by=R.HANDLER, channel=Channel.THIRD_PARTY, **told_there)
    assert story.clock("pass_on") == (C.RUNNING, "2026-02-14 09:30")
    story.later(hours=20)
    story.hand_over()
    assert story.clock("pass_on") == (C.MET, "2026-02-14 09:30")

    inquiry = story.investigation(story.house.outsider)
    with story.refusing("no_task"):
        story.do(send_plan, R.HEAD_OF_QUALITY, story.of(inquiry.investigation), None, text="赔偿并培训。")
    training = story.measure(M.TRAINING, carried_out=False, department_id=story.house.ward.id)
    story.do(send_plan, R.HEAD_OF_QUALITY, story.of(inquiry.investigation), None, text="赔偿并培训。")
    story.report(inquiry)
    story.step(E.SUBMIT_OPINION, R.HANDLER, **STAFF)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY)
    story.invalid(E.REPLY, R.FIRST_RECEIVER, "channel", channel=Channel.HOTLINE)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.EMAIL)
    story.ask()

    missing = ["open_measures", "demanded_compensation", "demanded_discipline", "document_missing"]
    story.refused(E.CLOSE, R.LEADER, *missing)
    story.carry_out(training)
    story.measure(M.COMPENSATION)
    story.measure(M.DISCIPLINE, by=R.DEPARTMENT_HEAD)
    story.refused(E.CLOSE, R.LEADER, "document_missing")
    notice = story.issue("result_notice")
    story.refused(E.CLOSE, R.LEADER, "document_not_delivered")
    story.deliver(notice, DeliveryKind.COMPLAINANT)
    story.step(E.CLOSE, R.LEADER)
    story.archive(years=5)


def test_r12_a_complaint_about_staff_leads_to_training_before_it_counts_as_closed(under: Begin) -> None:
    story = under("complaint-analysis")
    story.not_registered("nature", nature="claim")
    story.register(channel=Channel.ONLINE, nature="suggestion")
    story.hand_over()
    story.step(E.SUBMIT_OPINION, R.HANDLER, **STAFF)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    story.refused(E.CLOSE, R.LEADER, "no_follow_up", "demanded_training")
    story.ask(FollowUpResult.DISSATISFIED)
    story.step(E.SUBMIT_OPINION, R.HANDLER, **STAFF)
    story.step(E.APPROVE, R.LEADER)
    story.step(E.REPLY, R.FIRST_RECEIVER)
    story.refused(E.CLOSE, R.LEADER, "demanded_training")
    story.measure(M.TRAINING)
    story.step(E.CLOSE, R.LEADER)
    assert story.case.round == 2
    story.archive(years=5)


def test_r16_the_customers_date_counts_and_an_unclear_responsibility_goes_up(under: Begin) -> None:
    story = under("quality-system-admin-office")
    story.not_registered("own_passing_department", own={"arrival": "passed_on"})
    story.register(
        channel=Channel.FAX,
        own={"arrival": "passed_on", "passing_department": story.house.laboratory.id},
        customer_due_on=story.now.date().replace(day=20),
        category=Category.PRODUCT,
    )
    assert story.clock("customer_date") == (C.RUNNING, "2026-03-20")
    story.hand_over()
    inquiry = story.investigation(story.house.outsider)
    inquiry.assess(Responsibility.UNDETERMINED, explanation="各部门说法不一。")
    inquiry.record(InquiryKind.MEETING)
    with story.refusing("undetermined"):
        story.finish(inquiry)
    laboratory = story.house.laboratory
    inquiry.determine(Responsibility.DEPARTMENT, story.house[R.LEADER], department_id=laboratory.id)
    story.finish(inquiry)

    story.refused(E.SUBMIT_OPINION, R.HANDLER, "wrong_state")
    head = story.read(User, laboratory.leader_id)
    story.step(E.SIGN_FOR, head)
    story.step(E.SUBMIT_OPINION, head)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY, handler=head)
    story.step(E.REPLY, R.FIRST_RECEIVER)
    assert story.clock("customer_date") == (C.MET, "2026-03-20")
    story.ask(FollowUpResult.DISSATISFIED)
    story.step(E.SUBMIT_OPINION, head)
    story.step(E.APPROVE, R.LEADER)
    story.step(E.REPLY, R.FIRST_RECEIVER)
    story.refused(E.CLOSE, R.LEADER, "dissatisfied", "accepting_evaluation")
    story.ask()
    story.refused(E.CLOSE, R.LEADER, "accepting_evaluation")
    story.step(E.EVALUATE, R.LEADER, verdict=Verdict.ACCEPTED)
    penalty = story.measure(M.PENALTY, by=head)
    story.do(record_appeal, R.FIRST_RECEIVER, penalty, None, grounds="事实不清。")
    upheld = {"outcome": AppealOutcome.UPHELD, "text": "事实清楚，维持。"}
    story.do(decide_appeal, R.LEADER, penalty, None, **upheld)
    story.step(E.CLOSE, R.LEADER)
    story.archive(years=5)
