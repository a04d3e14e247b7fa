"""Building: a construction company (R02) and a supervision station with its warranties (R15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from models.enums import (
    Category,
    Channel,
    ClockState,
    ComplaintForm,
    EventKind,
    MeasureKind,
    PartyKind,
    PartySide,
    Responsibility,
    RoleName,
)
from models.remedy_enums import AppraisalBody, AppraisalResult
from services.operations.commission_appraisal import commission_appraisal
from services.operations.record_appraisal_result import record_appraisal_result
from services.operations.register import NewParty
from services.operations.set_warranty import set_warranty
from tests.integration.scenarios.story import Story

C, E, M, R = ClockState, EventKind, MeasureKind, RoleName
Begin = Callable[[str], Story]
PERSON, FIRM = PartyKind.PERSON, PartyKind.ORGANISATION
OWNER = {"kind": PERSON, "name": "李某", "phone": "13900000000", "complainant_kind": "individual"}
BUILDER = {"kind": FIRM, "name": "某建筑公司"}


def test_r02_no_acceptance_without_name_object_and_evidence_no_closing_without_a_penalty(
    under: Begin,
) -> None:
    story = under("construction-company")
    story.register(
        channel=Channel.EMAIL,
        category=Category.ENGINEERING,
        category_code="bridge",
        parties=(NewParty(PartySide.COMPLAINANT, PartyKind.ANONYMOUS),),
    )
    lacking = ["complainant_name", "complainant_phone", "party_complained_about", "evidence"]
    story.refused(E.ACCEPT, R.FIRST_RECEIVER, *(f"missing_{field}" for field in lacking), "anonymous")
    story.name_party(**OWNER)
    story.name_party(PartySide.COMPLAINED_ABOUT, **BUILDER)
    story.refused(E.ACCEPT, R.FIRST_RECEIVER, "missing_evidence")
    story.evidence()
    story.hand_over()

    inquiry = story.investigation(R.HANDLER)
    parts = ["contact", "evidence", "acceptance_body", "standard", "design_document", "problem_found"]
    story.report(inquiry, *(part for part in parts if part != "evidence"))
    story.step(E.SUBMIT_OPINION, R.HANDLER, responsibility=Responsibility.THIRD_PARTY)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    story.ask()
    story.refused(E.CLOSE, R.LEADER, "demanded_rectification", "demanded_penalty")
    rectified = story.measure(M.RECTIFICATION)
    story.refused(E.CLOSE, R.LEADER, "demanded_rectification", "demanded_penalty")
    story.verify(rectified)
    story.measure(M.PENALTY)
    story.step(E.CLOSE, R.LEADER)
    story.archive(years=10)


def test_r15_within_the_warranty_the_site_is_seen_the_builder_ordered_and_the_costs_borne(
    under: Begin,
) -> None:
    story = under("construction-supervision")
    story.at("2026-02-13 09:30")
    story.register(
        channel=Channel.VISIT,
        form=ComplaintForm.ORAL,
        category=Category.ENGINEERING,
        category_code="engineering",
        own={"origin": "direct"},
    )
    story.papers("written_account", "declaration_of_truth")
    story.hand_over()
    assert story.clock("report_department") == (C.RUNNING, "2026-04-13")

    story.refused(E.SUBMIT_OPINION, R.HANDLER, "no_warranty_data")
    leaking = {"project": "某住宅小区", "part": "waterproofing", "completed_on": date(2022, 5, 1)}
    story.do(set_warranty, R.HANDLER, story.address, values=leaking)
    story.refused(E.SUBMIT_OPINION, R.HANDLER, "no_site_visit", "no_order")
    seen = leaking | {"visited_on": story.today, "visit_found": "卫生间顶板渗水。"}
    story.do(set_warranty, R.HANDLER, story.address, values=seen)
    story.measure(M.RECTIFICATION)

    appraisal = {
        "subject": "防水层厚度",
        "body": "市建筑检测中心",
        "body_kind": AppraisalBody.QUALIFIED,
        "qualification": "CMA-2020-11",
        "requested_on": story.today,
        "commissioned_on": story.today,
    }
    made = story.do(commission_appraisal, R.HANDLER, story.case.id, values=appraisal)
    story.refused(E.SUBMIT_OPINION, R.HANDLER, "open_appraisal")
    fails = {"result": AppraisalResult.NOT_CONFORMING, "on": story.today, "text": "厚度不足。"}
    story.do(record_appraisal_result, R.HANDLER, story.of(made), None, **fails)

    story.step(E.SUBMIT_OPINION, R.HANDLER, responsibility=Responsibility.THIRD_PARTY)
    story.approve(R.LEADER, instead_of=R.HEAD_OF_QUALITY)
    story.invalid(E.REPLY, R.FIRST_RECEIVER, "channel", channel=Channel.VISIT)
    silence = {"text": None, "channel": None, "not_notifiable_reason": "电话无人接听。"}
    story.invalid(E.REPLY, R.FIRST_RECEIVER, "not_notifiable_reason", **silence)
    story.step(E.REPLY, R.FIRST_RECEIVER, channel=Channel.LETTER)
    story.step(E.CLOSE, R.LEADER)
    assert story.clock("report_department") == (C.MET, "2026-04-13")
    story.archive(years=10)


def test_r15_past_the_warranty_it_goes_to_the_owner_with_an_explanation(under: Begin) -> None:
    story = under("construction-supervision")
    story.register(channel=Channel.LETTER, category=Category.ENGINEERING, category_code="engineering")
    story.hand_over()
    old = {
        "project": "某住宅小区",
        "part": "decoration",
        "completed_on": date(2020, 5, 1),
        "appeared_on": date(2026, 3, 1),
    }
    story.do(set_warranty, R.HANDLER, story.address, values=old)
    story.refused(E.SUBMIT_OPINION, R.HANDLER, "past_warranty")
    story.step(E.REFER, R.FIRST_RECEIVER, authority="产权单位", reason="保修期已过。")
    assert story.clock("report_department")[0] is C.VOID
    story.archive(years=10)
