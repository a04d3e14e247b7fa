"""Companies: three levels (R10), and answers in 24 hours, 3 and 7 working days (R11)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.enums import (
    Channel,
    ClockState,
    DeliveryKind,
    EventKind,
    MeasureKind,
    RoleName,
    Verdict,
)
from services.errors import Invalid
from services.operations.decide_on_report import decide_on_report
from services.operations.waive_investigation import waive_investigation
from tests.factories.inquiries import LEVEL_FACTS
from tests.integration.scenarios.story import Story

C, E, M, R = ClockState, EventKind, MeasureKind, RoleName
Begin = Callable[[str], Story]
DECISION = {"cause": "温控失灵。", "responsibility": "生产部。", "decision": "更换批次。"}


@pytest.mark.clause("R10-03")
def test_r10_level_one_takes_a_group_a_report_to_the_leaders_and_their_acceptance(under: Begin) -> None:
    story = under("three-level")
    story.register(channel=Channel.ONLINE)
    story.hand_over()
    story.refused(E.SUBMIT_OPINION, R.HANDLER, "graded")
    story.invalid(E.GRADE, R.FIRST_RECEIVER, "level", facts=LEVEL_FACTS["level_1"], level="level_3")
    story.step(E.GRADE, R.FIRST_RECEIVER, facts=LEVEL_FACTS["level_1"], level=None)
    assert story.case.grade == "level_1"
    story.refused(E.SUBMIT_OPINION, R.HANDLER, "no_group")
    with story.refusing("not_optional"):
        story.do(waive_investigation, R.HANDLER, story.address, reason="事实清楚。")
    story.report(story.investigation(R.HANDLER))

    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    story.ask()
    missing = ["accepting_evaluation", "demanded_corrective", "document_missing"]
    story.refused(E.CLOSE, R.LEADER, *missing)
    story.step(E.EVALUATE, R.LEADER, verdict=Verdict.RECTIFY, opinion="措施不具体。")
    corrective = story.measure(M.CORRECTIVE, owner_id=story.house[R.HANDLER].id)
    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.step(E.APPROVE, R.LEADER)
    story.step(E.REPLY, R.FIRST_RECEIVER)
    story.ask()
    story.deliver(story.issue("result_notice"), DeliveryKind.COMPLAINANT)
    story.refused(E.CLOSE, R.LEADER, "accepting_evaluation")
    story.step(E.EVALUATE, R.LEADER, verdict=Verdict.ACCEPTED)
    story.step(E.CLOSE, R.LEADER)

    story.refused(E.ARCHIVE, R.ARCHIVIST, "document_missing")
    report = story.issue("handling_report", by=R.ARCHIVIST)
    story.refused(E.ARCHIVE, R.ARCHIVIST, "document_not_delivered")
    leader = story.house[R.LEADER].id
    story.deliver(report, DeliveryKind.LEADERSHIP, by=R.ARCHIVIST, user_id=leader)
    story.archive(years=5)
    story.effect(corrective)


def test_r11_answered_in_a_day_investigated_in_three_decided_in_seven(under: Begin) -> None:
    story = under("company-24h-3d-7d")
    story.at("2026-02-13 09:30")
    story.register(channel=Channel.EMAIL, nature="claim")
    story.refused(E.ACCEPT, R.FIRST_RECEIVER, "missing_claim_amount")
    story.step(E.CORRECT, R.FIRST_RECEIVER, values={"own_claim_amount": "12000"})
    story.hand_over()
    assert story.clock("first_reply") == (C.RUNNING, "2026-02-14 09:30")
    assert story.clock("investigate") == (C.RUNNING, "2026-02-25")
    assert story.clock("decide") == (C.RUNNING, "2026-03-02")
    story.acknowledge(R.HANDLER)
    assert story.clock("first_reply")[0] is C.MET

    story.at("2026-02-26 10:00")
    inquiry = story.investigation(R.HANDLER)
    story.report(inquiry, "interview")
    assert story.clock("investigate") == (C.MISSED, "2026-02-25")
    story.refused(E.SUBMIT_OPINION, R.HANDLER, "not_decided")
    criteria = ("quality_system", "customer_interest", "company_image")
    investigation_id = story.of(inquiry.investigation)
    with pytest.raises(Invalid) as caught:
        story.do(decide_on_report, R.HEAD_OF_QUALITY, investigation_id, None, **DECISION)
    assert set(caught.value.fields) == set(criteria)
    story.session.rollback()
    weighed = dict.fromkeys(criteria, "已考虑。")
    story.do(decide_on_report, R.HEAD_OF_QUALITY, investigation_id, None, weighed=weighed, **DECISION)

    story.step(E.SUBMIT_OPINION, R.HANDLER)
    story.approve(R.HEAD_OF_QUALITY, instead_of=R.LEADER)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.EMAIL)
    assert story.clock("decide") == (C.MET, "2026-03-02")
    story.ask()
    story.step(E.CLOSE, R.LEADER)
    story.archive(years=5)
