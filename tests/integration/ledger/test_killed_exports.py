"""An export whose worker is killed outright at some step: after a new start nothing is half done or lies about."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime

import psutil
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import models as m
from models.job_enums import JobStatus
from services.actor import SYSTEM
from services.ledger.export_jobs import carry_out_exports
from services.ledger.kept_files import KeptFiles
from services.ledger.wishes import fetched_export
from settings import Settings
from tests.factories.complaints import create_complaint
from tests.factories.organisation import House
from tests.integration.ledger.conftest import acting
from tests.integration.ledger.killing import Worker
from tests.integration.ledger.test_export_jobs import Ask, ask, files, settings

__all__ = ["ask", "files", "settings"]
ROWS = 30


@pytest.fixture
def worker(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """One that shares its work with a helper after three of its small batches."""
    monkeypatch.setattr("services.listing.streaming.stream.__defaults__", (5,))
    return Worker(app, Settings(**{**vars(settings), "export_processes": 2}), carry_out_exports)


@pytest.mark.slow
@pytest.mark.parametrize(
    "points",
    [pytest.param(12, id="a dozen"), pytest.param(50, id="fifty", marks=pytest.mark.thorough)],
)
def test_killed_anywhere(
    session: Session, house: House, worker: Worker, ask: Ask, files: KeptFiles, points: int
) -> None:
    for number in range(ROWS):
        create_complaint(session, house, summary=f"第{number}件")
    session.commit()
    ask()
    session.rollback()
    steps = worker.run()
    assert steps > 40
    chance = random.Random(20261125)
    for last_step in sorted(chance.sample(range(1, steps + 1), min(points, steps))):
        job = ask().id
        session.rollback()
        worker.run(last_step)
        _tells_the_truth(session, files, job)
        worker.run()
        _is_done_once(session, house, files, job, last_step)
    session.rollback()
    assert not [each for each in psutil.Process().children(recursive=True) if _is_helper(each)]


def _is_helper(process: psutil.Process) -> bool:
    return "services.ledger.sharing" in process.cmdline()


def _tells_the_truth(session: Session, files: KeptFiles, job_id: int) -> None:
    """Nobody is told of a file that is not whole."""
    job = _job(session, job_id)
    assert job.status in (JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.DONE)
    if job.status is JobStatus.DONE:
        assert _digest(files, job) == job.result["sha256"]  # type: ignore[index]
    else:
        assert job.result is None


def _is_done_once(session: Session, house: House, files: KeptFiles, job_id: int, last_step: int) -> None:
    job = _job(session, job_id)
    assert job.status is JobStatus.DONE, (last_step, job.status, job.error)
    assert job.result is not None and job.result["rows"] == ROWS
    assert _digest(files, job) == job.result["sha256"]
    exports = sa.select(m.AuditEntry).where(m.AuditEntry.action == "ledger.exported")
    recorded = [entry.after["sha256"] for entry in session.scalars(exports) if entry.after]
    done = list(session.scalars(sa.select(m.Job).where(m.Job.status == JobStatus.DONE)))
    assert sorted(recorded) == sorted(each.result["sha256"] for each in done if each.result), last_step
    told = session.scalars(sa.select(m.OutboxMessage).where(m.OutboxMessage.topic == "export.done")).all()
    assert len(told) == len(done), last_step
    names = {files.place(each.public_id).name for each in done}
    assert {entry.name for entry in files.folder.rglob("*")} == names | {".lock"}, last_step
    address = job.public_id
    assert fetched_export(session, acting(session, house), address, datetime.now(UTC))
    session.info["actor"] = SYSTEM
    session.rollback()


def _job(session: Session, job_id: int) -> m.Job:
    session.rollback()
    session.info["actor"] = SYSTEM
    return session.get_one(m.Job, job_id, populate_existing=True)


def _digest(files: KeptFiles, job: m.Job) -> str:
    return hashlib.sha256(files.place(job.public_id).read_bytes()).hexdigest()
