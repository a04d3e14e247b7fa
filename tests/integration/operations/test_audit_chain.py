"""Somebody with the database in hands bypasses the triggers: the chain shows it, and the marks show a cut-off end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.enums import EventKind, RoleName
from services.audit import verify_chain
from services.audit_anchors import keep_daily_anchor, kept_anchors, lost_anchors
from tests.factories import NOW, House, create_complaint, take

Tamper = Callable[[str], None]


@pytest.fixture
def tamper(session: Session) -> Tamper:
    """Runs a statement on the trail with its triggers out of the way."""

    def run(statement: str) -> None:
        session.rollback()
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS tr_audit_entries_no_{verb}")
        connection.execute(sa.text(statement).execution_options(desk_scope="test"))
        session.commit()

    return run


@pytest.fixture
def trail(session: Session, house: House) -> None:
    """Seven entries: five of a complaint on its way, one of another, one at a moment told in another zone."""
    create_complaint(session, house, "awaiting_approval")
    complaint = create_complaint(session, house)
    local = NOW.astimezone(ZoneInfo("Asia/Shanghai"))
    take(session, house, complaint, EventKind.NOTE, RoleName.HANDLER, now=local)


def test_an_untouched_trail_is_whole(session: Session, trail: None) -> None:
    assert list(verify_chain(session)) == []


@pytest.mark.parametrize(
    "statement, shown",
    [
        ("UPDATE audit_entries SET actor_name = '某人' WHERE id = 3", [3]),
        ("UPDATE audit_entries SET at = '2026-03-09 01:00:00' WHERE id = 3", [3]),
        ("UPDATE audit_entries SET complaint_id = 2 WHERE id = 3", [3]),
        ("DELETE FROM audit_entries WHERE id = 3", [4]),
        ("DELETE FROM audit_entries WHERE id = 1", [2]),
        ("UPDATE audit_entries SET id = CASE id WHEN 3 THEN 903 ELSE 3 END WHERE id IN (3, 4)", [3, 903]),
    ],
    ids=["actor", "moment", "case", "removed", "first removed", "swapped"],
)
def test_what_was_done_to_it_shows(
    session: Session, trail: None, tamper: Tamper, statement: str, shown: list[int]
) -> None:
    tamper(statement)
    assert list(verify_chain(session)) == shown


def test_a_cut_off_end_shows_in_the_marks(
    session: Session, trail: None, tamper: Tamper, tmp_path: Path
) -> None:
    first = keep_daily_anchor(session, tmp_path, NOW)
    assert first is not None and first.entry_id == 7
    assert keep_daily_anchor(session, tmp_path, NOW + timedelta(hours=3)) is None, "one a day"
    assert keep_daily_anchor(session, tmp_path, NOW + timedelta(days=1)) is not None
    marks = kept_anchors(tmp_path)
    assert [mark.entry_id for mark in marks] == [7, 7]
    assert list(lost_anchors(session, marks)) == []
    tamper("DELETE FROM audit_entries WHERE id >= 6")
    assert list(verify_chain(session)) == [], "the chain alone can't tell"
    assert list(lost_anchors(session, marks)) == marks


def test_no_mark_of_an_empty_trail(session: Session, tmp_path: Path) -> None:
    assert keep_daily_anchor(session, tmp_path, datetime.now(ZoneInfo("UTC"))) is None
    assert kept_anchors(tmp_path) == []
