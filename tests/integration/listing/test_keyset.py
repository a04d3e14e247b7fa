"""Pages by position: every row once, in one order, also while others insert, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models import Complaint
from models.enums import RoleName, State
from services.actor import Actor
from services.listing import ListQuery
from tests.factories import House
from tests.integration.listing.conftest import START

ZONE = ZoneInfo("Asia/Shanghai")
SORTS = [
    "",
    "received_at",
    "-received_at",
    "due_at",
    "-due_at",
    "handler_id",
    "-handler_id",
    "state",
    "number",
]


@pytest.fixture
def fifty(house: House, put: Any) -> None:
    """Many equal values, and NULLs, in each sortable column."""
    for n in range(50):
        put(
            n,
            received_at=START + timedelta(hours=n // 7),
            due_at=None if n % 3 else START + timedelta(days=n // 10),
            handler_id=house[RoleName.HANDLER].id if n % 2 else None,
            state=State.ACCEPTED if n % 4 else State.REGISTERED,
        )


def query(actor: Actor, **params: str) -> ListQuery:
    return ListQuery.from_params(Complaint, params, actor, ZONE)


def forwards(session: Session, actor: Actor, sort: str, between: Any = lambda: None) -> list[int]:
    found, cursor = [], ""
    while True:
        page = query(actor, sort=sort, cursor=cursor).page(session)
        found += [row.id for row in page.rows]
        if page.next is None:
            return found
        cursor = page.next
        between()


@pytest.mark.parametrize("sort", SORTS)
def test_each_row_once_forwards_backwards_and_from_the_end(
    session: Session, house: House, acts: Any, fifty: None, sort: str
) -> None:
    actor = acts(house[RoleName.HANDLER])
    whole = forwards(session, actor, sort)
    assert len(whole) == len(set(whole)) == 50
    assert whole == [row.id for row in query(actor, sort=sort).iterate(session)]

    first = query(actor, sort=sort).page(session)
    assert first.previous is None and first.last is not None
    page = query(actor, sort=sort, cursor=first.last).page(session)
    assert page.next is None
    back = [row.id for row in page.rows]
    while page.previous is not None:
        page = query(actor, sort=sort, cursor=page.previous).page(session)
        back = [row.id for row in page.rows] + back
    assert back == whole


@pytest.mark.parametrize("sort", ["due_at", "-due_at", "handler_id", "-handler_id"])
def test_missing_values_stand_last_in_either_direction(
    session: Session, house: House, acts: Any, fifty: None, sort: str
) -> None:
    actor = acts(house[RoleName.HANDLER])
    key = sort.removeprefix("-")
    given = [row.values[key] is not None for row in query(actor, sort=sort).iterate(session)]
    assert given == sorted(given, reverse=True) and not all(given) and any(given)


@pytest.mark.parametrize("sort", ["received_at", "-received_at", "due_at", "-due_at"])
def test_rows_inserted_meanwhile_neither_repeat_nor_hide_others(
    session: Session, house: House, acts: Any, put: Any, fifty: None, sort: str
) -> None:
    actor = acts(house[RoleName.HANDLER])
    before = set(forwards(session, actor, sort))
    number = iter(range(100, 200))

    def others_insert() -> None:
        for days in (-1, 3, 400):
            moment = START + timedelta(days=days)
            put(next(number), received_at=moment, due_at=moment)
        session.info["actor"] = actor

    seen = forwards(session, actor, sort, others_insert)
    assert len(seen) == len(set(seen)) and before <= set(seen)


def test_a_cursor_tells_nothing_and_fits_its_own_order_only(
    session: Session, house: House, acts: Any, fifty: None
) -> None:
    actor = acts(house[RoleName.HANDLER])
    first = query(actor, sort="received_at").page(session)
    assert first.next is not None and str(first.rows[-1].id) not in first.next[:4]
    other = query(actor, sort="-received_at", cursor=first.next).page(session)
    assert [row.id for row in other.rows] == [
        row.id for row in query(actor, sort="-received_at").page(session).rows
    ]
    for broken in ("x", first.next[:-4], "MTIz"):
        again = query(actor, sort="received_at", cursor=broken).page(session)
        assert [row.id for row in again.rows] == [row.id for row in first.rows]
