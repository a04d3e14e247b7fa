"""Names and texts stand in the order in which people look them up, alike on both engines."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, ComplaintOrder, Department, User
from models.enums import Category, RoleName, State
from pinyin import name_key, order_key
from services.actor import SYSTEM, Actor
from services.listing import ListQuery, orders
from services.unit_of_work import UnitOfWork
from tests.factories import House, create_department
from tests.integration.listing.conftest import Put

ZONE = ZoneInfo("Asia/Shanghai")
PRODUCTS = ["ABC 泵", "阿司匹林", "安瓿", "绷带 10", "重庆小面", "单采血浆机", "单位秤", "骨钉", "氧气面罩"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("内科", "nei4 ke1"),
        ("重庆", "chong2 qing4"),
        ("重量", "zhong4 liang4"),
        ("ＡＢＣ泵", "!abc beng4"),
        ("  ", None),
        ("", None),
        (None, None),
    ],
)
def test_the_key_of_a_text(text: str | None, key: str | None) -> None:
    assert order_key(text) == key


def test_surnames_have_readings_of_their_own() -> None:
    assert name_key("曾国藩") == "zeng1 guo2 fan1" and name_key("单雄信") == "shan4 xiong2 xin4"
    assert name_key("王磊") == order_key("王磊") and name_key("") is None


def shown(session: Session, actor: Actor, sort: str, key: str) -> list[Any]:
    """The values of a column over all pages of a list, forwards; and the same backwards."""
    found: list[Any] = []
    cursor = ""
    while True:
        page = ListQuery.from_params(
            Complaint, {"sort": sort, "cursor": cursor, "columns": key}, actor, ZONE
        ).page(session)
        found += [None if row.values[key] is None else str(row.values[key]) for row in page.rows]
        if page.next is None:
            return found
        cursor = page.next


@pytest.mark.parametrize("role", [RoleName.LEADER, RoleName.HANDLER])
def test_products_by_sound_the_nameless_last(
    session: Session, house: House, put: Put, acts: Any, role: RoleName
) -> None:
    for n, product in enumerate([*reversed(PRODUCTS), None, *PRODUCTS, None, *PRODUCTS[::2]]):
        put(n, product=product)
    actor = acts(house[role])
    rising = shown(session, actor, "product", "product")
    assert list(dict.fromkeys(rising)) == [*PRODUCTS, None] and len(rising) == 25
    falling = shown(session, actor, "-product", "product")
    assert list(dict.fromkeys(falling)) == [*reversed(PRODUCTS), None]
    session.info["actor"] = actor
    query = ListQuery.from_params(Complaint, {"sort": "product", "columns": "product"}, actor, ZONE)
    assert [row.values["product"] for row in query.iterate(session)] == rising


def test_a_department_that_is_renamed_takes_its_complaints_along(
    session: Session, house: House, put: Put, acts: Any
) -> None:
    session.info["actor"] = SYSTEM
    first, second = create_department(session, "安保部"), create_department(session, "维修部")
    session.commit()
    for n, department in enumerate((first, second, first, second)):
        put(n, department, handler_id=house[RoleName.HANDLER].id if n % 2 else None)
    leader = acts(house[RoleName.LEADER])
    assert shown(session, leader, "department_id", "department_id") == ["安保部"] * 2 + ["维修部"] * 2
    with UnitOfWork(session, SYSTEM) as work:
        work.session.get_one(Department, first.id).name = "资料室"
        work.session.get_one(User, house[RoleName.HANDLER].id).name = "曾小贤"
    leader = acts(house[RoleName.LEADER])
    assert shown(session, leader, "department_id", "department_id") == ["维修部"] * 2 + ["资料室"] * 2
    assert shown(session, leader, "handler_id", "handler_id") == ["曾小贤"] * 2 + [None] * 2
    session.info["actor"] = leader
    with UnitOfWork(session, SYSTEM) as work:
        work.session.scalars(
            sa.select(Complaint).order_by(Complaint.id).limit(1)
        ).one().department_id = second.id
    assert kept(session) == made_anew(session)


def kept(session: Session) -> list[Any]:
    session.info["actor"] = SYSTEM
    columns = [ComplaintOrder.id, *(getattr(ComplaintOrder, key) for key in orders.KEYED.values())]
    return [tuple(row) for row in session.execute(sa.select(*columns).order_by(ComplaintOrder.id))]


def made_anew(session: Session) -> list[Any]:
    orders.rebuild(session.connection())
    return kept(session)


MIXED = ["TS-2026-2", "TS2026-1", "ts-2026-0", "TS_2026", "投诉2026", "A-1", "a-0", "B"]


@pytest.mark.parametrize("role", [RoleName.LEADER, RoleName.HANDLER])
@pytest.mark.parametrize("few", [True, False])
def test_numbers_and_grades_stand_byte_by_byte(
    session: Session, house: House, acts: Any, put: Put, role: RoleName, few: bool, monkeypatch: Any
) -> None:
    """In most languages a hyphen weighs nothing and a stands before B; SQLite knows no language."""
    monkeypatch.setattr("services.access.visibility.FEW", 2000 if few else 0)
    for place, text in enumerate(MIXED, 1):
        put(place, grade=text[::-1]).number = text
        session.commit()
    actor = acts(house[role])
    assert shown(session, actor, "number", "number") == sorted(MIXED)
    assert shown(session, actor, "-grade", "grade") == sorted((text[::-1] for text in MIXED), reverse=True)


def test_other_lists_sort_texts_byte_by_byte(session: Session, house: House, acts: Any) -> None:
    session.info["actor"] = SYSTEM
    for code in MIXED:
        create_department(session, f"科室 {code}").code = code
    session.commit()
    actor = acts(house[RoleName.LEADER])
    query = ListQuery.from_params(Department, "sort=code&columns=code&page_size=200", actor, ZONE)
    codes = [str(row.values["code"]) for row in query.page(session).rows if row.values["code"]]
    assert codes == sorted(codes) and set(codes) >= set(MIXED)
    if session.get_bind().dialect.name == "postgresql":
        collations = session.connection().execute(
            sa.text(
                "SELECT relname, attname, collname FROM pg_attribute JOIN pg_class r ON r.oid = attrelid"
                " JOIN pg_collation c ON c.oid = attcollation"
                " WHERE (relname, attname) IN (('complaints', 'number'), ('complaints', 'grade'),"
                " ('complaint_values', 'text'), ('complaint_orders', 'product_key'))"
            ).execution_options(desk_scope="core")
        )
        assert {row.collname for row in collations} == {"C"}


@pytest.mark.parametrize("values", [State, Category])
def test_words_of_the_desk_stand_alike_in_every_language(values: Any) -> None:
    """Their columns are compared in the language of the database: none differs by a sign without weight."""
    words = [one.value for one in values]
    assert sorted(words) == sorted(words, key=lambda word: word.replace("_", ""))
    assert all(re.fullmatch("[a-z_]+", word) for word in words)
