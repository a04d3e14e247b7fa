"""The worklist: whose work it shows, and where its queues lead."""

from __future__ import annotations

import re
from html import unescape

import pytest

from models.enums import EventKind, RoleName
from services.reports.worklist import QUEUES
from tests.factories import fire, register_complaint
from tests.web.complaints.desk import Desk

R = RoleName
READERS = [role for role in R if role is not R.ADMINISTRATOR]


def queues(desk: Desk, who: RoleName) -> dict[str, tuple[int, str]]:
    """Count and link of each queue by its key."""
    text = desk.client(who).get("/").text
    found = {}
    for key, body in re.findall(r'id="queue-(\w+)" aria(.*?)</section>', text, re.S):
        count = re.search(r'class="count[^"]*">(\d+)', body)
        link = re.search(r'href="(/complaints/\?[^"]+)"', body)
        if count and link:
            found[key] = (int(count.group(1)), unescape(link.group(1)))
    return found


@pytest.mark.parametrize("role", READERS)
def test_every_queue_leads_to_a_list_with_as_many_lines(desk: Desk, role: RoleName) -> None:
    desk.fresh("in_work")
    client, wrong = desk.client(role), []
    for key, (count, link) in queues(desk, role).items():
        listed = len(set(re.findall(r'name="rowid" value="(\w+)', client.get(f"{link}&page_size=100").text)))
        if min(count, 100) != listed:
            wrong.append(f"{key}: {count} in the queue, {listed} behind {link}")
    assert not wrong, "\n".join(wrong)


def test_who_has_which_queues(desk: Desk) -> None:
    titles = {spec.key for spec in QUEUES}
    for role in READERS:
        assert set(queues(desk, role)) <= titles
    assert {"sign", "work"} <= set(queues(desk, R.HANDLER))
    assert {"approve", "close"} <= set(queues(desk, R.LEADER))
    assert "accept" in queues(desk, R.FIRST_RECEIVER) and "archive" in queues(desk, R.ARCHIVIST)
    assert "accept" not in queues(desk, R.HANDLER) and "approve" not in queues(desk, R.HANDLER)
    assert not queues(desk, R.AUDITOR)


def moved(desk: Desk, role: RoleName, key: str, before: dict[str, tuple[int, str]]) -> int:
    return queues(desk, role).get(key, (0, ""))[0] - before.get(key, (0, ""))[0]


def test_a_case_moves_from_queue_to_queue(desk: Desk) -> None:
    before = {role: queues(desk, role) for role in (R.HANDLER, R.FIRST_RECEIVER, R.LEADER)}

    def counts(*asked: tuple[RoleName, str]) -> list[int]:
        return [moved(desk, role, key, before[role]) for role, key in asked]

    watched = [(R.FIRST_RECEIVER, "accept"), (R.HANDLER, "sign"), (R.HANDLER, "work"), (R.LEADER, "approve"),
               (R.FIRST_RECEIVER, "reply"), (R.FIRST_RECEIVER, "follow_up"), (R.LEADER, "close")]  # fmt: skip
    wanted = {
        "registered": [1, 0, 0, 0, 0, 0, 0],
        "dispatched": [0, 1, 0, 0, 0, 0, 0],
        "in_work": [0, 0, 1, 0, 0, 0, 0],
        "awaiting_approval": [0, 0, 0, 1, 0, 0, 0],
        "approved": [0, 0, 0, 0, 1, 0, 0],
        "replied": [0, 0, 0, 0, 0, 1, 0],
        "satisfied": [0, 0, 0, 0, 0, 0, 1],
        "closed": [0, 0, 0, 0, 0, 0, 0],
    }
    for state, numbers in wanted.items():
        made = desk.connection.begin_nested()
        desk.fresh(state)
        assert counts(*watched) == numbers, state
        made.rollback()


def test_a_foreign_and_a_secret_case_are_in_no_queue(desk: Desk) -> None:
    before = queues(desk, R.HANDLER)
    with desk.session() as session:
        made = register_complaint(
            session, desk.house.outsider, receiving_department_id=desk.house.laboratory.id
        )
        number = made.number
    assert queues(desk, R.HANDLER) == before
    secret = desk.case(desk.secret).number
    for role in READERS:
        text = desk.client(role).get("/").text
        assert secret not in text
    assert number not in desk.client(R.HANDLER).get("/").text


def test_statements_of_the_worklist_are_few_and_do_not_grow(desk: Desk) -> None:
    client = desk.client(R.HEAD_OF_QUALITY)
    client.get("/")
    with desk.statements() as first:
        client.get("/")
    case = desk.fresh("in_work").public_id
    desk.fresh("registered")
    with desk.session() as session:
        fire(session, desk.house[R.LEADER], EventKind.SUPERVISE, case, demand="尽快")
    with desk.statements() as second:
        client.get("/")
    assert len(second) <= len(first) <= 40, f"{len(first)} → {len(second)}"
