"""The whole road of a complaint, walked in the browser by seven people: once in Chinese, once in English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from models import Complaint, Department
from models.enums import RoleName, State
from tests.browser.road import expect_state, take_step
from tests.factories.organisation import create_department, create_organisation, create_user
from tests.support.browser import People
from tests.support.server import DeskServer


@dataclass
class House:
    """Account ids by what they do, and the department the case goes to."""

    people: dict[str, int]
    department: int


@pytest.fixture
def house(desk_server: DeskServer) -> House:
    with desk_server.session() as session:
        create_organisation(session)
        office = create_department(session, "投诉中心", is_office=True)
        surgery = create_department(session, "外科")
        people = {
            "receiver": create_user(session, "王接待", RoleName.FIRST_RECEIVER, department=office),
            "handler": create_user(
                session, "李承办", RoleName.HANDLER, department=surgery, for_department=surgery
            ),
            "investigator": create_user(
                session, "赵调查", RoleName.INVESTIGATOR, department=surgery, for_department=surgery
            ),
            "head": create_user(
                session, "周主任", RoleName.DEPARTMENT_HEAD, department=surgery, for_department=surgery
            ),
            "leader": create_user(session, "吴院长", RoleName.LEADER, department=office),
            "quality": create_user(session, "郑质量", RoleName.HEAD_OF_QUALITY, department=office),
            "archivist": create_user(session, "冯档案", RoleName.ARCHIVIST, department=office),
        }
        for user in people.values():
            user.locale = None
        session.get_one(Department, surgery.id).leader_id = people["head"].id
        session.commit()
        return House({name: user.id for name, user in people.items()}, surgery.id)


WORDS = {
    "zh_Hans_CN": {
        "register": "登记投诉", "accepted": "受理", "dispatched": "待签收", "in_work": "办理中",
        "awaiting": "待审批", "replied": "已答复", "following": "回访", "closed": "办结", "archived": "归档",
        "number": "编号", "sheet": "投诉台账",
    },
    "en": {
        "register": "Register complaint", "accepted": "Accepted", "dispatched": "Awaiting signature",
        "in_work": "In work", "awaiting": "Awaiting approval", "replied": "Replied", "following": "Following up",
        "closed": "Closed", "archived": "Archived", "number": "Number", "sheet": "",
    },
}  # fmt: skip


@pytest.mark.parametrize("locale", ["zh_Hans_CN", "en"])
@pytest.mark.clause("R01-03", "R01-14")
def test_seven_people_carry_a_complaint_from_receipt_to_the_ledger(
    people: People, house: House, desk_server: DeskServer, locale: str, tmp_path: Path
) -> None:
    words = WORDS[locale]
    with desk_server.session() as session:
        from models import User

        for user_id in house.people.values():
            session.get_one(User, user_id).locale = locale
        session.commit()
    pages = {name: people.page_of(user_id) for name, user_id in house.people.items()}

    receiver = pages["receiver"]
    receiver.goto("/")
    receiver.get_by_role("link", name=words["register"]).first.click()
    receiver.fill("[name=summary]", "护士态度生硬，换药等候两小时")
    receiver.fill("[name=content]", "我父亲在外科换药，等了两个小时没人理。=1+1")
    receiver.select_option("[name=channel]", "visit")
    receiver.fill("[name=name]", "王小明")
    receiver.fill("[name=phone]", "13812345678")
    with receiver.expect_navigation():
        receiver.locator(".record-form .form-bar .btn-main").click()
    address = re.search(r"/complaints/(\w+)/", receiver.url)
    assert address, receiver.url
    case = address.group(0)

    take_step(receiver, "accept")
    expect_state(receiver, words["accepted"])
    take_step(
        receiver,
        "transfer",
        receiver=f"{house.department}:{house.people['handler']}",
        instruction="请外科两周内查清并答复",
    )
    expect_state(receiver, words["dispatched"])

    handler = pages["handler"]
    handler.goto("/")
    expect(handler.locator("#queue-sign")).to_contain_text("护士态度生硬")
    handler.goto(case)
    take_step(handler, "sign_for")
    expect_state(handler, words["in_work"])

    investigator = pages["investigator"]
    investigator.goto(case)
    _quick_note(investigator, "已调看监控，走访当班护士两名。")
    _investigate(investigator, case)

    take_step(
        handler,
        "submit_opinion",
        result="情况属实，已向家属道歉并调整排班。",
        responsibility="department",
        no_measures_reason="排班已当日调整，无需另立措施。",
    )
    expect_state(handler, words["awaiting"])

    leader = pages["leader"]
    leader.goto(case)
    take_step(leader, "approve", meaning="同意处理意见")

    receiver.goto(case)
    take_step(receiver, "reply", text="您反映的情况属实，我们深表歉意。", channel="letter")
    expect_state(receiver, words["replied"])
    _issue(receiver, case, "result_notice")
    take_step(receiver, "start_follow_up")
    take_step(receiver, "follow_up", result="satisfied", channel="hotline", words="满意，谢谢。")
    expect_state(receiver, words["following"])

    quality = pages["quality"]
    quality.goto(case)
    take_step(quality, "close", opinion="同意办结")
    expect_state(quality, words["closed"])

    archivist = pages["archivist"]
    archivist.goto(case)
    take_step(archivist, "archive", catalogue="登记表、处理意见、答复函", pages="6")
    expect_state(archivist, words["archived"])

    head = pages["head"]
    head.goto("/complaints/")
    expect(head.locator("main")).to_contain_text("护士态度生硬")
    with head.expect_download() as caught:
        head.locator("form[action$=export] button, button[data-export]").first.click()
    workbook = openpyxl.load_workbook(BytesIO(Path(caught.value.path()).read_bytes()))
    rows = list(workbook.worksheets[0].iter_rows(values_only=True))
    assert words["number"] in rows[0]
    assert any("护士态度生硬，换药等候两小时" in row for row in rows)
    with desk_server.session() as session:
        filed = session.query(Complaint).one()
        assert filed.state is State.ARCHIVED
        assert filed.number in {cell for row in rows for cell in row}


def _issue(page: Page, case: str, form: str) -> None:
    """The written result: chosen among the forms of the case, issued, and from then on in its file."""
    page.goto(case)
    link = page.locator('main a[href*="/document-forms/complaint/"]').first
    if not link.is_visible():
        page.locator(".case-actions summary").first.click()
    with page.expect_navigation():
        link.click()
    take_step(page, form, reason="经调查核实。", way="道歉并调整排班。")
    page.goto(case)
    expect(page.locator("main a[href$='/pdf']")).to_have_count(1)


def _quick_note(page: Page, text: str) -> None:
    page.fill("#note-text", text)
    with page.expect_navigation():
        page.locator(".note-form button").click()
    expect(page.locator("#timeline")).to_contain_text(text)


def _investigate(page: Page, case: str) -> None:
    """Open an investigation from the case page, with a finding; then finish it with its report."""
    page.goto(case)
    page.locator(".case-actions summary").first.click()
    with page.expect_navigation():
        page.locator('.case-actions a[href*="/investigations/new/"]').click()
    page.fill("[name=title]", "关于换药等候的调查")
    rows = page.locator("[data-field=findings] [data-inline]")
    rows.locator("[data-inline-add]").click()
    rows.locator("[name$=allegation]").last.fill("换药等候两小时")
    rows.locator("select[name$=verdict]").last.select_option("upheld")
    rows.locator("[name$=facts]").last.fill("监控可见，当班仅一人。")
    with page.expect_navigation():
        page.locator(".record-form .form-bar .btn-main").click()
    expect(page.locator("main")).to_contain_text("换药等候两小时")
    take_step(page, "finish", report="情况属实，排班不足。", root_cause="午间只排一人。")
    page.goto(case)
    expect(page.locator("#handling")).to_contain_text("关于换药等候的调查")
