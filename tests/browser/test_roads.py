"""What is particular to three regulations, clicked through by the people whom it concerns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from models import Accident, Complaint, Department, Hold, Organisation, User
from models.enums import AccidentGrade, Category, EventKind, RoleName, State
from models.hold_enums import DepartmentDuty, HoldStatus
from tests.browser.road import fill_in, open_dialog, take_step
from tests.factories import House, create_complaint, create_department, create_house, create_user, take
from tests.support.browser import People
from tests.support.server import DeskServer

R = RoleName
E = EventKind
ZONE = ZoneInfo("Asia/Shanghai")


def settle(house: House, *others: User) -> dict[RoleName, int]:
    """Everybody reads Chinese; account ids by role."""
    for user in (*house.people.values(), *others):
        user.locale = "zh_Hans_CN"
    return {role: user.id for role, user in house.people.items()}


def house_of(session: Session, users: dict[RoleName, int]) -> House:
    """The house again, in another session."""
    rows = {one.name: one for one in session.query(Department)}
    people = {role: session.get_one(User, number) for role, number in users.items()}
    house = House(session.query(Organisation).one(), rows["投诉办公室"], rows["内科"], rows["检验科"], people)
    house.outsider = session.query(User).filter_by(name="检验科承办人").one()
    return house


@pytest.mark.clause("R15-02", "R15-04")
def test_a_leak_within_five_years_is_looked_at_on_site_and_ordered_mended(
    people: People, desk_server: DeskServer
) -> None:
    with desk_server.session() as session:
        house = create_house(session, "construction-supervision")
        users = settle(house)
        session.commit()
        now = datetime.now(UTC) - timedelta(days=1)
        made = create_complaint(
            session, house, "in_work", now=now, category=Category.ENGINEERING, summary="卫生间渗漏"
        )
        case = f"/complaints/{made.public_id}/"
        case_id = made.id
    today = datetime.now(ZONE).date()
    completed = date(today.year - 4, 6, 1)

    page = people.page_of(users[R.HANDLER])
    page.goto(case)
    take_step(
        page, "warranty", project="和平小区3号楼", part="waterproofing", completed_on=completed.isoformat()
    )
    warranty = page.locator("#warranty")
    expect(warranty).to_contain_text("保修期内")
    expect(warranty).to_contain_text(f"{completed.year + 5}-06-01")
    expect(warranty).to_contain_text("R15-04")

    refused = open_dialog(page, "submit_opinion")
    expect(refused.locator(".missing")).to_contain_text("现场调查")
    expect(refused.locator(".missing")).to_contain_text("整改")
    expect(refused.locator(".missing")).to_contain_text("R15-02")

    page.goto(case)
    take_step(page, "warranty", visited_on=today.isoformat(), visit_found="防水层破损，渗漏属实。")
    refused = open_dialog(page, "submit_opinion")
    expect(refused.locator(".missing")).not_to_contain_text("现场调查")
    expect(refused.locator(".missing")).to_contain_text("整改")

    page.goto(case)
    page.locator(".case-actions summary").first.click()
    with page.expect_navigation():
        page.locator('.case-actions a[href*="/measures/new/"]').click()
    fill_in(
        page.locator(".record-form"),
        kind="rectification",
        text="责成施工单位十日内重做防水层",
        due_on=(today + timedelta(days=10)).isoformat(),
    )
    with page.expect_navigation():
        page.locator(".record-form .form-bar .btn-main").click()
    page.goto(case)
    take_step(page, "submit_opinion", result="渗漏属实，已责成整改。", responsibility="department")
    expect(page.locator(".case-id")).to_contain_text("待审批")
    with desk_server.session() as session:
        assert session.get_one(Complaint, case_id).state is State.AWAITING_APPROVAL


def _fill_accident(page: Page, **changed: str) -> None:
    page.goto("/accidents/new/")
    typed = {
        "title": "血压计读数偏高",
        "scope": "work_quality",
        "facts": "售出的血压计读数普遍偏高，现场封存。",
    }
    fill_in(page.locator(".record-form"), **(typed | changed))
    with page.expect_navigation():
        page.locator(".record-form .form-bar .btn-main").click()


@pytest.mark.clause("R09-02", "R09-03", "R09-08")
def test_a_loss_of_exactly_twenty_thousand_is_major_and_casualties_start_the_clock_of_the_day(
    people: People, desk_server: DeskServer
) -> None:
    with desk_server.session() as session:
        house = create_house(session, "medical-device-store")
        users = settle(house)
        session.commit()

    page = people.page_of(users[R.HANDLER])
    happened = datetime.now(ZONE)
    _fill_accident(page, loss="20000", happened_at=f"{happened:%Y-%m-%dT00:00}")
    main = page.locator("main")
    expect(main).to_contain_text("恰为20000元")
    expect(main).to_contain_text("从严按重大质量事故")
    form_clock = page.locator("tr", has_text="填报《质量事故调查处理报告表》").filter(has_text="R09-08")
    expect(form_clock).to_have_count(0)

    _fill_accident(page, loss="19999.99", casualties="1", happened_at=f"{happened:%Y-%m-%dT00:00}")
    expect(main).not_to_contain_text("恰为20000元")
    expect(form_clock).to_have_count(1)
    expect(form_clock).to_contain_text("今日到期")

    refused = open_dialog(page, "close")
    missing = refused.locator(".missing")
    for words in ("现场", "书面检查", "办公会议"):
        expect(missing).to_contain_text(words)
    with desk_server.session() as session:
        first, second = session.query(Accident).order_by(Accident.id)
        assert (first.grade, second.grade) == (AccidentGrade.MAJOR, AccidentGrade.GENERAL)
        assert first.complaint_id is None and second.closed_at is None


@pytest.mark.clause("R17-06")
def test_accepting_a_batch_complaint_stops_the_goods_until_they_are_released(
    people: People, desk_server: DeskServer
) -> None:
    with desk_server.session() as session:
        house = create_house(session, "pharma-distributor-classic-b")
        told = {}
        for name, duty in (("仓储部", DepartmentDuty.STORAGE), ("销售部", DepartmentDuty.SALES)):
            place: Department = create_department(session, name)
            place.duty = duty
            told[name] = create_user(
                session, f"{name}员工", R.HANDLER, department=place, for_department=place
            )
        users = settle(house, *told.values())
        staff = {name: user.id for name, user in told.items()}
        session.commit()
        now = datetime.now(UTC) - timedelta(hours=3)
        made = create_complaint(
            session, house, now=now, category=Category.PRODUCT, category_code="medicine",
            product="感冒灵颗粒", batch="B-0310", summary="颗粒结块",
        )  # fmt: skip
        case = f"/complaints/{made.public_id}/"

    receiver = people.page_of(users[R.FIRST_RECEIVER])
    receiver.goto(case)
    expect(receiver.locator("#holds")).not_to_contain_text("感冒灵颗粒")
    take_step(receiver, "accept")
    expect(receiver.locator("#holds")).to_contain_text("B-0310")
    with desk_server.session() as session:
        address = session.query(Hold).one().public_id
    hold = f"/holds/{address}/"

    for name, user_id in staff.items():
        page = people.page_of(user_id)
        page.goto(hold)
        expect(page.locator("main")).not_to_contain_text("张某")
        take_step(page, "acknowledge", receipt=f"{name}已停")
        expect(page.locator("tr", has_text=name).first).to_contain_text(f"{name}已停")

    with desk_server.session() as session:
        for event, role in (
            (E.TRANSFER, R.FIRST_RECEIVER),
            (E.SIGN_FOR, R.HANDLER),
            (E.SUBMIT_OPINION, R.HANDLER),
            (E.APPROVE, R.HEAD_OF_QUALITY),
            (E.REPLY, R.FIRST_RECEIVER),
        ):
            take(session, house_of(session, users), case.split("/")[2], event, role, now=datetime.now(UTC))
    leader = people.page_of(users[R.LEADER])
    leader.goto(case)
    in_the_way = open_dialog(leader, "close").locator(".missing")
    expect(in_the_way.locator('a[href$="#holds"]')).to_have_count(1)

    quality = people.page_of(users[R.HEAD_OF_QUALITY])
    quality.goto(hold)
    refused = open_dialog(quality, "release")
    expect(refused.locator(".missing")).to_contain_text("批次")
    receiver.goto(hold)
    take_step(receiver, "neighbours", result="B-0309、B-0311检验合格。")
    quality.goto(hold)
    take_step(quality, "release", basis="检验报告2026-088号：合格。")
    expect(quality.locator("main")).to_contain_text("检验报告2026-088号：合格。")
    with desk_server.session() as session:
        assert session.query(Hold).one().status is HoldStatus.RELEASED
    leader.goto(case)
    dialog = open_dialog(leader, "close")
    expect(dialog.locator('.missing a[href$="#holds"]')).to_have_count(0)
