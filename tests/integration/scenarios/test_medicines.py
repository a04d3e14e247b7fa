"""Medicines: two editions of the distributors' rules (R08, R17) and a manufacturer with five classes (R13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.enums import (
    Category,
    Channel,
    ClockState,
    DeliveryKind,
    EventKind,
    MeasureKind,
    PartyKind,
    PartySide,
    RoleName,
)
from models.hold_enums import HoldStatus
from services.operations.check_neighbours import check_neighbours
from services.operations.register import NewParty
from services.operations.release_hold import release_hold
from tests.integration.scenarios.story import Story

C, E, M, R = ClockState, EventKind, MeasureKind, RoleName
Begin = Callable[[str], Story]
FROM_THE_UNIT = (
    NewParty(PartySide.COMPLAINANT, PartyKind.ORGANISATION, name="康民医药公司", phone="13800000000"),
)
NOBODY = (NewParty(PartySide.COMPLAINANT, PartyKind.ANONYMOUS),)
MEDICINE: dict[str, Any] = {
    "category": Category.PRODUCT,
    "category_code": "medicine",
    "product": "感冒灵颗粒",
    "batch": "B-0310",
    "channel": Channel.FAX,
}


def test_r08_investigated_within_a_day_then_stopped_and_released_with_a_basis(under: Begin) -> None:
    story = under("pharma-distributor-classic-a")
    story.at("2026-02-13 09:30")
    story.register(parties=NOBODY, **MEDICINE)
    assert story.clock("investigate") == (C.RUNNING, "2026-02-14")
    story.refused(E.ACCEPT, R.FIRST_RECEIVER, "missing_complainant_organisation", "anonymous")
    story.name_party(kind=PartyKind.ORGANISATION, name="康民医药公司", phone="13800000000")
    story.refused(E.CLOSE_ON_SPOT, R.FIRST_RECEIVER, "needs_approval")
    story.hand_over()
    assert story.holds() == [], "this edition investigates first"
    story.later(days=1)
    story.report(story.investigation())
    assert story.clock("investigate") == (C.MET, "2026-02-14")

    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.HEAD_OF_QUALITY, instead_of=R.LEADER)
    [hold] = story.holds()
    assert (hold.stops_sale, hold.stops_dispatch, hold.stops_use) == (True, True, True)
    sales, dispatch = story.planned()
    assert (sales.kind, dispatch.kind) == (M.SALES, M.DISPATCH)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.FAX)
    story.refused(E.CLOSE, R.LEADER, "open_measures", "open_hold")
    story.carry_out(sales.id)
    story.carry_out(dispatch.id)
    with story.refusing("neighbours"):
        story.do(release_hold, R.HEAD_OF_QUALITY, hold.id, None, basis="检验合格。")
    story.do(check_neighbours, R.HANDLER, hold.id, None, result="B-0309、B-0311合格。")
    story.do(release_hold, R.HEAD_OF_QUALITY, hold.id, None, basis="检验报告2026-088号。")
    story.step(E.CLOSE, R.LEADER)
    story.invalid(E.ARCHIVE, R.ARCHIVIST, "absent_reason", absent_reason=None)
    story.archive(years=5)


def test_r17_stopped_on_acceptance_before_anybody_investigates(under: Begin) -> None:
    story = under("pharma-distributor-classic-b")
    story.at("2026-02-14 16:00")
    story.register(parties=FROM_THE_UNIT, own={"contact_person": "赵经理"}, **MEDICINE)
    assert story.clock("investigate") == (C.RUNNING, "2026-02-24")
    assert story.holds() == []
    story.hand_over()
    [hold] = story.holds()
    assert (hold.status, hold.stops_sale, hold.stops_dispatch) == (HoldStatus.OPEN, True, True)

    story.later(days=1)
    story.report(story.investigation())
    assert story.clock("investigate") == (C.MET, "2026-02-24")
    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.HEAD_OF_QUALITY, instead_of=R.LEADER)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.FAX)
    story.refused(E.CLOSE, R.LEADER, "open_hold")
    story.do(check_neighbours, R.HANDLER, hold.id, None, result="B-0309、B-0311合格。")
    story.do(release_hold, R.HEAD_OF_QUALITY, hold.id, None, basis="复检合格。")
    story.step(E.CLOSE, R.LEADER)
    story.refused(E.ARCHIVE, R.ARCHIVIST, "document_missing")
    story.issue("medicine_handling_record", by=R.ARCHIVIST)
    report = story.issue("handling_report", by=R.ARCHIVIST)
    story.refused(E.ARCHIVE, R.ARCHIVIST, "document_not_delivered")
    ward = story.house.ward.id
    story.deliver(report, DeliveryKind.DEPARTMENT, by=R.ARCHIVIST, department_id=ward)
    story.archive(years=5)


def test_r13_a_suspected_counterfeit_starts_in_class_two_and_rises_to_class_one(under: Begin) -> None:
    story = under("pharma-manufacturer")
    story.register(
        channel=Channel.LETTER,
        category=Category.COUNTERFEIT,
        category_code="counterfeit",
        own={"released": "released", "aspect": ["safety", "quality"]},
    )
    story.refused(E.ACCEPT, R.FIRST_RECEIVER, "missing_product_name")
    story.step(E.CORRECT, R.FIRST_RECEIVER, values={"product": "头孢曲松钠", "batch": "20260105"})
    story.hand_over()
    inquiry = story.investigation(R.HANDLER)
    story.report(inquiry, "root_cause", "preventive_measure")
    story.refused(E.SUBMIT_OPINION, R.HANDLER, "graded")
    story.invalid(E.GRADE, R.FIRST_RECEIVER, "level", level="class_1")
    story.invalid(E.GRADE, R.FIRST_RECEIVER, "level", level="serious")
    story.step(E.GRADE, R.FIRST_RECEIVER, level="class_2")
    story.step(E.GRADE, R.HEAD_OF_QUALITY, level="class_1", reason="检验确认为假药。")
    assert story.case.is_major and story.case.escalation_level == 2

    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.HEAD_OF_QUALITY, instead_of=R.LEADER)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.VISIT)
    story.ask()
    story.refused(E.CLOSE, R.LEADER, "open_measures")
    for planned in story.planned():
        story.carry_out(planned.id)
    story.step(E.CLOSE, R.LEADER)
    story.archive(years=6)
