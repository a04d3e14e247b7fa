"""Inspections of complaint handling and of production, internal audits, evaluations by management."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import ComplaintEvent, Inspection, Measure, User
from models.analysis_enums import CheckVerdict, InspectionKind, InspectionStatus
from models.enums import CloseKind, EventKind, FollowUpResult, MeasureKind, RoleName, State
from services.actor import SYSTEM
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.operations.check_items import check_items
from services.operations.conclude_inspection import conclude_inspection
from services.operations.edit_inspection import edit_inspection
from services.operations.plan_measure import plan_measure
from services.operations.start_inspection import start_inspection
from services.reports.inspecting import draw, plans_due, sample_of
from services.reports.owners import analysis_in_force
from services.unit_of_work import UnitOfWork
from tests.factories import House, actor_of, create_house, fire
from tests.integration.analysis.desk import LEADER, QUALITY, RECEIVER, at, page, put, received, words
from tests.support.client import DeskClient

WHEN = {
    "title": "第一季度检查",
    "held_on": date(2026, 4, 2),
    "covers_from": date(2026, 3, 1),
    "covers_to": date(2026, 3, 31),
    "subject": "客服部三月份的投诉",
}
CONFORMS, FAILS = CheckVerdict.CONFORMS, CheckVerdict.FAILS


def house_of(session: Session, procedure: str) -> House:
    made = create_house(session, procedure)
    session.commit()
    return made


def act(session: Session, user: User, operation: Any, *arguments: Any, **form: Any) -> Any:
    with UnitOfWork(session, actor_of(session, user), at(4, 2)) as work:
        return operation(work, *arguments, **form)


def start(session: Session, user: User, plan: str, **form: Any) -> Inspection:
    made: Inspection = act(session, user, start_inspection, plan, values=WHEN, **form)
    return made


def check(session: Session, user: User, inspection: Inspection, case: int | None, **failed: str) -> None:
    """Every item conforms but for those named, with what was found."""
    findings = {
        item["code"]: (FAILS, failed[item["code"]]) if item["code"] in failed else (CONFORMS, None)
        for item in inspection.checklist
    }
    act(session, user, check_items, inspection.id, None, case, findings=findings)


def refusals(session: Session, user: User, inspection: Inspection) -> set[str]:
    with pytest.raises(Refused) as refused:
        act(session, user, conclude_inspection, inspection.id, None, result="完成")
    return {reason.code for reason in refused.value.reasons}


def measure_of(session: Session, user: User, inspection: Inspection, house: House) -> Measure:
    values = {
        "kind": MeasureKind.RECTIFICATION,
        "text": "限期补齐记录",
        "owner_id": house[RoleName.HANDLER].id,
    }
    made: Measure = act(session, user, plan_measure, Inspection, inspection.id, None, values=values)
    return made


def codes(inspection: Inspection) -> list[str]:
    return [item["code"] for item in inspection.checklist]


@pytest.mark.clause("R03-14")
def test_a_sample_is_drawn_by_lot_checked_item_by_item_and_followed_by_measures(
    session: Session, client: DeskClient
) -> None:
    house = house_of(session, "customer-service")
    user = house[QUALITY]
    with pytest.raises(Invalid) as empty:
        start(session, user, "handling")
    assert set(empty.value.fields) == {"covers_from"}
    cases = [received(session, house, at(3, day)) for day in range(2, 10)]
    received(session, house, at(2, 20))
    inspection = start(session, user, "handling", seed="2026-1")
    drawn = sample_of(session, inspection)
    assert [case.id for case in drawn] == draw([case.id for case in cases], 5, "2026-1")
    assert (inspection.sample_size, inspection.drawn_from, inspection.seed) == (5, 8, "2026-1")
    assert codes(inspection) == ["registered", "accepted", "investigated", "replied", "measures", "filed"]

    with pytest.raises(NotPermitted):
        check(session, house[LEADER], inspection, drawn[0].id)
    outside = next(case for case in cases if case.id not in {one.id for one in drawn})
    with pytest.raises(NotFound):
        check(session, user, inspection, outside.id)
    with pytest.raises(Invalid) as unsaid:
        check(session, user, inspection, drawn[0].id, filed=" ")
    assert set(unsaid.value.fields) == {"note_filed"}
    check(session, user, inspection, drawn[0].id, filed="缺少答复函")
    assert "unchecked" in refusals(session, user, inspection)
    for case in drawn[1:]:
        check(session, user, inspection, case.id)
    assert refusals(session, user, inspection) == {"no_measure"}
    measure_of(session, user, inspection, house)
    act(session, user, conclude_inspection, inspection.id, None, result="五件中一件资料不全。")

    said = words(page(client, user, f"/inspections/{inspection.public_id}/"))
    assert "缺少答复函" in said and "五件中一件资料不全。" in said and "限期补齐记录" in said
    assert "1 do not conform" in said


def test_confidential_complaints_are_in_no_sample(session: Session) -> None:
    house = house_of(session, "customer-service")
    received(session, house, at(3, 2))
    secret = received(session, house, at(3, 3))
    fire(
        session,
        house[RECEIVER],
        EventKind.MARK_CONFIDENTIAL,
        secret,
        now=at(3, 4),
        named_user_ids=(house[LEADER].id,),
        reason="举报人要求保密",
    )
    assert start(session, house[QUALITY], "handling").drawn_from == 1


def test_the_same_seed_draws_the_same_sample() -> None:
    ids = list(range(1, 200))
    assert draw(ids, 10, "a") == draw(list(reversed(ids)), 10, "a")
    assert draw(ids, 10, "a") != draw(ids, 10, "b")
    assert sorted(draw([3, 1, 2], 10, "a")) == [1, 2, 3]


@pytest.mark.clause("R04-14")
def test_an_internal_audit_records_scope_findings_and_measures(session: Session, client: DeskClient) -> None:
    house = house_of(session, "general-quality")
    user = house[QUALITY]
    with pytest.raises(NotPermitted):
        start(session, house[LEADER], "audit")
    inspection = start(session, user, "audit")
    assert codes(inspection) == ["responsibility", "procedure", "time_limits", "records", "improvement"]
    assert refusals(session, user, inspection) == {"unchecked", "missing_effectiveness", "missing_compliance"}
    check(session, user, inspection, None, records="两份调查记录缺签名")
    written = {"effectiveness": "按期率有所提高。", "compliance": "基本符合制度。"}
    act(session, user, edit_inspection, inspection.id, None, values=written)
    assert refusals(session, user, inspection) == {"no_measure"}
    measure_of(session, user, inspection, house)
    act(session, user, conclude_inspection, inspection.id, None, result="制度有效，记录需改进。")
    kept = session.get_one(Inspection, inspection.id, populate_existing=True)
    assert (kept.kind, kept.status) == (InspectionKind.AUDIT, InspectionStatus.FINISHED)
    said = words(page(client, house[RoleName.AUDITOR], f"/inspections/{inspection.public_id}/"))
    for text in (*written.values(), "2026-04-02", WHEN["subject"], "两份调查记录缺签名", "限期补齐记录"):
        assert str(text) in said
    with pytest.raises(Refused):
        act(session, user, edit_inspection, inspection.id, None, values={"compliance": "改写"})


@pytest.mark.clause("R04-11")
def test_management_evaluates_effectiveness_by_the_figures_of_the_period(
    session: Session, client: DeskClient
) -> None:
    house = house_of(session, "general-quality")
    leader = house[LEADER]
    kept = received(session, house, at(3, 2))
    ended = {"state": State.CLOSED, "close_kind": CloseKind.NORMAL, "closed_at": at(3, 4)}
    put(session, kept, **ended, satisfaction=FollowUpResult.SATISFIED)
    again = received(session, house, at(3, 3))
    session.add(ComplaintEvent(complaint_id=again.id, at=at(3, 9), event=EventKind.REOPEN, actor_name="测试"))
    session.commit()
    with pytest.raises(NotPermitted):
        start(session, house[QUALITY], "evaluation")
    inspection = start(session, leader, "evaluation")
    said = words(page(client, leader, f"/inspections/{inspection.public_id}/"))
    figures = said[said.index("Effectiveness in figures") :]
    for name, value in (("Mean handling time", "2.0 d"), ("Reopened", "50.0%"), ("Satisfied", "100.0%")):
        assert f"{name} {value}" in figures
    assert "On time" in figures
    # The same figures stand on the page of analysis.
    shown = words(page(client, leader, "/analysis/?from=2026-03-01&to=2026-03-31"))
    assert "Satisfied 100.0%" in shown and "Reopened 50.0%" in shown
    assert refusals(session, leader, inspection) == {"missing_effectiveness", "missing_suggestions"}
    written = {"effectiveness": "满意率达标。", "suggestions": "增加回访人员。"}
    act(session, leader, edit_inspection, inspection.id, None, values=written)
    act(session, leader, conclude_inspection, inspection.id, None, result="制度总体有效。")
    said = words(page(client, leader, f"/inspections/{inspection.public_id}/"))
    for text in (*written.values(), "制度总体有效。", "Held on 2026-04-02"):
        assert text in said


@pytest.mark.clause("R06-15")
def test_quality_inspects_production_and_makes_suggestions(session: Session, client: DeskClient) -> None:
    house = house_of(session, "production")
    user = house[QUALITY]
    with pytest.raises(NotPermitted):
        start(session, house[LEADER], "production")
    inspection = start(session, user, "production")
    assert codes(inspection) == ["process", "materials", "equipment", "nonconforming", "staff"]
    check(session, user, inspection, None)
    assert refusals(session, user, inspection) == {"missing_suggestions"}
    act(session, user, edit_inspection, inspection.id, None, values={"suggestions": "增加首件检验。"})
    act(session, user, conclude_inspection, inspection.id, None, result="工序受控。")
    assert "增加首件检验。" in page(client, user, f"/inspections/{inspection.public_id}/")
    analysis = analysis_in_force(session)
    assert analysis is not None and analysis.owner.role is QUALITY


def test_the_list_says_which_inspection_is_due(session: Session, client: DeskClient) -> None:
    house = house_of(session, "production")
    user = house[QUALITY]
    assert "Inspection of production quality: never held yet" in words(page(client, user, "/inspections/"))
    inspection = start(session, user, "production")
    check(session, user, inspection, None)
    act(session, user, edit_inspection, inspection.id, None, values={"suggestions": "无。"})
    act(session, user, conclude_inspection, inspection.id, None, result="受控。")
    session.info["actor"] = SYSTEM
    analysis = analysis_in_force(session)
    assert analysis is not None
    due = plans_due(session, analysis)[0]
    assert (due.last, due.due) == (date(2026, 4, 2), date(2026, 5, 2))
    assert due.is_overdue(date(2026, 5, 3)) and not due.is_overdue(date(2026, 5, 2))


def test_it_is_started_and_checked_on_the_screen(session: Session, client: DeskClient) -> None:
    house = house_of(session, "customer-service")
    today = datetime.now(UTC).date().isoformat()
    case = received(session, house, at(3, 2))
    client.sign_in(house[QUALITY])
    form = {
        "plan": "handling",
        "title": "三月检查",
        "held_on": today,
        "covers_from": "2026-03-01",
        "covers_to": "2026-03-31",
        "subject": "客服部",
        "seed": "",
    }
    assert client.post("/inspections/new/", data=form | {"plan": ""}).status_code == 422
    answer = client.post("/inspections/new/", data=form)
    assert answer.status_code in (302, 303), words(answer.text)
    url = answer.headers["Location"]
    assert case.number in client.get(url).text
    check_url = f"{url}check/{case.public_id}"
    assert "Registered in time and completely" in words(client.get(check_url).text) or "登记是否" in words(
        client.get(check_url).text
    )
    unsaid = client.post(check_url, data={"verdict_registered": "fails"})
    assert unsaid.status_code == 422
    items = ("registered", "accepted", "investigated", "replied", "measures", "filed")
    whole = {f"verdict_{item}": "conforms" for item in items} | {"confirmed": "1"}
    assert client.post(check_url, data=whole).status_code in (302, 303)
