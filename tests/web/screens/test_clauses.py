"""The page "Why does the system do this?": counts, search, what is missing, and the links that lead there."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.enums import RoleName
from services.procedures import clauses
from services.procedures.clauses import traces
from tests.factories import House
from tests.support.client import DeskClient
from tests.web.screens.conftest import SignIn


@pytest.fixture
def client(house: House, sign_in: SignIn) -> DeskClient:
    return sign_in(house[RoleName.AUDITOR])


def test_every_regulation_is_listed_with_its_count(client: DeskClient) -> None:
    page = client.get("/clauses").text
    for number in range(1, 19):
        assert f'href="/clauses/R{number:02}/"' in page
    done = sum(row.is_carried_out for row in traces().values())
    assert f"共 250 条，已落实 {done} 条" in page


def test_a_search_finds_clauses_by_number_words_and_rule(client: DeskClient) -> None:
    by_number = client.get("/clauses?q=R01-12").text
    assert 'id="R01-12"' in by_number and 'id="R01-13"' not in by_number
    assert 'id="R01-13"' in client.get("/clauses?q=15个工作日内办结").text
    assert "没有符合的条款" in client.get("/clauses?q=不存在的条文").text


def test_the_filter_shows_what_is_not_carried_out(
    client: DeskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clauses, "passing_tests", lambda: {})
    traces.cache_clear()
    try:
        page = client.get("/clauses/R01/?show=missing").text
        assert page.count('class="panel clause-item"') == sum(
            row.clause.regulation == "R01" for row in traces().values()
        )
        assert "缺少：" in page and "测试" in page
    finally:
        traces.cache_clear()


def test_the_regulation_is_there_to_read(client: DeskClient) -> None:
    page = client.get("/clauses/R01/").text
    for row in traces().values():
        if row.clause.regulation == "R01":
            assert row.clause.text.replace("'", "&#39;").replace('"', "&#34;") in page
    assert client.get("/clauses/R99/").status_code == 404
    assert client.get("/clauses/clause/R01-99").status_code == 404


def test_the_place_in_the_procedure_is_told(client: DeskClient) -> None:
    page = client.get("/clauses/clause/R01-12").text
    assert "hospital-complaint-office.yaml: clocks[0]" in page


def test_clocks_and_refusals_lead_to_their_clause(
    session: Session, house: House, sign_in: SignIn, case: str
) -> None:
    page = sign_in(house[RoleName.FIRST_RECEIVER]).get(f"/complaints/{case}/").text
    assert 'href="/clauses/clause/R01-12"' in page
