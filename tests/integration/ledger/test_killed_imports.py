"""An import whose worker is killed outright at some step: after a new start nothing is half done or lies about."""

from __future__ import annotations

import os
import random
import time

import psutil
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import models as m
from models.job_enums import BatchStatus, JobStatus
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.ledger import promoting, source
from services.ledger.import_jobs import carry_out_imports, kept_ledgers
from services.operations.undo_import import undo_import
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.factories.organisation import House
from tests.integration.ledger.conftest import acting
from tests.integration.ledger.killing import Worker
from tests.integration.ledger.test_import_jobs import (
    Start,
    _numbers_are_whole,
    batch_of,
    count,
    seen,
    settings,
    small_steps,
    start,
    write,
)

__all__ = ["settings", "small_steps", "start"]
ROWS = 60
_MARK = "DESK_TEST_PROCESS"


@pytest.mark.slow
@pytest.mark.parametrize(
    "points",
    [pytest.param(6, id="six"), pytest.param(50, id="fifty", marks=pytest.mark.thorough)],
)
@pytest.mark.parametrize("processes", [1, 2])
def test_killed_anywhere(
    app: Flask,
    session: Session,
    house: House,
    settings: Settings,
    start: Start,
    points: int,
    processes: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(_MARK, str(os.getpid()))
    monkeypatch.setattr(source, "_LONG", 0)
    monkeypatch.setattr(promoting, "ALONE_ROWS", 0)
    worker = Worker(app, Settings(**{**vars(settings), "export_processes": processes}), carry_out_imports)
    chance = random.Random(20261125)
    for step in ("check", "write"):
        address = _at(session, house, worker, start, step)
        steps = worker.run()
        assert steps > 40
        _is_done_once(session, house, settings, address, step)
        _undo(session, house, worker, address, step)
        for last_step in sorted(chance.sample(range(1, steps + 1), min(points // 2, steps))):
            address = _at(session, house, worker, start, step)
            worker.run(last_step)
            _tells_the_truth(session, house, address, step, last_step)
            worker.run()
            _is_done_once(session, house, settings, address, step)
            _undo(session, house, worker, address, step)
    assert _helpers_end()


def _helpers_end() -> bool:
    """A helper ends when the worker that it helps is gone, though nobody tells it."""
    until = time.monotonic() + 20
    while left := [each for each in psutil.process_iter(["cmdline"]) if _is_helper(each)]:
        if time.monotonic() > until:
            return False
        psutil.wait_procs(left, timeout=0.2)
    return True


def _is_helper(process: psutil.Process) -> bool:
    """Of this test: another run on the same machine has helpers of its own."""
    words = process.info["cmdline"] or []
    try:
        return "services.ledger.helper" in words and process.environ().get(_MARK) == str(os.getpid())
    except psutil.NoSuchProcess:  # ended while it was looked at
        return False


def _at(session: Session, house: House, worker: Worker, start: Start, step: str) -> str:
    """A batch of which this step waits to be done."""
    address = start()
    session.rollback()
    if step == "write":
        worker.run()
        write(session, house, address)
        session.rollback()
    return address


def _undo(session: Session, house: House, worker: Worker, address: str, step: str) -> None:
    """The same file can come in anew."""
    if step == "check":
        write(session, house, address)
        session.rollback()
        worker.run()
    with UnitOfWork(session, acting(session, house)) as work:
        undo_import(work, address)
    session.rollback()
    worker.run()
    assert count(session, m.StagedRow) == 0


def _tells_the_truth(session: Session, house: House, address: str, step: str, last_step: int) -> None:
    """All of it is on the desk and the job says so, or none of it and the job does not."""
    batch = batch_of(session, address)
    assert batch.job is not None
    done = batch.job.status is JobStatus.DONE
    assert done or batch.job.status in (JobStatus.QUEUED, JobStatus.RUNNING), last_step
    wanted = BatchStatus.CHECKED if step == "check" else BatchStatus.IMPORTED
    assert (batch.status is wanted) is done, last_step
    assert seen(session, house) == (ROWS if done and step == "write" else 0), last_step


def _is_done_once(session: Session, house: House, settings: Settings, address: str, step: str) -> None:
    batch = batch_of(session, address)
    assert batch.job is not None and batch.job.status is JobStatus.DONE, batch.job and batch.job.error
    of_it = m.Complaint.batch_id == batch.id
    written = ROWS if step == "write" else 0
    with unscoped(session, "test"):
        ids = sa.select(m.Complaint.id).where(of_it)
        for model, column in (
            (m.Complaint, m.Complaint.id),
            (m.Party, m.Party.complaint_id),
            (m.ComplaintText, m.ComplaintText.id),
            (m.ComplaintEvent, m.ComplaintEvent.complaint_id),
        ):
            found = session.scalar(sa.select(sa.func.count()).select_from(model).where(column.in_(ids)))
            assert found == written, model
    assert seen(session, house) == written
    assert count(session, m.StagedRow) == (0 if step == "write" else ROWS)
    assert _numbers_are_whole(session)
    session.info["actor"] = SYSTEM
    told = session.scalars(
        sa.select(m.OutboxMessage.payload).where(
            m.OutboxMessage.topic == ("import.done" if step == "write" else "import.checked")
        )
    ).all()
    assert len([payload for payload in told if payload["import"] == address]) == 1
    session.rollback()
    files = kept_ledgers(settings)
    assert files.place(address).is_file()
    assert list(settings.spool_dir.glob("*")) == []
