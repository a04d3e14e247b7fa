"""Long exports: asked for, written by the worker, cancelled, fetched, and what a killed worker leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import models as m
from models.enums import RoleName
from models.job_enums import JobStatus
from services.access.permissions import Permission
from services.actor import SYSTEM
from services.errors import DeskError, NotFound, NotPermitted
from services.ledger import export_jobs as carrying
from services.ledger.exporting import FileForm
from services.ledger.kept_files import KeptFiles
from services.ledger.wishes import Wish, fetched_export
from services.listing import ListQuery
from services.operations.cancel_job import cancel_job
from services.operations.start_export import MOST_AT_ONCE, start_export
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.factories.complaints import create_complaint
from tests.factories.organisation import House, grant_role
from tests.integration.ledger.conftest import ZONE, acting
from tests.support.client import settings_for
from tests.support.workbooks import by_calamine

RECEIVER = RoleName.FIRST_RECEIVER


@pytest.fixture
def settings(engine_url: str, tmp_path: Path) -> Settings:
    return settings_for(engine_url, tmp_path, export_processes=1)


@pytest.fixture
def files(settings: Settings) -> KeptFiles:
    return KeptFiles(settings.exports_dir, settings.exports_max_bytes)


@pytest.fixture
def cases(session: Session, house: House) -> list[m.Complaint]:
    made = [
        create_complaint(session, house, summary=f"=第{n}件", complainant_name="王小五") for n in range(5)
    ]
    session.commit()
    return made


Ask = Callable[..., m.Job]


@pytest.fixture
def ask(session: Session, house: House) -> Ask:
    """Asks for an export of all complaints."""

    def asked(role: RoleName = RECEIVER, **changed: Any) -> m.Job:
        actor = acting(session, house, role)
        query = ListQuery.from_params(
            m.Complaint, "sort=number", actor, ZONE, columns=("number", "summary", "complainant_name")
        )
        wish = Wish.of(query, Permission.COMPLAINT_READ, "投诉台账", FileForm.WORKBOOK)
        with UnitOfWork(session, actor) as work:
            job = start_export(work, Wish(**{**wish.as_arguments(), **changed}))
        session.info["actor"] = SYSTEM
        return job

    return asked


def work_off(app: Flask, session: Session, settings: Settings) -> int:
    """What the worker does each minute."""
    session.rollback()
    session.info.pop("actor", None)
    with app.app_context():
        done = carrying.carry_out_exports(session, settings)
    session.info["actor"] = SYSTEM
    session.expire_all()
    return done


def left(files: KeptFiles) -> set[str]:
    """What lies in the folder of exports."""
    return {entry.name for entry in files.folder.rglob("*")} - {".lock"}


def test_it_is_written_handed_over_and_recorded(
    app: Flask,
    session: Session,
    house: House,
    cases: list[m.Complaint],
    ask: Ask,
    settings: Settings,
    files: KeptFiles,
) -> None:
    job = ask()
    assert job.status is JobStatus.QUEUED
    assert work_off(app, session, settings) == 1
    assert (job.status, job.progress, job.error) == (JobStatus.DONE, 100, None)
    actor = acting(session, house)
    kept = fetched_export(session, actor, job.public_id, datetime.now(UTC))
    path = files.place(job.public_id)
    assert (kept["rows"], kept["size"]) == (5, path.stat().st_size)
    assert path.stat().st_mode & 0o077 == 0 and files.folder.stat().st_mode & 0o077 == 0
    rows = by_calamine(path.rename(path.with_suffix(".xlsx")))
    assert rows[0] == ["编号", "事由", "投诉人"]
    assert [row[1] for row in rows[1:]] == [f"=第{n}件" for n in range(5)]
    session.info["actor"] = SYSTEM
    message = session.scalars(sa.select(m.OutboxMessage).where(m.OutboxMessage.topic == "export.done")).one()
    assert message.recipient_id == house[RECEIVER].id and message.payload["file"] == kept["filename"]
    entry = session.scalars(sa.select(m.AuditEntry).where(m.AuditEntry.action == "ledger.exported")).one()
    assert entry.actor_id == house[RECEIVER].id
    assert entry.after is not None and entry.after["sha256"] == kept["sha256"]
    assert work_off(app, session, settings) == 0


def test_the_rights_of_the_moment_count(
    app: Flask,
    session: Session,
    house: House,
    cases: list[m.Complaint],
    ask: Ask,
    settings: Settings,
    files: KeptFiles,
) -> None:
    """A handler sees their department's rows, masked where the list masks."""
    create_complaint(
        session, house, department_id=house.laboratory.id, handler_id=house.outsider.id if house.outsider else None,
        responsible_id=None, summary="检验科的",
    )  # fmt: skip
    session.commit()
    auditor, handler = ask(RoleName.AUDITOR), ask(RoleName.HANDLER)
    assert work_off(app, session, settings) == 2
    assert auditor.result is not None and handler.result is not None
    assert (auditor.result["rows"], handler.result["rows"]) == (6, 5)
    masked = by_calamine(files.place(auditor.public_id).rename(files.folder / "a.xlsx"))
    assert {row[2] for row in masked[1:]} == {"王**", ""}


def test_a_role_taken_away_meanwhile_ends_it(
    app: Flask,
    session: Session,
    house: House,
    cases: list[m.Complaint],
    ask: Ask,
    settings: Settings,
    files: KeptFiles,
) -> None:
    job = ask()
    end_roles(session, house)
    work_off(app, session, settings)
    assert job.status is JobStatus.FAILED and job.error
    assert left(files) == set()


def end_roles(session: Session, house: House) -> None:
    grants = session.scalars(sa.select(m.RoleGrant).where(m.RoleGrant.user_id == house[RECEIVER].id))
    for grant in grants:
        grant.ended_at = datetime.now(UTC)
    session.commit()


def test_who_may_fetch_it(
    app: Flask, session: Session, house: House, cases: list[m.Complaint], ask: Ask, settings: Settings
) -> None:
    job = ask()
    work_off(app, session, settings)
    now = datetime.now(UTC)
    with pytest.raises(NotFound):
        fetched_export(session, acting(session, house, RoleName.HEAD_OF_QUALITY), job.public_id, now)
    with pytest.raises(NotFound):
        fetched_export(session, acting(session, house, RoleName.ADMINISTRATOR), job.public_id, now)
    with pytest.raises(NotFound):
        fetched_export(session, acting(session, house), job.public_id, now + carrying.KEPT_FOR)
    fetched_export(session, acting(session, house), job.public_id, now)
    session.info["actor"] = SYSTEM
    end_roles(session, house)
    with pytest.raises(NotPermitted):
        fetched_export(session, acting(session, house), job.public_id, now)
    session.info["actor"] = SYSTEM
    grant_role(session, house[RECEIVER], RoleName.HANDLER, house.ward)
    session.commit()
    with pytest.raises(NotPermitted):  # sees one department now; the file holds all of them
        fetched_export(session, acting(session, house), job.public_id, now)


def test_three_at_once_a_person(session: Session, house: House, ask: Ask) -> None:
    first = ask()
    for _ in range(MOST_AT_ONCE - 1):
        ask()
    with pytest.raises(DeskError):
        ask()
    session.rollback()
    ask(RoleName.AUDITOR)
    with UnitOfWork(session, acting(session, house)) as work:
        cancel_job(work, first.public_id)
    ask()


def test_who_may_ask(session: Session, ask: Ask) -> None:
    with pytest.raises(NotPermitted):
        ask(RoleName.ADMINISTRATOR)
    with pytest.raises(NotPermitted):
        ask(RoleName.FIRST_RECEIVER, permission=Permission.JOB_READ_ALL.value)


def test_cancelled_while_it_waits(
    app: Flask, session: Session, house: House, cases: list[m.Complaint], ask: Ask, settings: Settings
) -> None:
    job, other = ask(), ask()
    with pytest.raises(NotFound), UnitOfWork(session, acting(session, house, RoleName.HANDLER)) as work:
        cancel_job(work, job.public_id)
    with UnitOfWork(session, acting(session, house)) as work:
        cancel_job(work, job.public_id)
    assert work_off(app, session, settings) == 1
    assert (job.status, other.status) == (JobStatus.CANCELLED, JobStatus.DONE)
    with pytest.raises(DeskError), UnitOfWork(session, acting(session, house)) as work:
        cancel_job(work, job.public_id)


def test_cancelled_while_it_runs(
    app: Flask, session: Session, house: House, cases: list[m.Complaint], ask: Ask, settings: Settings,
    files: KeptFiles, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    job = ask()
    address = job.public_id

    def room(_self: KeptFiles) -> None:
        with Session(session.get_bind()) as other, UnitOfWork(other, SYSTEM) as work:
            cancel_job(work, address)

    monkeypatch.setattr(carrying, "_TOLD_EVERY", 0)
    monkeypatch.setattr(KeptFiles, "check_room", room)
    work_off(app, session, settings)
    assert job.status is JobStatus.CANCELLED and job.result is None
    assert left(files) == set()
    assert not session.scalars(sa.select(m.AuditEntry).where(m.AuditEntry.action == "ledger.exported")).all()


def test_progress_is_told(
    app: Flask, session: Session, cases: list[m.Complaint], ask: Ask, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    job = ask()
    seen: list[tuple[int, JobStatus]] = []

    def room(_self: KeptFiles) -> None:
        with Session(session.get_bind()) as other:
            other.info["actor"] = SYSTEM
            read = other.get_one(m.Job, job_id)
            seen.append((read.progress, read.status))

    job_id = job.id
    monkeypatch.setattr(carrying, "_TOLD_EVERY", 0)
    monkeypatch.setattr("services.listing.streaming.BATCH", 2)
    monkeypatch.setattr("services.listing.streaming.stream.__defaults__", (2,))
    monkeypatch.setattr(KeptFiles, "check_room", room)
    work_off(app, session, settings)
    assert seen == [(0, JobStatus.RUNNING), (40, JobStatus.RUNNING), (80, JobStatus.RUNNING)]
    assert job.progress == 100


def test_no_more_room_is_said(
    app: Flask, session: Session, cases: list[m.Complaint], ask: Ask, settings: Settings, files: KeptFiles,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    job = ask()
    monkeypatch.setattr(carrying, "_TOLD_EVERY", 0)
    monkeypatch.setattr(Settings, "exports_max_bytes", property(lambda self: -1))
    work_off(app, session, settings)
    assert job.status is JobStatus.FAILED and job.error and "空间" in job.error
    assert left(files) == set()


def test_a_failure_is_told_and_the_next_one_is_done_later(
    app: Flask, session: Session, cases: list[m.Complaint], ask: Ask, settings: Settings, files: KeptFiles,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    job, other = ask(), ask()
    with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
        broken.setattr(carrying, "write_export", lambda *args, **options: 1 / 0)
        work_off(app, session, settings)
    session.rollback()
    session.info["actor"] = SYSTEM
    session.expire_all()
    assert (job.status, other.status) == (JobStatus.FAILED, JobStatus.QUEUED)
    assert left(files) == set()
    assert work_off(app, session, settings) == 1
    assert other.status is JobStatus.DONE


def test_what_a_killed_worker_left_runs_again_but_not_for_ever(
    app: Flask, session: Session, cases: list[m.Complaint], ask: Ask, settings: Settings, files: KeptFiles
) -> None:
    again, hopeless = ask(), ask(RoleName.AUDITOR)
    for job, attempts in ((again, 1), (hopeless, carrying.MOST_ATTEMPTS)):
        job.status, job.progress, job.started_at = JobStatus.RUNNING, 40, datetime.now(UTC)
        job.arguments = {**job.arguments, "attempts": attempts}
    session.commit()
    (files.folder / "working").mkdir(parents=True)
    (files.folder / "working" / "rows-0").write_bytes(b"half")
    files.place(again.public_id).write_bytes(b"finished, but nobody was told")
    files.place("somebodyelse").write_bytes(b"of a job that is no more")
    assert work_off(app, session, settings) == 1
    assert again.status is JobStatus.DONE
    assert hopeless.status is JobStatus.FAILED and hopeless.error and "3" in hopeless.error
    assert left(files) == {files.place(again.public_id).name}


def test_expired_files_go(
    app: Flask, session: Session, cases: list[m.Complaint], ask: Ask, settings: Settings, files: KeptFiles
) -> None:
    job = ask()
    work_off(app, session, settings)
    assert left(files) == {files.place(job.public_id).name}
    assert job.result is not None
    job.result = {**job.result, "expires_at": (datetime.now(UTC) - timedelta(seconds=1)).isoformat()}
    session.commit()
    work_off(app, session, settings)
    assert left(files) == set()


def test_two_workers_do_not_do_it_twice(
    app: Flask, session: Session, cases: list[m.Complaint], ask: Ask, settings: Settings, files: KeptFiles
) -> None:
    job = ask()
    with files.alone() as is_alone:
        assert is_alone
        assert work_off(app, session, settings) == 0
        assert job.status is JobStatus.QUEUED
    assert work_off(app, session, settings) == 1
