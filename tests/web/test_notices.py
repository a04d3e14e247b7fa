"""The inbox page: one's own notices, ticked off by POST only."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Notice, User
from models.enums import RoleName
from services.access.scope import unscoped
from services.sealing import seal, unseal
from tests.factories.complaints import create_complaint
from tests.factories.organisation import House, create_house
from tests.support.client import DeskClient


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    session.commit()
    return made


def put(session: Session, user: User, count: int = 1, complaint_id: int | None = None) -> None:
    with unscoped(session, "test"):
        for _ in range(count):
            session.add(
                Notice(
                    user_id=user.id,
                    complaint_id=complaint_id,
                    topic="urged",
                    payload={"by": "督办人<b>甲</b>"},
                )
            )
        session.commit()


def unread(session: Session) -> list[int]:
    session.rollback()
    with unscoped(session, "test"):
        return list(session.scalars(sa.select(Notice.id).where(Notice.read_at.is_(None)).order_by(Notice.id)))


def shown_keys(page: str) -> list[int]:
    return [unseal(key) for key in re.findall(r'name="notice" value="([^"]+)"', page)]


def test_notices_are_shown_and_ticked_off(client: DeskClient, session: Session, house: House) -> None:
    handler = house[RoleName.HANDLER]
    case = create_complaint(session, house)
    number, case_id = case.number, case.id
    session.commit()
    put(session, handler, 3, case_id)
    client.sign_in(handler)
    page = client.get("/notices/")
    assert page.status_code == 200 and page.text.count(number) == 3
    assert "督办人&lt;b&gt;甲&lt;/b&gt;" in page.text
    first, second, third = unread(session)
    assert client.post("/notices/read", data={"notice": seal(second)}).status_code == 303
    assert unread(session) == [first, third]
    assert client.post("/notices/read-all", data={"up_to": seal(first)}).status_code == 303
    assert unread(session) == [third]
    client.get("/notices/")
    assert unread(session) == [third], "reading the page ticks nothing off"


def test_an_empty_inbox_says_what_it_is_for(client: DeskClient, house: House) -> None:
    page = client.sign_in(house[RoleName.LEADER]).get("/notices/")
    assert page.status_code == 200 and "empty" in page.text


def test_older_notices_stand_behind_a_link(client: DeskClient, session: Session, house: House) -> None:
    put(session, house[RoleName.HANDLER], 55)
    client.sign_in(house[RoleName.HANDLER])
    page = client.get("/notices/")
    assert shown_keys(page.text) == list(reversed(unread(session)[5:]))
    older = re.search(r'href="(/notices/\?before=[^"]+)"', page.text)
    assert older is not None
    assert shown_keys(client.get(older[1]).text) == list(reversed(unread(session)[:5]))


def test_somebody_elses_notice_is_unknown(app: Flask, session: Session, house: House) -> None:
    put(session, house[RoleName.HANDLER])
    (notice,) = unread(session)
    leader = app.test_client().sign_in(house[RoleName.LEADER])
    foreign, unknown = (
        leader.post("/notices/read", data={"notice": seal(one)}) for one in (notice, notice + 1)
    )
    assert foreign.status_code == unknown.status_code == 404 and len(foreign.data) == len(unknown.data)
    leader.post("/notices/read-all", data={"up_to": seal(999_999)})
    assert unread(session) == [notice]
    assert "督办人" not in leader.get("/notices/").text


def test_a_made_up_key_is_refused(client: DeskClient, house: House) -> None:
    client.sign_in(house[RoleName.HANDLER])
    assert client.post("/notices/read", data={"notice": "1"}).status_code == 400
    assert client.post("/notices/read-all").status_code == 400
    assert client.get("/notices/?before=1").status_code == 400


def test_the_bell_is_told_how_many_are_unread(client: DeskClient, session: Session, house: House) -> None:
    put(session, house[RoleName.HANDLER], 7)
    put(session, house[RoleName.LEADER], 2)
    page = client.sign_in(house[RoleName.HANDLER]).get("/notices/").text
    assert re.search(
        r'class="icon-button top-bell".*?<span class="count[^>]* data-figure="notices" hidden>', page
    )
    [address] = re.findall(r'<body[^>]* data-figures="([^"]+)"', page)
    assert client.get(address).get_json()["notices"] == "7"
