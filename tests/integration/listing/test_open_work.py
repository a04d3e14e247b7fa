"""The figures of worklist, menu and tabs: the same as counting each by itself, out of one small index."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint
from models.complaint_indexes import TO_FILE_STATES
from models.enums import OPEN_STATES, FollowUpResult, RoleName, State
from services.actor import Actor
from services.deadlines.desk_calendar import desk_time
from services.listing import ListQuery, open_work, queues, views
from services.reports.worklist import QUEUES, Reader, worklist
from tests.factories import House, actor_of
from tests.integration.listing.conftest import START, Put
from tests.integration.listing.test_plans import ledger, plan, reader, statements

__all__ = ["ledger", "reader"]  # fixtures

ZONE = ZoneInfo("Asia/Shanghai")
NOW = START + timedelta(days=20)
READERS = [role for role in RoleName if role is not RoleName.ADMINISTRATOR]


@pytest.fixture
def work(house: House, put: Put) -> None:
    """Complaints of every state, of two departments, in many hands, overdue, paused, major, escalated."""
    chance = random.Random(11)
    people = [user.id for user in house.people.values()]
    now_and_then: Any = lambda value: value if chance.random() < 0.4 else None  # noqa: E731
    states = sorted(OPEN_STATES | TO_FILE_STATES - {State.CLOSED})
    for number in range(1, 81):
        state = states[number % len(states)]
        put(
            number,
            chance.choice((house.ward, house.ward, house.laboratory)),
            state=state,
            due_at=now_and_then(START + timedelta(days=chance.randrange(40))),
            handler_id=chance.choice(people),
            responsible_id=now_and_then(chance.choice(people)),
            first_receiver_id=now_and_then(chance.choice(people)),
            paused_at=NOW if chance.random() < 0.1 else None,
            is_major=chance.random() < 0.2,
            is_repeat=chance.random() < 0.2,
            escalation_level=int(chance.random() < 0.2),
            satisfaction=now_and_then(chance.choice(list(FollowUpResult))),
            replied_at=START,
            closed_at=None if state in OPEN_STATES else START,
            end_reason="不属于受理范围",
        )


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("few", [True, False])
def test_every_queue_counts_and_begins_as_if_it_were_asked_alone(
    session: Session, house: House, work: None, role: RoleName, few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.access.visibility.FEW", 2000 if few else 0)
    actor = actor_of(session, house[role])
    session.info["actor"] = actor
    filled = worklist(session, actor, NOW, desk_time(session))
    assert [one.spec.key for one in filled] == [spec.key for spec in QUEUES if actor.may(spec.needs)]
    for one in filled:
        condition = one.spec.condition(Reader(actor, NOW, desk_time(session).zone))
        alone = (
            sa.select(Complaint.number).where(condition).order_by(Complaint.due_at.nulls_last(), Complaint.id)
        )
        numbers = list(session.scalars(alone))
        assert (one.count, [item.number for item in one.items]) == (len(numbers), numbers[:6]), one.spec.key
    if role in (RoleName.FIRST_RECEIVER, RoleName.LEADER, RoleName.HEAD_OF_QUALITY):
        assert max(one.count for one in filled) > 3


def test_a_count_stops_at_its_limit(session: Session, house: House, work: None) -> None:
    actor = actor_of(session, house[RoleName.LEADER])
    session.info["actor"] = actor
    everything = {"open": queues.is_open(), "filed": queues.to_file()}
    to_the_end = open_work.counted(session, everything, 1000, {})
    assert to_the_end["open"] > 20 and to_the_end["filed"] > 5
    further = {"all": sa.select(Complaint.id)}
    assert open_work.counted(session, everything, 5, further) == {"open": 5, "filed": 5, "all": 5}
    found = open_work.waiting(session, everything, 5, 2, {})
    assert {key: (one.count, len(one.first)) for key, one in found.items()} == {
        "open": (5, 2),
        "filed": (5, 2),
    }


@pytest.mark.parametrize("role", [RoleName.LEADER, RoleName.HANDLER])
def test_tabs_count_what_their_lists_show(session: Session, house: House, work: None, role: RoleName) -> None:
    actor = actor_of(session, house[role])
    session.info["actor"] = actor
    searches = [
        "", "f.open=1", "f.mine=1&f.open=1", "f.overdue=1", "f.is_repeat=1&f.open=1", "f.state=refused",
        "f.open=1&f.state=in_work", "q=候诊", "f.open=1&q=候诊", "f.open=no", "f.unknown=1",
    ]  # fmt: skip
    query = ListQuery.from_params(Complaint, "", actor, ZONE)
    with statements(session) as sent:
        numbers = views.counts(session, query, searches)
    asked = [one for one in sent if "_grams" not in one[0]]
    assert len(asked) <= 3, "one for all, and one for each search"
    for search, number in zip(searches, numbers, strict=True):
        listed = ListQuery.from_params(Complaint, search, actor, ZONE)
        assert number == min(listed.count(session).number, 100) == len(listed.ids(session, 100)), search
    assert sum(numbers) > 50


def _plans(session: Session, actor: Actor) -> list[list[str]]:
    with statements(session) as sent:
        worklist(session, actor, NOW, desk_time(session))
        searches = ["f.open=1", "f.mine=1&f.open=1", "f.overdue=1", "f.is_repeat=1&f.open=1"]
        views.counts(session, ListQuery.from_params(Complaint, "", actor, ZONE), searches)
    asked = [one for one in sent if "complaints" in one[0]]
    assert len(asked) <= 3, "the queues, their first lines, the tabs"
    return [plan(session, *asked[0]), plan(session, *asked[-1])]


@pytest.mark.parametrize("reader", ["leader", "handler", "outsider"], indirect=True)
def test_open_complaints_are_counted_out_of_their_index(session: Session, reader: Actor) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        # Of so few rows PostgreSQL would as soon take the states one by one; of millions it would not.
        session.execute(sa.text("DROP INDEX ix_complaints_by_state, ix_complaints_state, ix_complaints_list"))
        # Rows of earlier tests have left the index larger than what it holds.
        session.execute(sa.text("REINDEX INDEX ix_complaints_open"))
    for lines in _plans(session, reader):
        whole = [line for line in lines if re.match(r"SCAN complaints|(->  )?Seq Scan on complaints", line)]
        assert all(re.search("ix_complaints_(open|to_file)", line) for line in whole), whole
        assert not [line for line in lines if "ANY(" in line], "an index is not asked once for each value"
        found = [line for line in lines if "ix_complaints_open" in line]
        assert found or reader.sees_few, lines
        assert not is_sqlite or all("COVERING" in line or "SEARCH" in line for line in found), found
    session.rollback()


def test_the_moment_counts_to_the_second(session: Session, house: House, put: Put) -> None:
    """What falls due in this moment is overdue in it, in the queue as in the tab."""
    put(
        1,
        state=State.ACCEPTED,
        due_at=datetime(2026, 1, 21, tzinfo=UTC),
        handler_id=house[RoleName.HANDLER].id,
    )
    actor = actor_of(session, house[RoleName.HANDLER])
    session.info["actor"] = actor
    for now, count in ((NOW, 1), (NOW - timedelta(seconds=1), 0)):
        filled = {one.spec.key: one.count for one in worklist(session, actor, now, desk_time(session))}
        assert filled["overdue"] == count
