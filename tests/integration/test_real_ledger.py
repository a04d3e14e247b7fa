"""The main job: a real ledger goes into an empty desk, is worked with, and comes out with every text intact.

The real file is not part of the project: it is taken from DESK_TEST_REAL_LEDGER or from the folder beside the project
where it lies for developers. A made-up ledger of the same size and with the same quirks goes the same way everywhere.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from models.enums import Channel, EventKind, FollowUpResult, RoleName, State
from services.access.scope import unscoped
from services.identity import actor_for
from services.ledger.checking import Answered, Options
from services.ledger.exporting import export_ledger
from services.ledger.headings import suggested
from services.ledger.parsing import moment_of, text_of
from services.listing import ListQuery, offered
from services.operations.close import close
from services.operations.follow_up import follow_up
from services.operations.reopen import reopen
from services.operations.start_follow_up import start_follow_up
from services.operations.transfer import transfer
from services.unit_of_work import UnitOfWork
from settings import ROOT
from tests.factories.organisation import House, create_house
from tests.integration.ledger.conftest import ledger_at, take
from tests.support.workbooks import HEADINGS, READERS, old_ledger

ZONE = ZoneInfo("Asia/Shanghai")
REAL = Path(
    os.environ.get("DESK_TEST_REAL_LEDGER") or ROOT.parent / "shared" / "data" / "petition_ledger_2019.xlsx"
)
FIELDS = dict(
    zip(
        HEADINGS,
        (
            "source_reference", "complainant_name", "summary", "received_at", "content", "reply_text", "replied_at",
        ),
        strict=True,
    )
)  # fmt: skip
MOMENTS = ("received_at", "replied_at")
WORDS = ("噪音", "物业")


@pytest.fixture(params=["made_up", "real"])
def ledger_file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """The made-up ledger, and the real one where it lies."""
    if request.param == "made_up" or not REAL.is_file():
        # Without the real file a second made-up one goes the same way: nothing is skipped.
        yield old_ledger(tmp_path / "old.xlsx", seed=7 if request.param == "made_up" else 11)
    else:
        yield REAL


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    session.commit()
    return made


def acting(session: Session, house: House, role: RoleName) -> Any:
    actor = actor_for(session, house[role], datetime.now(UTC))
    session.info["actor"] = actor
    return actor


def as_compared(field: str, cell: Any) -> Any:
    """A cell as both sides must have it: moments to the second, identifiers as text, texts to the character."""
    if field in MOMENTS:
        return (moment_of(cell, ZONE) + timedelta(milliseconds=500)).replace(microsecond=0)
    return text_of(cell)


def records(rows: list[list[Any]], names: dict[str, str]) -> Counter[tuple[Any, ...]]:
    """The seven source cells of every row, as often as they stand there; `names`: heading → field."""
    places = [(rows[0].index(heading), field) for heading, field in names.items()]
    return Counter(tuple(as_compared(field, row[at]) for at, field in places) for row in rows[1:])


def test_in_found_worked_on_and_out_again(
    session: Session, house: House, ledger_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.perf_counter()
    receiver = acting(session, house, RoleName.FIRST_RECEIVER)
    ledger = ledger_at(ledger_file, options=Options(answered=Answered.REPLIED))
    assert {ledger.heading.names[index]: key for index, key in suggested(ledger.heading).items()} == FIELDS
    outcome = take(session, receiver, ledger)
    imported = time.perf_counter()
    assert (outcome.read, outcome.written, outcome.repeated) == (2816, 2816, 0)

    source = {read: read(ledger_file) for read in READERS}
    for word in WORDS:
        listed = ListQuery.from_params(m.Complaint, [("q", word)], receiver, ZONE).count(session)
        expected = sum(any(word in text_of(cell) for cell in row) for row in source[READERS[1]][1:])
        assert (listed.number, listed.exact) == (expected, True)
        assert expected > 0

    _work_on_two(session, house)

    receiver = acting(session, house, RoleName.FIRST_RECEIVER)
    every = tuple(spec.key for spec in offered(m.Complaint))
    query = ListQuery.from_params(m.Complaint, "sort=-received_at", receiver, ZONE, columns=every)
    exporting = time.perf_counter()
    exported = export_ledger(session, query, tmp_path, "投诉台账")
    done = time.perf_counter()
    assert exported.written.rows == 2816
    labels = {str(spec.label): spec.key for spec in query.specs if spec.key in FIELDS.values()}
    wanted = {label: key for key in FIELDS.values() for label, found in labels.items() if found == key}
    for read in READERS:
        assert records(read(exported.written.path), wanted) == records(source[read], FIELDS), read.__name__

    assert take(session, receiver, ledger).written == 0
    with capsys.disabled():
        print(
            f"\n{ledger_file.name}: in {imported - began:.2f} s, out {done - exporting:.2f} s"
            f" ({len(query.specs)} columns, {exported.written.size / 1e6:.1f} MB)"
        )


def _work_on_two(session: Session, house: House) -> None:
    """One is closed after a follow-up, another worked on anew: both found by a word that stands in them."""
    receiver = acting(session, house, RoleName.FIRST_RECEIVER)
    found = []
    for word in WORDS:
        page = ListQuery.from_params(m.Complaint, [("q", word), ("sort", "number")], receiver, ZONE).page(
            session
        )
        found.append(next(row.address for row in page.rows if row.address not in found))
    for address in found:
        receiver = acting(session, house, RoleName.FIRST_RECEIVER)
        with UnitOfWork(session, receiver) as work:
            start_follow_up(work, address)
        with UnitOfWork(session, receiver) as work:
            follow_up(work, address, result=FollowUpResult.SATISFIED, channel=Channel.HOTLINE, words="满意")
        with UnitOfWork(session, acting(session, house, RoleName.LEADER)) as work:
            close(work, address, opinion="同意办结。")
    with UnitOfWork(session, acting(session, house, RoleName.LEADER)) as work:
        reopen(work, found[1], new_fact="来信人补充了新的情况。")
    with UnitOfWork(session, acting(session, house, RoleName.FIRST_RECEIVER)) as work:
        transfer(
            work,
            found[1],
            department_id=house.ward.id,
            person_id=house[RoleName.HANDLER].id,
            instruction="请核实后答复。",
        )
    session.rollback()
    with unscoped(session, "test"):
        asked = sa.select(m.Complaint.public_id, m.Complaint.state).where(m.Complaint.public_id.in_(found))
        states = {row.public_id: row.state for row in session.execute(asked)}
        history = list(
            session.scalars(
                sa.select(m.ComplaintEvent.event)
                .join(m.Complaint)
                .where(m.Complaint.public_id == found[1])
                .order_by(m.ComplaintEvent.id)
            )
        )
    assert states == {found[0]: State.CLOSED, found[1]: State.DISPATCHED}
    assert history[0] is EventKind.IMPORTED and history[-1] is EventKind.TRANSFER
