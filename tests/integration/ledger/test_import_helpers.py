"""Long imports, which a second process reads and makes ready: the same complaints as one process alone would write."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from models.enums import RoleName
from pinyin import order_key
from services import search
from services.access.scope import unscoped
from services.ledger import preparing, promoting, searchable, source, writing
from services.ledger.preparing import Preparers
from services.ledger.promoting import promote
from services.ledger.publishing import take_off
from services.ledger.staging import stage
from services.operations.upload_ledger import upload_ledger
from services.unit_of_work import UnitOfWork
from tests.factories.organisation import House
from tests.integration.ledger.conftest import ZONE, acting, ledger_at
from tests.support.workbooks import HEADINGS, old_ledger, write_sheet

ROWS = 120
_RANDOM = {"id", "public_id", "created_at", "updated_at", "complaint_id", "batch_id", "number"}


@pytest.fixture(autouse=True)
def two_processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """However few the rows are."""
    monkeypatch.setattr(source, "_LONG", 0)
    monkeypatch.setattr(promoting, "ALONE_ROWS", 0)
    monkeypatch.setattr(promoting, "CHUNK", 10)
    yield
    assert helpers() == []


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The helper makes the first rows ready already."""
    made = preparing.Preparers.__init__

    def begun(self: Preparers, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        if self._ready is not None:
            wait([self._ready], timeout=60)

    monkeypatch.setattr(preparing.Preparers, "__init__", begun)


def helpers() -> list[psutil.Process]:
    return [
        each
        for each in psutil.Process().children(recursive=True)
        if "services.ledger.helper" in each.cmdline()
    ]


def imported(session: Session, house: House, path: Path, processes: int) -> m.LedgerBatch:
    actor, ledger = acting(session, house), ledger_at(path)
    with UnitOfWork(session, actor) as work:
        batch_id = upload_ledger(work, ledger).id
    stage(session, actor, batch_id, ledger, ZONE, datetime.now(UTC), processes=processes)
    promote(session, actor, batch_id, ZONE, processes=processes)
    return session.get_one(m.LedgerBatch, batch_id, populate_existing=True)


def written(session: Session, batch: m.LedgerBatch) -> dict[str, list[dict[str, Any]]]:
    """What an import left, without what differs from one to the next."""
    found = {}
    with unscoped(session, "test"):
        ids = list(
            session.scalars(
                sa.select(m.Complaint.id).where(m.Complaint.batch_id == batch.id).order_by(m.Complaint.id)
            )
        )
        for model, column in (
            (m.Complaint, m.Complaint.id),
            (m.Party, m.Party.complaint_id),
            (m.Reply, m.Reply.complaint_id),
            (m.ComplaintText, m.ComplaintText.id),
            (m.ComplaintOrder, m.ComplaintOrder.id),
            (m.ComplaintEvent, m.ComplaintEvent.complaint_id),
            (m.ComplaintVisibility, m.ComplaintVisibility.complaint_id),
        ):
            table: Any = model.__table__
            asked = sa.select(table).where(table.c[column.key].in_(ids)).order_by(column, table.c.id)
            rows = session.connection().execute(asked.execution_options(desk_scope="core"))
            found[model.__name__] = [
                {key: value for key, value in row._mapping.items() if key not in _RANDOM} for row in rows
            ]
    session.rollback()
    return found


@pytest.mark.usefixtures("at_once")
def test_two_processes_write_what_one_writes(session: Session, house: House, tmp_path: Path) -> None:
    path = old_ledger(tmp_path / "old.xlsx", ROWS)
    batch = imported(session, house, path, 2)
    together = written(session, batch)
    with UnitOfWork(session, acting(session, house)) as work:
        take_off(work, session.get_one(m.LedgerBatch, batch.id))
    alone = written(session, imported(session, house, path, 1))
    for name, rows in alone.items():
        assert rows, name
        for ours, theirs in zip(together[name], rows, strict=False):
            differing = {key for key in ours if ours[key] != theirs[key]}
            assert differing <= {"at", "open_text"}, name  # the number stands in the text
    assert len(together["Complaint"]) == len(alone["Complaint"]) == ROWS


@pytest.mark.usefixtures("at_once")
def test_a_helper_that_is_ended_from_outside_costs_no_row(
    session: Session,
    house: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    plain, chunks = writing.Writer.write, 0

    def write(self: writing.Writer, *arguments: Any) -> Any:
        nonlocal chunks
        chunks += 1
        if chunks == 3:
            (one,) = helpers()
            one.kill()
        return plain(self, *arguments)

    monkeypatch.setattr(writing.Writer, "write", write)
    batch = imported(session, house, old_ledger(tmp_path / "old.xlsx", ROWS), 2)
    assert batch.rows_written == ROWS and chunks == ROWS / 10
    assert len(written(session, batch)["Complaint"]) == ROWS
    assert "is gone" in caplog.text


@pytest.mark.usefixtures("at_once")
def test_a_department_renamed_meanwhile_is_sorted_by_its_new_name(
    session: Session, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    department = session.scalars(sa.select(m.Department).order_by(m.Department.id)).first()
    assert department is not None
    lines = [[*HEADINGS, "部门"]]
    lines += [[str(n), "王五", "噪音", "2026-01-02", "吵", "", "", department.name] for n in range(30)]
    plain, renamed = writing.Writer.write, []

    def write(self: writing.Writer, connection: sa.Connection, prepared: preparing.Prepared) -> Any:
        if not renamed:
            renamed.append("阿尔法部")
            table: Any = m.Department.__table__
            connection.execute(sa.update(table).where(table.c.id == department.id).values(name="阿尔法部"))
        return plain(self, connection, prepared)

    monkeypatch.setattr(writing.Writer, "write", write)
    acting(session, house, RoleName.FIRST_RECEIVER)
    batch = imported(session, house, write_sheet(tmp_path / "a.xlsx", lines), 2)
    keys = {row["department_key"] for row in written(session, batch)["ComplaintOrder"]}
    assert keys == {order_key("阿尔法部")}


@pytest.mark.usefixtures("at_once")
def test_texts_that_a_broken_off_import_had_not_taken_up_are_made_good(
    session: Session, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine_kind: str
) -> None:
    actor, ledger = acting(session, house), ledger_at(old_ledger(tmp_path / "old.xlsx", ROWS))
    with UnitOfWork(session, actor) as work:
        batch_id = upload_ledger(work, ledger).id
    stage(session, actor, batch_id, ledger, ZONE, datetime.now(UTC), processes=2)

    class Ended(Exception):
        pass

    def ended(*_: Any) -> None:
        raise Ended

    with monkeypatch.context() as patched:
        patched.setattr(searchable.Texts, "after", ended)
        with pytest.raises(Ended):
            promote(session, actor, batch_id, ZONE, processes=2)
    session.rollback()
    assert len(searchable.left_out(session, batch_id)) == (10 if engine_kind == "postgresql" else 0)
    acting(session, house)
    promote(session, actor, batch_id, ZONE, processes=2)
    rows = written(session, session.get_one(m.LedgerBatch, batch_id))
    assert len(rows["ComplaintText"]) == len(rows["Complaint"]) == ROWS
    numbers = [row["open_text"].partition("\n")[0] for row in rows["ComplaintText"]]
    assert len(set(numbers)) == ROWS
    with unscoped(session, "test"):
        assert list(search.faults(session.connection())) == []
