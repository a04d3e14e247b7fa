"""The queue: what is put in by one process is done by another, and a failure tells no secrets."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from services.jobs import JobContext, JobQueue, handler, queue
from settings import Settings, SettingsFault
from tests.support.client import settings_for


@pytest.fixture(autouse=True)
def own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers that a test registers do not outlive it."""
    monkeypatch.setattr(queue, "_handlers", dict(queue._handlers))
    monkeypatch.setattr(queue, "_minutely", list(queue._minutely))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for("sqlite://", tmp_path, jobs_url=f"sqlite:///{tmp_path / 'jobs.sqlite3'}")


def context_of(settings: Settings) -> AbstractContextManager[JobContext]:
    return nullcontext(JobContext(Session(), settings))


def work_off(jobs: JobQueue) -> int:
    """Do what lies in the queue; returns how many jobs that were."""
    done = 0
    while (task := jobs.huey.dequeue()) is not None:
        jobs.huey.execute(task)
        done += 1
    return done


def test_a_job_crosses_from_one_process_to_another(settings: Settings) -> None:
    heard: list[Any] = []
    handler("probe")(lambda job, **arguments: heard.append((job.settings, arguments)))
    web, worker = (JobQueue(settings, lambda: context_of(settings)) for _ in range(2))
    web.enqueue("probe", text="噪音", number=3)
    assert heard == []
    assert work_off(worker) == 1
    assert heard == [(settings, {"text": "噪音", "number": 3})]
    assert work_off(worker) == 0


def test_a_failure_is_logged_without_its_text(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    def fail(job: JobContext) -> None:
        raise ValueError("张三 13800000000")

    handler("fail")(fail)
    jobs = JobQueue(settings, lambda: context_of(settings))
    jobs.enqueue("fail")
    with caplog.at_level(logging.ERROR):
        work_off(jobs)
    assert "ValueError" in caplog.text
    assert "test_jobs.py" in caplog.text
    assert "张三" not in caplog.text


def test_an_unknown_job_is_refused_when_it_is_asked_for(settings: Settings) -> None:
    with pytest.raises(KeyError):
        JobQueue(settings, lambda: context_of(settings)).enqueue("no-such-job")


def test_a_minutely_job_is_not_overtaken_by_itself(settings: Settings) -> None:
    heard: list[str] = []
    handler("tick", every_minute=True)(lambda job: heard.append("tick"))
    queue._minutely[:] = ["tick"]
    jobs = JobQueue(settings, lambda: context_of(settings))
    jobs.schedule_minutely()
    (periodic,) = jobs.huey._registry.periodic_tasks
    jobs.huey.execute(periodic)
    assert heard == ["tick"]
    with jobs.huey.lock_task("minutely:tick"):
        jobs.huey.execute(periodic)
    assert heard == ["tick"]


@pytest.mark.skipif(find_spec("redis") is not None, reason="the package redis is installed")
def test_redis_without_its_package_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="redis"):
        JobQueue(settings_for("sqlite://", tmp_path, jobs_url="redis://127.0.0.1:1/0"), lambda: nullcontext())


def test_the_application_gives_a_job_a_session_on_its_database(app: Flask, engine_url: str) -> None:
    heard: list[str] = []
    handler("where")(
        lambda job: heard.append(job.session.connection().engine.url.render_as_string(hide_password=False))
    )
    app.extensions["jobs"].enqueue("where")
    assert heard == [engine_url]
