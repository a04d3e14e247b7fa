"""Several processes at once, and one killed in the middle: numbers without gaps, nothing half done, nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Assignment, Complaint, DoneRequest, NumberSeries
from models.enums import EventKind, RoleName
from services.audit import verify_chain
from services.operations.transfer import transfer
from services.unit_of_work import UnitOfWork
from services.workflow.once import done_before, remember
from settings import ROOT
from tests.factories import NOW, House, actor_of, create_complaint, take, valid_form
from tests.integration.operations.looking import everything, leads, rows, values
from tests.support.databases import TestDatabase

WRITERS = 3
EACH = 12
ROLLED_BACK = EACH // 3
HIDDEN = EACH // 4 - 1
"""Attempts 3, 7, 11 are confidential; attempt 11 is rolled back."""


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.operations.writers", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}-2026-{number:06d}" for number in range(1, count + 1)]


@pytest.mark.slow
def test_numbers_have_no_gap_and_no_double(session: Session, house: House, database: TestDatabase) -> None:
    arguments = (house[RoleName.HANDLER].id, house[RoleName.LEADER].id, EACH)
    session.rollback()
    writers = [start("register", database.url, *arguments) for _ in range(WRITERS)]
    errors = [writer.communicate(timeout=120)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS, errors
    session.expire_all()
    numbers = sorted(session.scalars(sa.select(Complaint.number)))
    hidden = WRITERS * HIDDEN
    ordinary = WRITERS * (EACH - ROLLED_BACK) - hidden
    assert [one for one in numbers if one.startswith("TS-")] == numbered("TS", ordinary)
    assert [one for one in numbers if one.startswith("TSM-")] == numbered("TSM", hidden)
    series = {row.is_confidential: row.last for row in session.scalars(sa.select(NumberSeries))}
    assert series == {False: ordinary, True: hidden}
    assert list(verify_chain(session)) == [], "the audit trail is one chain, whoever wrote it"


@pytest.mark.slow
def test_killed_in_a_transfer(session: Session, house: House, database: TestDatabase) -> None:
    complaint = create_complaint(session, house, "accepted")
    before, counted = values(session, complaint), everything(session)
    session.rollback()
    killed = start(
        "transfer",
        database.url,
        house[RoleName.FIRST_RECEIVER].id,
        complaint.public_id,
        house.laboratory.id,
        house.outsider.id,
    )
    said, errors = killed.communicate(timeout=120)
    assert said.startswith("about to commit"), errors
    assert killed.returncode == -9
    assert values(session, complaint) == before
    assert everything(session) == counted
    session.rollback()
    take(session, house, complaint, EventKind.TRANSFER, RoleName.FIRST_RECEIVER)
    assert leads(session, complaint) == ["awaiting"]
    assert list(verify_chain(session)) == []


def test_a_form_posted_twice_is_carried_out_once(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "accepted")
    actor = actor_of(session, house[RoleName.FIRST_RECEIVER])

    def post(key: str) -> bool:
        with UnitOfWork(session, actor, NOW) as work:
            if done_before(work, key):
                return False
            transfer(work, complaint.public_id, **valid_form(EventKind.TRANSFER, house))
            remember(work, key)
            return True

    assert [post("form-1"), post("form-1")] == [True, False]
    assert len(rows(session, Assignment, complaint)) == 1
    session.info["actor"] = actor
    assert session.scalars(sa.select(DoneRequest.key)).all() == ["form-1"]


def test_two_copies_in_the_same_instant(session: Session, house: House) -> None:
    """The second one asked before the first had committed: the key is unique, so its work is undone."""
    complaint = create_complaint(session, house, "in_work")
    actor = actor_of(session, house[RoleName.HANDLER])
    with UnitOfWork(session, actor, NOW) as work:
        remember(work, "form-2")
    counted = everything(session)
    from services.operations.note import note

    with pytest.raises(sa.exc.IntegrityError), UnitOfWork(session, actor, NOW) as work:
        note(work, complaint.public_id, text="两次")
        remember(work, "form-2")
    assert everything(session) == counted
