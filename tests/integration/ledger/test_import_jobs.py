"""Imports as jobs: progress, cancelling, notices, and what a killed or restarted worker leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

import models as m
from models.enums import RoleName, State
from models.job_enums import BatchStatus, JobStatus, RowStatus
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.errors import Refused
from services.ledger import import_jobs as carrying
from services.ledger.batches import Figures, batch_at
from services.ledger.checking import Options
from services.ledger.headings import Heading
from services.operations.cancel_job import cancel_job
from services.operations.check_import import check_import
from services.operations.undo_import import undo_import
from services.operations.upload_ledger import upload_ledger
from services.operations.write_import import write_import
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.factories.organisation import House
from tests.integration.ledger.conftest import acting, ledger_at, take
from tests.support.client import settings_for
from tests.support.workbooks import HEADINGS, old_ledger, write_sheet

RECEIVER = RoleName.FIRST_RECEIVER
ROWS = 60


@pytest.fixture
def settings(engine_url: str, tmp_path: Path) -> Settings:
    return settings_for(engine_url, tmp_path)


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many transactions for few rows."""
    for module in ("staging", "promoting", "publishing"):
        monkeypatch.setattr(f"services.ledger.{module}.CHUNK", 10)


Start = Callable[..., str]


@pytest.fixture
def start(session: Session, house: House, settings: Settings, tmp_path: Path) -> Start:
    """Hands a ledger in and asks for its dry run; returns the address of the batch."""

    def started(path: Path | None = None) -> str:
        file = path or old_ledger(tmp_path / "old.xlsx", ROWS)
        ledger = ledger_at(file)
        actor = acting(session, house)
        with UnitOfWork(session, actor) as work:
            address = upload_ledger(work, ledger).public_id
        files = carrying.kept_ledgers(settings)
        copy = tmp_path / "copy"
        copy.write_bytes(file.read_bytes())
        files.keep(copy, address)
        again(session, house, address)
        return address

    return started


def again(session: Session, house: House, address: str) -> None:
    """Ask for the dry run."""
    actor = acting(session, house)
    batch = batch_at(session, address)
    heading = Heading.kept(batch.heading, ())
    mapping = {int(index): key for index, key in batch.mapping.items()}
    with UnitOfWork(session, actor) as work:
        check_import(work, address, heading, mapping, Options(), "zh_Hans_CN")


def write(session: Session, house: House, address: str, *, good_only: bool = False) -> None:
    with UnitOfWork(session, acting(session, house)) as work:
        write_import(work, address, good_only=good_only, locale="zh_Hans_CN")


def work_off(app: Flask, session: Session, settings: Settings) -> int:
    """What the worker does each minute."""
    session.rollback()
    session.info.pop("actor", None)
    with app.app_context():
        done = carrying.carry_out_imports(session, settings)
    session.expire_all()
    session.info["actor"] = SYSTEM
    return done


def batch_of(session: Session, address: str) -> m.LedgerBatch:
    session.rollback()
    session.info["actor"] = SYSTEM
    return session.scalars(
        sa.select(m.LedgerBatch).where(m.LedgerBatch.public_id == address),
        execution_options={"populate_existing": True},
    ).one()


def count(session: Session, model: type, *conditions: object) -> int:
    session.rollback()
    with unscoped(session, "test"):
        return session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]


def seen(session: Session, house: House) -> int:
    """Complaints that the person who imports may see."""
    acting(session, house)
    found = session.scalar(sa.select(sa.func.count(m.Complaint.id))) or 0
    session.rollback()
    return found


def test_dry_run_then_written_and_told(
    app: Flask, session: Session, house: House, settings: Settings, start: Start
) -> None:
    address = start()
    assert work_off(app, session, settings) == 1
    batch = batch_of(session, address)
    assert (batch.status, Figures.of(batch).ready) == (BatchStatus.CHECKED, ROWS)
    assert seen(session, house) == 0
    write(session, house, address)
    assert work_off(app, session, settings) == 1
    batch = batch_of(session, address)
    assert (batch.status, batch.rows_written) == (BatchStatus.IMPORTED, ROWS)
    assert batch.job is not None and (batch.job.status, batch.job.progress) == (JobStatus.DONE, 100)
    assert seen(session, house) == ROWS
    assert count(session, m.StagedRow) == 0
    session.info["actor"] = SYSTEM
    topics = session.scalars(sa.select(m.OutboxMessage.topic).order_by(m.OutboxMessage.id)).all()
    assert topics == ["import.checked", "import.done"]


def test_nothing_is_seen_before_all_is_there(
    app: Flask,
    session: Session,
    house: House,
    settings: Settings,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither by people nor by the desk's own rounds; the progress is told meanwhile."""
    address = start()
    work_off(app, session, settings)
    write(session, house, address)
    progress, visible = [], []

    def looks(one: carrying._OneJob, total: Callable[[], int]) -> Callable[[UnitOfWork, int], None]:
        tell = tellers(one, total)

        def told(work: UnitOfWork, done: int) -> None:
            tell(work, done)
            with Session(session.get_bind()) as aside:
                aside.info["actor"] = SYSTEM
                visible.append(aside.scalar(sa.select(sa.func.count(m.Complaint.id))))
                progress.append(
                    aside.scalar(sa.select(m.Job.progress).where(m.Job.status == JobStatus.RUNNING))
                )

        return told

    tellers = carrying._OneJob._teller
    monkeypatch.setattr(carrying._OneJob, "_teller", looks)
    work_off(app, session, settings)
    assert visible == [0] * 6
    assert progress == [0, 16, 33, 50, 66, 83]  # each is told when the next step has begun
    assert seen(session, house) == ROWS


@pytest.mark.parametrize("step", ["check", "write"])
def test_called_off_leaves_nothing(
    app: Flask,
    session: Session,
    house: House,
    settings: Settings,
    start: Start,
    step: str,
) -> None:
    address = start()
    if step == "write":
        work_off(app, session, settings)
        write(session, house, address)
    commits = 0

    def call_off(_session: Session) -> None:
        nonlocal commits
        commits += 1
        if commits == 5:
            with Session(session.get_bind()) as aside:
                aside.info["actor"] = SYSTEM
                aside.execute(
                    sa.update(m.Job)
                    .where(m.Job.status == JobStatus.RUNNING)
                    .values(status=JobStatus.CANCELLED)
                )
                aside.commit()

    event.listen(session, "after_commit", call_off)
    work_off(app, session, settings)
    event.remove(session, "after_commit", call_off)
    assert commits > 5
    batch = batch_of(session, address)
    assert batch.status is (BatchStatus.CHECKED if step == "write" else BatchStatus.UPLOADED)
    for model in (m.Complaint, m.Party, m.Reply, m.ComplaintText, m.ComplaintEvent):
        assert count(session, model) == 0
    assert count(session, m.StagedRow) == (ROWS if step == "write" else 0)
    assert count(session, m.NumberSeries, m.NumberSeries.last > 0) == 0
    assert count(session, m.WithdrawnNumber) == 0
    if step == "check":
        again(session, house, address)
        work_off(app, session, settings)
    write(session, house, address)
    work_off(app, session, settings)
    assert seen(session, house) == ROWS
    assert _numbers_are_whole(session)


def _numbers_are_whole(session: Session) -> bool:
    """Each series has as many numbers as it says, none twice."""
    with unscoped(session, "test"):
        numbers = list(session.scalars(sa.select(m.Complaint.number)))
    numbers += session.scalars(
        sa.select(m.WithdrawnNumber.number).where(m.WithdrawnNumber.number.not_in(numbers))
    )
    last = sum(session.scalars(sa.select(m.NumberSeries.last)))
    session.rollback()
    return len(set(numbers)) == len(numbers) == last


def test_numbers_that_others_followed_stay_withdrawn(
    app: Flask, session: Session, house: House, settings: Settings, start: Start, tmp_path: Path
) -> None:
    """Called off after somebody took the next number of the series."""
    from services.ledger.publishing import take_back
    from services.workflow.numbers import take_number

    rows = [(HEADINGS[0], *HEADINGS[1:])] + [
        (n, "王五", "噪音", "2019-04-25", "内容", "", "") for n in range(1, 21)
    ]
    address = start(write_sheet(tmp_path / "one_year.xlsx", rows))
    work_off(app, session, settings)
    write(session, house, address)
    batch = batch_of(session, address)
    with pytest.raises(KeyError):
        from services.ledger.promoting import promote

        def stop(work: UnitOfWork, rows: int) -> None:
            if rows == 20:
                raise KeyError

        promote(session, acting(session, house), batch.id, settings.zone, stop)
    with UnitOfWork(session, SYSTEM):
        assert take_number(session, "TS", 2019) == "TS-2019-000021"
    take_back(session, batch.id)
    assert count(session, m.Complaint) == 0
    assert count(session, m.WithdrawnNumber) == 20
    assert session.scalars(sa.select(m.NumberSeries.last)).one() == 21


def test_waiting_jobs_are_cancelled_at_once(
    app: Flask, session: Session, house: House, settings: Settings, start: Start
) -> None:
    address = start()
    batch = batch_of(session, address)
    assert batch.job is not None
    with pytest.raises(Refused):
        again(session, house, address)
    with UnitOfWork(session, acting(session, house)) as work:
        cancel_job(work, batch.job.public_id)
    assert work_off(app, session, settings) == 0
    again(session, house, address)
    assert work_off(app, session, settings) == 1


def test_rights_of_the_moment_count(
    app: Flask, session: Session, house: House, settings: Settings, start: Start
) -> None:
    address = start()
    session.info["actor"] = SYSTEM
    house[RECEIVER].is_active = False
    session.commit()
    work_off(app, session, settings)
    batch = batch_of(session, address)
    assert batch.job is not None and batch.job.status is JobStatus.FAILED and batch.job.error
    assert batch.status is BatchStatus.UPLOADED


def test_good_rows_only(
    app: Flask, session: Session, house: House, settings: Settings, start: Start, tmp_path: Path
) -> None:
    good = (7, "王五", "噪音", "2019/4/25 9:32:09", "内容", "", "")
    path = write_sheet(tmp_path / "bad.xlsx", [HEADINGS, good, (8, "", "物业", "昨天", "内容", "", "")])
    address = start(path)
    work_off(app, session, settings)
    write(session, house, address, good_only=True)
    work_off(app, session, settings)
    assert seen(session, house) == 1
    batch = batch_of(session, address)
    assert (batch.rows_written, batch.rows_skipped) == (1, 1)
    with unscoped(session, "test"):
        kept = session.scalars(sa.select(m.StagedRow)).all()
    assert [(row.line, row.status) for row in kept] == [(3, RowStatus.FAULTY)]


def test_undone_and_imported_again(session: Session, house: House, tmp_path: Path) -> None:
    """Void: seen by nobody, not even by the desk's own rounds; the file may come in again under new numbers."""
    path = old_ledger(tmp_path / "old.xlsx", 20)
    actor = acting(session, house)
    address = take(session, actor, ledger_at(path)).batch.public_id
    with UnitOfWork(session, actor) as work:
        undo_import(work, address)
    assert seen(session, house) == 0
    session.info["actor"] = SYSTEM
    assert session.scalar(sa.select(sa.func.count(m.Complaint.id))) == 0
    assert count(session, m.Complaint) == count(session, m.WithdrawnNumber) == 20
    with pytest.raises(Refused), UnitOfWork(session, acting(session, house)) as work:
        undo_import(work, address)
    assert take(session, acting(session, house), ledger_at(path)).written == 20
    assert seen(session, house) == 20
    assert _numbers_are_whole(session)


def test_not_undone_once_somebody_worked_on_a_row(session: Session, house: House, tmp_path: Path) -> None:
    from services.operations.note import note

    actor = acting(session, house)
    row = (7, "王五", "噪音", "2019/4/25 9:32:09", "内容", "", "")
    path = write_sheet(tmp_path / "one.xlsx", [HEADINGS, row])
    address = take(session, actor, ledger_at(path)).batch.public_id
    session.info["actor"] = actor
    case = session.scalars(sa.select(m.Complaint.public_id).where(m.Complaint.state == State.ACCEPTED)).one()
    with UnitOfWork(session, actor) as work:
        note(work, case, text="已电话核实")
    with pytest.raises(Refused), UnitOfWork(session, actor) as work:
        undo_import(work, address)
    assert seen(session, house) == 1
