"""A page by its number shows what leafing to it would, for whoever asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, ComplaintMonth, ComplaintVisibility
from models.enums import RoleName
from services.access import months
from services.access.scope import unscoped
from services.access.visibility import refresh_visibility
from services.actor import SYSTEM, Actor
from services.listing import ListQuery
from services.unit_of_work import UnitOfWork
from tests.factories import House
from tests.integration.listing.conftest import START, Put

ZONE = ZoneInfo("Asia/Shanghai")
SORTS = ["-received_at", "received_at", "due_at", "-handler_id", "number", ""]


@pytest.fixture
def spread(house: House, put: Put) -> None:
    """A hundred and thirty complaints of nine months, some confidential, some without a due date."""
    for n in range(130):
        secret = n % 13 == 5
        put(
            n,
            only=f"c{house[RoleName.LEADER].id}" if secret else None,
            is_confidential=secret,
            received_at=START + timedelta(days=2 * n + n % 3),
            due_at=None if n % 4 else START + timedelta(days=n),
            handler_id=house[RoleName.HANDLER].id if n % 2 else None,
        )


def query(actor: Actor, **params: str) -> ListQuery:
    return ListQuery.from_params(Complaint, params, actor, ZONE)


def leafed(session: Session, actor: Actor, **params: str) -> list[list[int]]:
    pages, cursor = [], ""
    while True:
        page = query(actor, cursor=cursor, **params).page(session)
        pages.append([row.id for row in page.rows])
        if page.next is None:
            return pages
        cursor = page.next


@pytest.mark.parametrize("role", [RoleName.LEADER, RoleName.AUDITOR, RoleName.HANDLER])
def test_every_page_by_its_number_is_the_one_leafed_to(
    session: Session, house: House, acts: Any, spread: None, role: RoleName
) -> None:
    actor = acts(house[role])
    for sort in SORTS:
        pages = leafed(session, actor, sort=sort)
        assert len(pages) > 5
        for number, ids in enumerate(pages, 1):
            page = query(actor, sort=sort, page=str(number)).page(session)
            assert [row.id for row in page.rows] == ids, (sort, number)
            assert page.position == (number - 1) * 20
            assert (page.previous is None) is (number == 1)
            assert (page.next is None) is (number == len(pages))


def test_leafing_goes_on_from_a_page_reached_by_number(
    session: Session, house: House, acts: Any, spread: None
) -> None:
    actor = acts(house[RoleName.LEADER])
    pages = leafed(session, actor, sort="-received_at")
    third = query(actor, sort="-received_at", page="3").page(session)
    after = query(actor, sort="-received_at", cursor=third.next or "").page(session)
    before = query(actor, sort="-received_at", cursor=third.previous or "").page(session)
    assert ([row.id for row in before.rows], [row.id for row in after.rows]) == (pages[1], pages[3])
    assert (before.position, after.position) == (20, 60)


def test_a_number_beyond_the_last_page_shows_the_last_rows(
    session: Session, house: House, acts: Any, spread: None
) -> None:
    actor = acts(house[RoleName.LEADER])
    last = [row.id for row in query(actor, sort="-received_at", page="900").page(session).rows]
    whole = [row.id for row in query(actor, sort="-received_at").iterate(session)]
    assert last == whole[-20:]
    assert (
        query(actor, page="x").number == query(actor, page="-3").number == query(actor, page="0").number == 1
    )


def test_whoever_sees_all_reads_how_many_there_are(
    session: Session, house: House, acts: Any, spread: None
) -> None:
    for role, number in ((RoleName.LEADER, 130), (RoleName.AUDITOR, 120)):
        count = query(acts(house[role])).count(session)
        assert (count.number, count.exact) == (number, True)


def counts(session: Session) -> dict[tuple[str, int], int]:
    with unscoped(session, "the test compares all of them"):
        kept = session.execute(
            sa.select(ComplaintMonth.audience, ComplaintMonth.month, ComplaintMonth.number)
        ).all()
    return {(row.audience, row.month): row.number for row in kept if row.number}


def test_counts_follow_every_change(session: Session, house: House, spread: None) -> None:
    """A move to another department, another moment of receipt, and a change that is rolled back."""
    with UnitOfWork(session, SYSTEM) as work:
        one, other = work.session.scalars(sa.select(Complaint).order_by(Complaint.id).limit(2)).all()
        one.department_id = house.laboratory.id
        refresh_visibility(session, one)
        other.received_at = other.received_at - timedelta(days=80)
    with pytest.raises(ZeroDivisionError), UnitOfWork(session, SYSTEM) as work:
        one = work.session.scalars(sa.select(Complaint).order_by(Complaint.id).limit(1)).one()
        one.department_id = house.ward.id
        refresh_visibility(session, one)
        _ = 1 / 0
    session.info["actor"] = SYSTEM
    kept = counts(session)
    assert kept["d" + str(house.laboratory.id), months.month_of(START)] == 1
    with unscoped(session, "the test compares with the complaints themselves"):
        rows = session.execute(
            sa.select(ComplaintVisibility, Complaint.received_at).join(
                Complaint, Complaint.id == ComplaintVisibility.complaint_id
            )
        ).all()
    assert all(row.received_at == received for row, received in rows)
    months.recount(session.connection())
    assert counts(session) == kept
