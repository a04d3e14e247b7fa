"""The index holds what the complaints hold: after operations, writing past the session, emptying, and all anew."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, ComplaintText, ComplaintVisibility
from models.enums import EventKind, RoleName
from services import search
from services.access.scope import MARK, unscoped
from services.actor import SYSTEM
from services.listing import ListQuery
from services.listing.lookup import candidates
from tests.factories import House, create_complaint, create_house, fire, reread
from tests.support.client import make_app, settings_for
from tests.support.search_sets import fill

ZONE = ZoneInfo("Asia/Shanghai")
COMPLAINTS: Any = Complaint.__table__
TEXTS: Any = ComplaintText.__table__


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    session.commit()
    return made


def found(session: Session, text: str) -> list[str]:
    """Numbers of the complaints that the desk itself finds."""
    session.info["actor"] = SYSTEM
    query = ListQuery.from_params(Complaint, {"q": text}, SYSTEM, ZONE)
    ids = query.ids(session, 100)
    assert query.count(session).number == len(ids)
    return sorted(session.scalars(sa.select(Complaint.number).where(Complaint.id.in_(ids))))


def faults(session: Session) -> list[str]:
    return list(search.faults(session.connection()))


def written(session: Session, **values: Any) -> None:
    """Change complaints as a statement that no session flushes."""
    change = sa.update(COMPLAINTS).values(**values).execution_options(**{MARK: "core"})
    session.connection().execute(change)


def test_whatever_an_operation_writes_is_found_at_once(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "in_work")
    number = complaint.number
    assert found(session, number[-6:]) == [number]
    fire(
        session,
        house[RoleName.FIRST_RECEIVER],
        EventKind.CORRECT,
        complaint,
        values={"content": "输液泵报警失灵"},
        reason="笔误",
    )
    assert found(session, "报警失灵") == [number]
    assert faults(session) == []


def test_a_rolled_back_change_leaves_the_index_alone(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "in_work")
    session.info["actor"] = SYSTEM
    complaint = reread(session, complaint.public_id)
    complaint.content = "绝无仅有"
    session.flush()
    assert found(session, "绝无仅有") == [complaint.number]
    session.rollback()
    assert found(session, "绝无仅有") == []
    assert faults(session) == []


def test_texts_written_past_the_session_are_taken_up_when_told(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "in_work")
    number, id = complaint.number, complaint.id
    written(session, content="批号B-77漏液")
    assert [fault.split(": ")[1] for fault in faults(session)] == ["other texts"]
    search.reindex(session, [id])
    session.commit()
    assert found(session, "b-77漏") == [number] and faults(session) == []


def test_emptied_and_removed_complaints_leave_nothing_behind(session: Session, house: House) -> None:
    ledger = fill(session, house, 40, 3)
    first = min(ledger.rows)
    word = ledger.rows[first]["number"]
    assert found(session, word) == [word]
    emptied = dict.fromkeys(("product", "batch", "source_reference", "place", "result", "reply_text"))
    emptied |= {"complainant_name": None, "complainant_phone": None}
    written(session, summary="已销毁", content="", **emptied)
    search.reindex(session, ledger.rows)
    session.commit()
    assert len(found(session, "已销毁")) == 40 and found(session, "血压计") == []
    with unscoped(session, "test"):
        assert set(session.scalars(sa.select(ComplaintText.personal_text))) == {"\n\n"}
        session.execute(sa.delete(ComplaintVisibility))
        session.execute(sa.delete(Complaint).where(Complaint.id == first))
    session.commit()
    assert found(session, word) == [] and len(found(session, "已销毁")) == 39
    assert faults(session) == []


def test_everything_can_be_made_anew(session: Session, house: House, engine_url: str, tmp_path: Any) -> None:
    ledger = fill(session, house, 60, 4)
    number = ledger.rows[min(ledger.rows)]["number"]
    connection = session.connection()
    connection.execute(
        sa.delete(TEXTS).where(TEXTS.c.id == min(ledger.rows)).execution_options(**{MARK: "core"})
    )
    connection.execute(sa.update(TEXTS).values(open_text="x\n").execution_options(**{MARK: "core"}))
    session.commit()
    assert found(session, number) == []
    session.rollback()
    runner = make_app(settings_for(engine_url, tmp_path)).test_cli_runner()
    checked = runner.invoke(args=["desk", "search-index", "--check"])
    assert checked.exit_code == 1 and "60 faults" in checked.output and "not in the index" in checked.output
    rebuilt = runner.invoke(args=["desk", "search-index", "--rebuild"])
    assert rebuilt.exit_code == 0 and "holds 60 complaints" in rebuilt.output, rebuilt.output
    assert runner.invoke(args=["desk", "search-index", "--check"]).exit_code == 0
    assert runner.invoke(args=["desk", "search-index"]).exit_code == 2
    session.rollback()
    assert found(session, number) == [number] and faults(session) == []
    # The index is kept as before: what comes afterwards is found, too.
    create_complaint(session, house, "registered")
    assert faults(session) == []


def test_the_check_notices_an_index_that_lost_its_pieces(
    session: Session, house: House, engine_kind: str
) -> None:
    if engine_kind == "postgresql":
        pytest.skip("there the index is PostgreSQL's own")
    fill(session, house, 5, 5)
    session.execute(sa.text("INSERT INTO complaint_open_grams (complaint_open_grams) VALUES ('delete-all')"))
    assert len([fault for fault in faults(session) if "open texts" in fault]) == 5


def test_suggestions_look_at_number_and_subject_only(session: Session, house: House) -> None:
    ledger = fill(session, house, 50, 6)
    session.info["actor"] = SYSTEM
    number = ledger.rows[min(ledger.rows)]["number"]
    assert [each.label for each in candidates(session, Complaint, number[-6:])] == [number]
    word = "同意更换新品"
    with_it = {
        row["number"] for row in ledger.rows.values() if word in row["summary"] or word in row["number"]
    }
    assert {each.label for each in candidates(session, Complaint, word, limit=41)} == with_it
    named = [row for row in ledger.rows.values() if row["complainant_name"] == "欧阳娜娜"]
    assert named and candidates(session, Complaint, "欧阳娜娜") == []


def test_a_confidential_complaint_is_not_suggested_to_others(session: Session, house: House) -> None:
    ledger = fill(session, house, 50, 7)
    hidden = next(row["number"] for row in ledger.rows.values() if row["is_confidential"])
    leader, handler, _outsider = ledger.readers
    session.info["actor"] = leader.actor
    assert [each.label for each in candidates(session, Complaint, hidden)] == [hidden]
    session.info["actor"] = handler.actor
    assert candidates(session, Complaint, hidden) == []
    query = ListQuery.from_params(Complaint, {"q": hidden}, handler.actor, ZONE, default_sort="-received_at")
    assert query.count(session).number == 0 and query.page(session).rows == []
