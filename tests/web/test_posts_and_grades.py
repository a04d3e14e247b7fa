"""Posts, the table of roles, and grading with criteria, examples and facts, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Complaint, PostBinding, User
from models.enums import PostName, RoleName
from services.access.permissions import for_event
from services.access.roles import ROLE_PERMISSIONS
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.workflow.table import TRANSITIONS
from tests.factories import House, create_complaint, create_house
from tests.support.client import DeskClient

R = RoleName


def browser(app: Flask, user: User) -> DeskClient:
    client = app.test_client()
    assert isinstance(client, DeskClient)
    with client.session_transaction() as kept:
        kept["_user_id"] = f"{user.id}:{user.session_stamp}"
        kept["_fresh"] = True
        kept["seen_at"] = datetime.now(UTC).timestamp()
    return client


def of(session: Session, procedure: str) -> House:
    session.info["actor"] = SYSTEM
    made = create_house(session, procedure)
    session.commit()
    return made


def bindings(session: Session) -> list[PostBinding]:
    session.rollback()
    return list(session.scalars(sa.select(PostBinding).order_by(PostBinding.id)))


def test_a_post_is_bound_and_let_go(app: Flask, session: Session) -> None:
    house = of(session, "hospital-complaint-office")
    admin, leader = browser(app, house[R.ADMINISTRATOR]), house[R.LEADER]
    form = {"post": "approver", "department_id": "", "user_id": leader.public_id}
    for wrong in (
        {**form, "user_id": ""},
        {**form, "department_id": house.office.public_id},
        {**form, "user_id": house[R.HANDLER].public_id},
        {**form, "user_id": "", "department_id": house.ward.public_id},
    ):
        assert admin.post("/posts/new/", data=wrong).status_code == 422
    assert bindings(session) == []
    answer = admin.post("/posts/new/", data=form)
    assert answer.status_code in (302, 303), answer.get_data(as_text=True)[-5000:]
    [binding] = bindings(session)
    assert (binding.post, binding.user_id, binding.bound_by_id) == (
        PostName.APPROVER,
        leader.id,
        house[R.ADMINISTRATOR].id,
    )
    assert admin.post("/posts/new/", data=form).status_code == 422, "twice"
    assert leader.name in admin.get("/posts/").get_data(as_text=True)
    assert browser(app, leader).post(f"/posts/{binding.id}/end").status_code == 403
    assert admin.post(f"/posts/{binding.id}/end", data={"confirmed": "1"}).status_code < 400
    assert bindings(session)[0].ended_at is not None


@pytest.mark.clause("R07-02")
def test_the_table_of_roles_says_what_decides(app: Flask, session: Session) -> None:
    house = of(session, "enterprise-chapters")
    page = browser(app, house[R.HANDLER]).get("/lifecycle/roles").get_data(as_text=True)
    rows = page.split("<tr>")[3:]
    for event, row in zip(list(TRANSITIONS), rows, strict=False):
        may = sum(for_event(event) in held for held in ROLE_PERMISSIONS.values())
        assert row.count("tag-good") == may, event


@pytest.mark.clause("R13-07", "R13-08", "R13-09", "R13-10", "R13-11")
def test_classes_show_their_examples_at_grading(app: Flask, session: Session) -> None:
    house = of(session, "pharma-manufacturer")
    complaint = create_complaint(session, house, "accepted", product="注射用头孢曲松钠")
    client = browser(app, house[R.FIRST_RECEIVER])
    page = client.get(f"/complaints/{complaint.public_id}/grade").get_data(as_text=True)
    for words in (
        "无菌注射剂受到微生物污染",
        "疑为假药（初始分类）",
        "密封缺陷或容器破裂",
        "偶尔缺失药板",
        "投诉方认可",
    ):
        assert words in page, words
    form = {"level": "class_5", "reason": "环境引入", "recognition": ""}
    refused = client.post(f"/complaints/{complaint.public_id}/grade", data=form)
    assert refused.status_code == 422
    form["recognition"] = "电话确认认可。"
    assert client.post(f"/complaints/{complaint.public_id}/grade", data=form).status_code < 400
    page = client.get(f"/complaints/{complaint.public_id}/").get_data(as_text=True)
    assert "电话确认认可。" in page


@pytest.mark.clause("R10-03")
def test_facts_are_asked_and_the_grade_follows(app: Flask, session: Session) -> None:
    house = of(session, "three-level")
    complaint = create_complaint(session, house, "accepted")
    client = browser(app, house[R.FIRST_RECEIVER])
    address = f"/complaints/{complaint.public_id}/grade"
    page = client.get(address).get_data(as_text=True)
    assert 'name="fact_use"' in page and 'name="fact_society"' in page
    assert "严重影响客户的正常使用权益" in page
    form = {"fact_use": "grave", "fact_society": "great", "reason": "多名客户受影响"}
    assert client.post(address, data={**form, "fact_use": ""}).status_code == 422
    answer = client.post(address, data=form)
    assert answer.status_code < 400, answer.get_data(as_text=True)[-3000:]
    with unscoped(session, "a test looks at the result"):
        session.rollback()
        grade = session.scalar(sa.select(Complaint.grade).where(Complaint.id == complaint.id))
    assert grade == "level_1"


def test_the_page_of_the_procedure_shows_the_limits_of_the_law(app: Flask, session: Session) -> None:
    house = of(session, "hospital-complaint-office")
    client = browser(app, house[R.LEADER])
    listed = client.get("/procedures/").get_data(as_text=True)
    address = listed.split('href="/procedures/')[-1].split('"')[0]
    for part in listed.split('href="/procedures/')[1:]:
        if part[:1].isalnum() and part.split("/")[0].isalnum():
            address = part.split('"')[0]
            break
    page = client.get(f"/procedures/{address}").get_data(as_text=True)
    assert "信访工作条例" in page and "第三十四条" in page
