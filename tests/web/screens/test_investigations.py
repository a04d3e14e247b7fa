"""The page of an investigation over HTTP: what is asked for, records, files, requests, memos, responsibility."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import (
    Attachment,
    HandlingGroup,
    HandlingGroupMember,
    InternalMemo,
    Investigation,
    InvestigationRecord,
    InvestigationRequest,
    InvestigationWaiver,
)
from models.enums import (
    Category,
    EventKind,
    InquiryKind,
    InvestigationStatus,
    MemoDecision,
    Responsibility,
    RoleName,
)
from services.actor import SYSTEM
from tests.factories import House, create_complaint, create_house, take
from tests.factories.full_house import png
from tests.factories.inquiries import LEVEL_FACTS, finish, investigate, put_on_record
from tests.support.client import DeskClient
from tests.web.screens.conftest import SignIn, words

R = RoleName


@dataclass
class Opened:
    """A house under one regulation, and the address of an investigation of one of its complaints."""

    house: House
    url: str
    case: str


def opened(session: Session, procedure: str, *, state: str = "registered", grade: str = "") -> Opened:
    session.info["actor"] = SYSTEM
    house = create_house(session, procedure)
    session.commit()
    complaint = create_complaint(session, house, state, category=Category.PRODUCT)
    case = str(complaint.public_id)
    if grade:
        take(session, house, complaint, EventKind.GRADE, R.HANDLER, level=grade, facts=LEVEL_FACTS[grade])
        session.rollback()
        return Opened(house, "", case)
    investigation = investigate(session, house, complaint)
    url = f"/investigations/{investigation.public_id}/"
    session.rollback()
    return Opened(house, url, case)


def one(session: Session, model: Any) -> Any:
    session.info["actor"] = SYSTEM
    session.rollback()
    return session.scalars(sa.select(model)).one()


def field_fault(answer: TestResponse, name: str) -> str:
    """What is said at this field of a form that came back."""
    assert answer.status_code == 422
    found = re.search(rf'data-field="{name}".*?field-errors"[^>]*>(.*?)</div>', answer.text, re.S)
    assert found
    return re.sub(r"<[^>]+>", "", found.group(1)).strip()


@pytest.fixture
def product(session: Session) -> Opened:
    return opened(session, "product-company")


def picture() -> dict[str, Any]:
    return {"files": (BytesIO(png()), "缺陷.png"), "is_evidence": "y"}


@pytest.mark.clause("R05-11")
def test_the_page_says_what_is_missing_and_finishing_refuses(
    session: Session, product: Opened, sign_in: SignIn
) -> None:
    client = sign_in(product.house[R.INVESTIGATOR])
    page = words(client.get(product.url))
    for part, clause in (("生产记录", "R05-05"), ("内联单已决策", "R05-10"), ("质量问题照片", "R05-11")):
        assert f"{part} 缺少 {clause}" in page
    dialog = client.get(f"{product.url}finish")
    assert "缺少质量问题照片，请至少添加一张。" in dialog.text
    answer = client.post(f"{product.url}finish", data={"report": "属实。"})
    assert answer.status_code == 422 and "缺少质量问题照片" in answer.text
    assert "属实。" in answer.text, "what was typed stays"
    answer = client.post(
        f"{product.url}evidence", data={**picture(), "taken_where": "一号仓库", "taken_by": "王工"}
    )
    assert answer.status_code == 303
    page = words(client.get(product.url))
    assert "质量问题照片 已具备 R05-11" in page and "一号仓库 · 王工" in page
    file = one(session, Attachment)
    assert file.is_evidence and file.sha256[:12] in page


def test_a_record_is_written_once_and_shown(session: Session, product: Opened, sign_in: SignIn) -> None:
    client = sign_in(product.house[R.INVESTIGATOR])
    url = f"{product.url}record/interview"
    answer = client.post(url, data={"happened_at": "2026-03-10T09:30", "content": "温控曾被调整。"})
    assert field_fault(answer, "people") == "请填写此项。"
    assert "温控曾被调整。" in answer.text
    told = {"happened_at": "2026-03-10T09:30", "people": "装配工李某", "content": "温控曾被调整。"}
    assert client.post(url, data=told).status_code == 303
    assert "面谈 2026-03-10 09:30 — 装配工李某 温控曾被调整。" in words(client.get(product.url))
    assert one(session, InvestigationRecord).people == "装配工李某"
    late = client.post(url, data=told | {"happened_at": "2999-01-01T00:00"})
    assert field_fault(late, "happened_at")


@pytest.mark.clause("R05-05")
def test_a_department_is_asked_and_answers_with_files(
    session: Session, product: Opened, sign_in: SignIn
) -> None:
    house = product.house
    outsider = house.outsider
    assert outsider is not None
    asked = {
        "kind": "production_records",
        "department_id": house.laboratory.public_id,
        "person_id": outsider.public_id,
        "wanted": "三月五日的批生产记录",
    }
    client = sign_in(house[R.INVESTIGATOR])
    assert client.post(f"{product.url}ask", data=asked).status_code == 303
    request = one(session, InvestigationRequest)
    answer_url = f"/investigations/requests/{request.public_id}/answer"
    assert answer_url not in client.get(product.url).text, "only who was asked is offered to answer"
    theirs = sign_in(outsider)
    assert answer_url in theirs.get(product.url).text
    refused = theirs.post(answer_url, data={"answer": "见附件。"})
    assert field_fault(refused, "files") == "请以附件形式提供生产记录。"
    answer = theirs.post(answer_url, data={"answer": "见附件。", "files": (BytesIO(b"batch"), "批记录.txt")})
    assert answer.status_code == 303
    page = words(client.get(product.url))
    assert "生产记录 已具备 R05-05" in page and "批记录.txt" in page and "见附件。" in page


@pytest.mark.clause("R05-10")
def test_a_memo_goes_up_and_its_decision_comes_back(
    session: Session, product: Opened, sign_in: SignIn
) -> None:
    head = product.house[R.DEPARTMENT_HEAD]
    client = sign_in(product.house[R.INVESTIGATOR])
    memo = {"manager_id": product.house[R.HANDLER].public_id, "facts": "开裂。", "opinion": "建议更换。"}
    assert field_fault(client.post(f"{product.url}memo", data=memo), "manager_id")
    assert client.post(f"{product.url}memo", data=memo | {"manager_id": head.public_id}).status_code == 303
    decide = f"/investigations/memos/{one(session, InternalMemo).public_id}/decide"
    assert (
        sign_in(product.house[R.LEADER])
        .post(decide, data={"decision": "agreed", "text": "同意。"})
        .status_code
        == 403
    )
    theirs = sign_in(head)
    assert "建议更换。" in theirs.get(decide).text
    assert theirs.post(decide, data={"decision": "agreed", "text": "同意更换。"}).status_code == 303
    assert one(session, InternalMemo).decision is MemoDecision.AGREED
    assert "同意: 同意更换。" in words(client.get(product.url))


@pytest.mark.clause("R05-14")
def test_awaiting_determination_is_seen_on_case_and_investigation(
    session: Session, product: Opened, sign_in: SignIn
) -> None:
    client = sign_in(product.house[R.INVESTIGATOR])
    said = {"responsibility": "undetermined", "explanation": "难以界定。"}
    answer = client.post(f"{product.url}assess", data=said)
    for field in ("customer_told_at", "return_applied_at", "product_returned_at"):
        assert field_fault(answer, field)
    moments = dict.fromkeys(
        ("customer_told_at", "return_applied_at", "product_returned_at"), "2026-03-10T09:00"
    )
    assert client.post(f"{product.url}assess", data=said | moments).status_code == 303
    for page in (product.url, f"/complaints/{product.case}/"):
        assert "待认定" in words(client.get(page))
    quality = sign_in(product.house[R.HEAD_OF_QUALITY])
    assert f"{product.url}determine" in quality.get(product.url).text
    settled = {"responsibility": "department", "department_id": product.house.ward.public_id}
    assert quality.post(f"{product.url}determine", data=settled).status_code == 303
    assert one(session, Investigation).responsibility is Responsibility.DEPARTMENT


@pytest.mark.clause("R07-11")
def test_the_kind_of_evidence_is_picked_from_the_regulations_list(session: Session, sign_in: SignIn) -> None:
    made = opened(session, "enterprise-chapters")
    client = sign_in(made.house[R.INVESTIGATOR])
    form = client.get(f"{made.url}evidence").text
    assert re.findall(r'<option value="(\w+)">', form) == ["sample", "service_record", "communication_record"]
    assert (
        client.post(f"{made.url}evidence", data={**picture(), "evidence_kind": "service_record"}).status_code
        == 303
    )
    assert "服务记录" in words(client.get(made.url))


@pytest.mark.clause("R11-08", "R11-11")
def test_quality_decides_on_the_report(session: Session, sign_in: SignIn) -> None:
    session.info["actor"] = SYSTEM
    house = create_house(session, "company-24h-3d-7d")
    session.commit()
    complaint = create_complaint(session, house)
    investigation = investigate(session, house, complaint, house[R.HANDLER])
    url = f"/investigations/{investigation.public_id}/"
    put_on_record(session, house, investigation, InquiryKind.INTERVIEW)
    finish(session, house, investigation)
    session.rollback()
    quality = sign_in(house[R.HEAD_OF_QUALITY])
    form = quality.get(f"{url}decision").text
    assert all(name in form for name in ("符合质量管理体系要求", "客户利益", "公司形象"))
    said = {
        "cause": "温控",
        "responsibility": "生产部",
        "decision": "退货",
        "quality_system": "符合",
        "customer_interest": "退款",
    }
    assert field_fault(quality.post(f"{url}decision", data=said), "company_image")
    assert quality.post(f"{url}decision", data=said | {"company_image": "致歉"}).status_code == 303
    assert "公司形象: 致歉" in words(quality.get(url))
    assert one(session, Investigation).status is InvestigationStatus.FINISHED


@pytest.mark.clause("R10-06")
def test_a_slight_complaint_goes_without_for_a_reason(session: Session, sign_in: SignIn) -> None:
    made = opened(session, "three-level", state="in_work", grade="level_3")
    client = sign_in(made.house[R.HANDLER])
    waive = f"/investigations/waive/{made.case}"
    assert waive in client.get(f"/complaints/{made.case}/").text
    assert field_fault(client.post(waive, data={"reason": " "}), "reason")
    assert client.post(waive, data={"reason": "咨询性质。"}).status_code == 303
    page = client.get(f"/complaints/{made.case}/")
    assert "咨询性质。" in page.text and waive not in page.text
    assert one(session, InvestigationWaiver).reason == "咨询性质。"


@pytest.mark.clause("R05-02")
def test_a_group_is_put_together_and_says_what_it_lacks(session: Session, sign_in: SignIn) -> None:
    session.info["actor"] = SYSTEM
    house = create_house(session, "product-company")
    session.commit()
    client: DeskClient = sign_in(house[R.HEAD_OF_QUALITY])
    form = client.get("/groups/new/").text
    assert all(f'<option value="{code}">' in form for code in ("marketing", "quality", "production"))
    people = [house[R.HANDLER], house[R.INVESTIGATOR], house[R.DEPARTMENT_HEAD]]
    data = {"name": "质量投诉处理小组", "leader_id": house[R.HEAD_OF_QUALITY].public_id}
    for place, (user, function) in enumerate(zip(people, ("marketing", "quality", ""), strict=True)):
        data |= {f"members-{place}-user_id": user.public_id, f"members-{place}-function": function}
    answer = client.post("/groups/new/", data=data)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    assert "小组缺少以下部门的人员：生产部。" in page.text
    edit = f"{answer.headers['Location']}edit/"
    session.info["actor"] = SYSTEM
    rows = session.scalars(sa.select(HandlingGroupMember).order_by(HandlingGroupMember.id)).all()
    data |= {f"members-{place}-id": str(row.id) for place, row in enumerate(rows)}
    assert (
        client.post(edit, data=data | {"members-2-function": "production", "version": "1"}).status_code == 303
    )
    assert "小组缺少" not in client.get(answer.headers["Location"]).text
    end = f"{answer.headers['Location']}end"
    assert client.post(end, data={}).status_code == 303
    assert one(session, HandlingGroup).ended_at is not None
    assert client.get(edit).status_code == 303, "an ended group stands as it is"


def test_the_procedure_page_shows_the_rules_of_investigations(session: Session, sign_in: SignIn) -> None:
    made = opened(session, "product-company")
    client = sign_in(made.house[R.HANDLER])
    found = re.search(r'href="(/procedures/[a-z0-9]+/)"', client.get("/procedures/").text)
    assert found
    page = words(client.get(found.group(1)))
    assert "常设小组须有的职能 生产部 R05-02" in page
    assert "质量问题照片 · 发现质量问题时 R05-11" in page
