"""Generated lists over HTTP."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.enums import RoleName
from services.actor import SYSTEM
from services.listing.query import PAGE_SIZES
from tests.factories import House, create_complaint
from tests.web.screens.conftest import SignIn, body, statements, words

SCREENS = ("complaints", "investigations", "measures", "accidents", "archive")
UNKNOWN = ("zzzzzzzzzzzz", "1", "0", "%20", "'", "1,2", "-1", "999999999999999999999", "候诊")


@pytest.mark.parametrize("role", [RoleName.HANDLER, RoleName.DEPARTMENT_HEAD, RoleName.HEAD_OF_QUALITY])
def test_a_page_costs_as_many_statements_whatever_its_size(
    engine: Engine, session: Session, house: House, sign_in: SignIn, role: RoleName
) -> None:
    client = sign_in(house[role])
    costs = set()
    for size in (1, 12):
        session.info["actor"] = SYSTEM
        for _ in range(size):
            create_complaint(session, house, "registered")
        session.rollback()
        with statements(engine) as sent:
            assert client.get(f"/complaints/?page_size={PAGE_SIZES[-1]}&sort=handler_id").status_code == 200
        asked = [
            one for one in sent if re.search(r"\b(complaints|assignments|saved_views|column_choices)\b", one)
        ]
        costs.add((len(sent), len(asked)))
    assert len(costs) == 1
    whole, of_list = costs.pop()
    assert of_list <= 6 and whole <= 20, "and a dozen small ones: who reads, the procedure, the calendar"


def test_long_texts_are_cut_in_the_database(engine: Engine, house: House, case: str, sign_in: SignIn) -> None:
    client = sign_in(house[RoleName.HANDLER])
    with statements(engine) as sent:
        client.get("/complaints/?columns=number,content")
    [rows] = [one for one in sent if "substr(complaints.content" in one]
    assert "complaints.content," not in rows.replace("substr(complaints.content,", "")
    with statements(engine) as sent:
        client.get("/complaints/?columns=number")
    assert not [one for one in sent if "complaints.content" in one]


def test_sort_search_filter_and_page_links_work_together(house: House, case: str, sign_in: SignIn) -> None:
    client = sign_in(house[RoleName.HANDLER])
    page = client.get("/complaints/?q=噪音&f.state=in_work&sort=-due_at")
    assert "候诊噪音" in page.text and page.text.count("q=%E5%99%AA%E9%9F%B3") > 3
    assert "候诊噪音" not in words(client.get("/complaints/?q=没有这个词"))
    assert 'aria-sort="descending"' in page.text


def test_chosen_columns_are_kept_per_person(house: House, case: str, sign_in: SignIn) -> None:
    mine, other = sign_in(house[RoleName.HANDLER]), sign_in(house[RoleName.INVESTIGATOR])
    answer = mine.post(
        "/complaints/columns", data={"column": ["summary", "place", "password_hash"], "query": "q=噪音"}
    )
    assert answer.status_code == 303 and "q=" in answer.headers["Location"]
    assert re.findall(r'<th scope="col" class="col-(\w+)', mine.get("/complaints/").text) == [
        "summary",
        "place",
    ]
    assert len(re.findall(r'<th scope="col" class="col-(\w+)', other.get("/complaints/").text)) > 5
    mine.post("/complaints/columns", data={"reset": "1"})
    assert len(re.findall(r'<th scope="col" class="col-(\w+)', mine.get("/complaints/").text)) > 5


def test_a_view_is_saved_renamed_and_deleted(house: House, case: str, sign_in: SignIn) -> None:
    client, other = sign_in(house[RoleName.HANDLER]), sign_in(house[RoleName.INVESTIGATOR])
    client.post("/complaints/views", data={"name": "我的噪音", "query": "q=噪音&columns=number,summary"})
    page = client.get("/complaints/").text
    assert "我的噪音" in page and "我的噪音" not in other.get("/complaints/").text
    [number] = set(re.findall(r"/complaints/views/(\d+)/", client.get(_url(page, "我的噪音")).text))
    for change in ("rename", "share", "delete"):
        assert other.post(f"/complaints/views/{number}/{change}", data={"name": "x"}).status_code == 404
    assert client.post(f"/complaints/views/{number}/rename", data={"name": "新名"}).status_code == 303
    assert "新名" in client.get("/complaints/").text
    assert client.post(f"/complaints/views/{number}/delete").status_code == 303
    assert "新名" not in client.get("/complaints/").text


def _url(page: str, label: str) -> str:
    found = re.search(r'href="([^"]+)"[^>]*>\s*' + label, page)
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("screen", SCREENS)
def test_unknown_and_malformed_addresses_end_in_the_same_page(
    house: House, sign_in: SignIn, screen: str
) -> None:
    client = sign_in(house[RoleName.HEAD_OF_QUALITY])
    answers = [client.get(f"/{screen}/{address}/") for address in UNKNOWN]
    assert {answer.status_code for answer in answers} == {404}
    assert len({body(answer) for answer in answers}) == 1


def test_a_foreign_record_and_an_unknown_one_cannot_be_told_apart(
    house: House, case: str, sign_in: SignIn
) -> None:
    client = sign_in(house.outsider)
    for path in ("", "edit/"):
        unknown = client.get(f"/complaints/{UNKNOWN[0]}/{path}")
        foreign = client.get(f"/complaints/{case}/{path}")
        assert unknown.status_code == foreign.status_code and body(unknown) == body(foreign)
    page = client.get("/complaints/?q=噪音&f.state=in_work&sort=summary")
    assert "候诊噪音" not in page.text and case not in page.text
    assert case not in client.get("/measures/lookup/complaint_id?q=TS").text


def test_lookups_answer_a_few_active_records_in_scope(
    app: Flask, house: House, case: str, sign_in: SignIn
) -> None:
    client = sign_in(house[RoleName.HANDLER])
    found = client.get("/complaints/lookup/handler_id?q=测试").json
    assert 0 < len(found) <= 20 and set(found[0]) == {"value", "label", "note"}
    assert [one["value"] for one in client.get("/measures/lookup/complaint_id?q=TS").json] == [case]
    assert client.get("/measures/lookup/complaint_id?q=候诊").json
    assert sign_in(house.outsider).get("/measures/lookup/complaint_id?q=TS").json == []
    assert client.get("/complaints/lookup/handler_id?q=%25").json == []
    for field in ("password_hash", "number", "nothing", "members.user_id", "id"):
        assert client.get(f"/complaints/lookup/{field}").status_code == 404, field
    assert client.get("/investigations/lookup/members.user_id?q=测试").json


def test_nothing_personal_stands_in_the_list_of_those_who_do_not_handle_the_case(
    house: House, case: str, sign_in: SignIn
) -> None:
    wanted = "/complaints/?columns=number,complainant_name,complainant_phone"
    assert "13800000000" in sign_in(house[RoleName.HANDLER]).get(wanted).text
    for role in (RoleName.AUDITOR, RoleName.LEADER, RoleName.INVESTIGATOR):
        page = sign_in(house[role]).get(wanted).text
        assert "13800000000" not in page and "138****0000" in page, role


def test_every_answer_carries_the_headers(house: House, sign_in: SignIn, client: SignIn) -> None:
    page = sign_in(house[RoleName.HANDLER]).get("/complaints/")
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Cache-Control"] == "no-store"
    assert policy != sign_in(house[RoleName.HANDLER]).get("/complaints/").headers["Content-Security-Policy"]


def test_a_route_that_declares_nothing_is_refused(house: House, databases: object, tmp_path: object) -> None:
    from admin_views import guard
    from services.errors import NotPermitted
    from services.identity import actor_for  # noqa: F401

    one = Flask("bare")
    one.add_url_rule("/open", "open", lambda: "x")
    assert guard.declared(one, "open") is None
    with pytest.raises(NotPermitted):
        guard.check(one, "open", SYSTEM)
