"""Products: general (R04), with marketing (R05), production (R06), an enterprise in chapters (R07), a factory (R18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from models.enums import (
    Category,
    Channel,
    ClockState,
    EventKind,
    FollowUpResult,
    MeasureKind,
    PartyKind,
    RequestKind,
    Responsibility,
    RoleName,
)
from models.remedy_enums import Bearer, SolutionAnswer
from services.operations.answer_solution import answer_solution
from services.operations.carry_out_hold import carry_out_hold
from services.operations.offer_solution import offer_solution
from services.operations.release_hold import release_hold
from tests.integration.operations.inquiry import PROVIDE
from tests.integration.scenarios.story import Story

C, E, M, R = ClockState, EventKind, MeasureKind, RoleName
Begin = Callable[[str], Story]
PRODUCT = {"category": Category.PRODUCT, "product": "电热水壶", "batch": "B-0310"}
EXECUTED = {"execution": "已更换新品。"}


def test_r04_solutions_are_offered_and_answered_until_the_customer_is_satisfied(under: Begin) -> None:
    story = under("general-quality")
    story.register(channel=Channel.INTERNAL, category_code="product", **PRODUCT)
    story.hand_over()
    story.report(story.investigation(), "root_cause")
    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.VISIT)

    story.step(E.START_FOLLOW_UP, R.FIRST_RECEIVER)
    story.invalid(E.FOLLOW_UP, R.FIRST_RECEIVER, "execution")
    story.ask(FollowUpResult.DISSATISFIED, **EXECUTED)
    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.step(E.APPROVE, R.LEADER)
    story.step(E.REPLY, R.FIRST_RECEIVER)
    story.refused(E.CLOSE, R.LEADER, "dissatisfied", "no_solution")
    story.ask(**EXECUTED)

    offer = {"kind": M.REPLACEMENT, "text": "换新品。", "offered_on": story.today}
    made = story.do(offer_solution, R.HANDLER, story.case.id, values=offer)
    story.refused(E.CLOSE, R.LEADER, "no_answer")
    story.do(answer_solution, R.HANDLER, story.of(made), None, answer=SolutionAnswer.ACCEPTED)
    story.step(E.CLOSE, R.LEADER)
    assert story.case.round == 2
    story.archive(years=5)


def test_r05_a_serious_one_is_investigated_with_the_plant_and_answered_by_two(under: Begin) -> None:
    story = under("product-company")
    story.register(channel=Channel.SUPERIOR, category=Category.PRODUCT)
    story.refused(E.ACCEPT, R.FIRST_RECEIVER, "missing_product_name")
    story.step(E.CORRECT, R.FIRST_RECEIVER, values={"product": "电热水壶", "batch": "B-0310"})
    story.hand_over()

    inquiry = story.investigation()
    parts = "production_records memo_decided photos hazard_analysis technical_analysis"
    story.report(inquiry, *parts.split())
    story.refused(E.SUBMIT_OPINION, R.HANDLER, "graded")
    story.step(E.GRADE, R.FIRST_RECEIVER, level="serious")
    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.HEAD_OF_QUALITY, instead_of=R.LEADER)
    story.refused(E.REPLY, R.HANDLER, "not_the_post", "demanded_replacement", "demanded_shipping_back")
    story.measure(M.REPLACEMENT, promised_on=story.today)
    story.measure(M.RETURN, help_asked_on=story.today, freight_by=Bearer.COMPANY)
    story.invalid(E.REPLY, R.FIRST_RECEIVER, "together_with_id")
    quality = story.house[R.HEAD_OF_QUALITY].id
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.LETTER, together_with_id=quality)
    story.ask()
    story.refused(E.CLOSE, R.LEADER, "document_missing")
    story.issue("internal_memo")
    story.step(E.CLOSE, R.LEADER)
    story.archive(years=5)


def test_r06_a_serious_one_rises_at_once_and_is_followed_up_until_satisfied(under: Begin) -> None:
    story = under("production")
    story.register(channel=Channel.VISIT, category=Category.PRODUCT)
    story.refused(E.ACCEPT, R.FIRST_RECEIVER, "missing_product_name")
    story.step(E.CORRECT, R.FIRST_RECEIVER, values={"product": "电热水壶"})
    story.step(E.GRADE, R.FIRST_RECEIVER, level="serious")
    assert story.case.is_major and story.case.escalation_level == 3
    story.hand_over()
    assert story.clock("investigate") == (C.RUNNING, "2026-03-24")

    inquiry = story.investigation()
    with story.refusing("missing_responsibility"):
        story.finish(inquiry)
    inquiry.assess(Responsibility.DEPARTMENT, department_id=story.house.ward.id)
    with story.refusing("missing_responsible_person", "missing_measure"):
        story.finish(inquiry)
    PROVIDE["responsible_person"](inquiry)
    story.measure(M.PROCESS)
    story.finish(inquiry)
    assert story.clock("investigate") == (C.MET, "2026-03-24")

    story.step(E.SUBMIT_OPINION, R.HANDLER, responsibility=Responsibility.STAFF)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY)
    story.step(E.REPLY, R.FIRST_RECEIVER)
    story.ask(FollowUpResult.DISSATISFIED)
    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.step(E.APPROVE, R.LEADER)
    story.step(E.REPLY, R.FIRST_RECEIVER)
    story.refused(E.CLOSE, R.LEADER, "dissatisfied", "demanded_compensation")
    story.ask()
    story.measure(M.COMPENSATION)
    story.step(E.CLOSE, R.LEADER)
    story.archive(years=5)


def test_r07_each_one_is_acknowledged_and_planned_with_owner_and_deadline(under: Begin) -> None:
    story = under("enterprise-chapters")
    story.register(channel=Channel.ONLINE, parties=(), own={"specification": "1.7 L"}, **PRODUCT)
    assert story.clock("acknowledge") == (C.RUNNING, "2026-03-11 09:00")
    story.refused(E.ACCEPT, R.FIRST_RECEIVER, "missing_complainant_name")
    story.name_party(kind=PartyKind.PERSON, name="王某", phone="13700000000")
    story.invalid(E.ACKNOWLEDGE, R.FIRST_RECEIVER, "text", text=" ")
    story.invalid(E.ACKNOWLEDGE, R.FIRST_RECEIVER, "text", "estimated_completion", "signed")
    story.acknowledge(R.FIRST_RECEIVER, estimated_completion=date(2026, 4, 10))
    assert story.clock("acknowledge") == (C.MET, "2026-03-11 09:00")
    story.hand_over()

    inquiry = story.investigation()
    request = inquiry.ask(RequestKind.ASSISTANCE, story.house.outsider)
    asked = ["missing_standard", "missing_severity", "missing_impact", "missing_requests_answered"]
    with story.refusing(*asked):
        story.finish(inquiry)
    inquiry.answer(request, story.house.outsider)
    story.report(inquiry, "standard", "severity", "impact")
    story.refused(E.SUBMIT_OPINION, R.HANDLER, "demanded_plan")
    story.unplanned(M.REPAIR, "owner_id")
    story.measure(M.REPAIR, owner_id=story.house[R.HANDLER].id)
    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY)
    story.step(E.REPLY, R.FIRST_RECEIVER)
    story.ask()
    story.step(E.CLOSE, R.LEADER)
    story.archive(years=5)


def test_r18_production_stops_the_cause_is_removed_and_the_effect_checked(under: Begin) -> None:
    story = under("factory")
    story.register(channel=Channel.HOTLINE, category_code="nonconforming", **PRODUCT)
    story.hand_over()
    [hold] = story.holds()
    assert (hold.stops_production, hold.isolates, hold.batch) == (True, True, "B-0310")

    story.report(story.investigation(), "evidence", "root_cause", "responsibility")
    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY)
    story.step(E.REPLY, R.FIRST_RECEIVER)
    story.ask()
    story.refused(E.CLOSE, R.LEADER, "open_hold", "demanded_cause_and_improvement", "demanded_prevention")
    with story.refusing("execution"):
        story.do(release_hold, R.LEADER, hold.id, None, basis="复检合格。")
    story.do(carry_out_hold, R.FIRST_RECEIVER, hold.id, None, how="三号线停机，隔离1200件。")
    story.do(release_hold, R.LEADER, hold.id, None, basis="复检合格。")
    prevention = story.measure(M.PREVENTION, cause="工序检查缺失。", owner_id=story.house[R.HANDLER].id)
    story.step(E.CLOSE, R.LEADER)

    story.archive(years=5)
    story.effect(prevention)
