"""The exports that wait, one after the other: run by the worker, safe to run twice at once and to be killed in.

The list of jobs is what counts: a message of the queue only says that there is something in it. A job that a killed
worker left running waits again (not for ever), and nothing is kept of it but its place in the list.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.orm import Session

from models import Job, OutboxMessage, User
from models.job_enums import JobStatus
from models.labels import _l
from services.actor import SYSTEM, Actor
from services.errors import DeskError, Invalid, NotPermitted
from services.identity import actor_for
from services.ledger.exporting import Exported, FileForm, write_export
from services.ledger.kept_files import KeptFiles, sweep_spool
from services.ledger.wishes import KIND, Wish, has_expired, rights_of
from services.unit_of_work import UnitOfWork, reading
from settings import Settings

KEPT_FOR = timedelta(hours=24)
MOST_ATTEMPTS = 3
"""A job during which the worker was killed so often is given up: it may be what kills it."""
_TOLD_EVERY = 1.0
"""Seconds between two looks at whether it was cancelled, which is also when its progress is told."""


class Cancelled(Exception):
    """The job was called off while it ran."""


def carry_out_exports(session: Session, settings: Settings) -> int:
    """Do what waits; returns how many jobs were taken up. Does nothing while another process is at it."""
    files = KeptFiles(settings.exports_dir, settings.exports_max_bytes)
    with files.alone() as is_alone:
        if not is_alone:
            return 0
        _clear_up(session, files)
        sweep_spool(settings.spool_dir)
        done = 0
        while (taken := _take_next(session)) is not None:
            _carry_out(session, settings, files, taken)
            done += 1
        return done


def _clear_up(session: Session, files: KeptFiles) -> None:
    """Whoever is alone knows that no job runs: those that say so were left by a killed worker."""
    with reading(session, SYSTEM):
        left = session.scalar(_exports(sa.func.count(), JobStatus.RUNNING))
    if left:
        with UnitOfWork(session, SYSTEM) as work:
            for job in session.scalars(_exports(Job, JobStatus.RUNNING).with_for_update()):
                _put_back(job, work.now)
    with reading(session, SYSTEM):
        finished = session.execute(
            sa.select(Job.public_id, Job.result).where(Job.kind == KIND, Job.status == JobStatus.DONE)
        ).all()
    now = datetime.now(UTC)
    files.sweep([row.public_id for row in finished if row.result and not has_expired(row.result, now)])


def _exports(selected: Any, status: JobStatus) -> sa.Select[Any]:
    return sa.select(selected).select_from(Job).where(Job.kind == KIND, Job.status == status)


def _put_back(job: Job, now: datetime) -> None:
    if job.arguments.get("attempts", 0) < MOST_ATTEMPTS:
        job.status, job.progress, job.started_at = JobStatus.QUEUED, 0, None
        return
    with force_locale(job.arguments["locale"]):
        text = _l("The worker was ended %(count)s times while it wrote this export.", count=MOST_ATTEMPTS)
        job.status, job.error, job.finished_at = JobStatus.FAILED, str(text), now


@dataclass(frozen=True)
class _Taken:
    """A job in hand, as plain values: its row is read afresh whenever it is changed."""

    id: int
    address: str
    user_id: int
    wish: Wish


def _take_next(session: Session) -> _Taken | None:
    """The longest waiting export, from now on running."""
    with reading(session, SYSTEM):
        waiting = session.scalar(
            _exports(sa.func.min(Job.id), JobStatus.QUEUED).where(Job.user_id.is_not(None))
        )
    if waiting is None:
        return None
    with UnitOfWork(session, SYSTEM) as work:
        job = session.get(Job, waiting, with_for_update=True)
        if job is None or job.status is not JobStatus.QUEUED or job.user_id is None:
            return None  # cancelled in this very moment; the next round looks again
        job.status, job.started_at = JobStatus.RUNNING, work.now
        job.arguments = {**job.arguments, "attempts": job.arguments.get("attempts", 0) + 1}
        return _Taken(job.id, job.public_id, job.user_id, Wish.read(job.arguments))


def _carry_out(session: Session, settings: Settings, files: KeptFiles, taken: _Taken) -> None:
    with force_locale(taken.wish.locale):
        try:
            with files.working() as folder:
                actor = _actor(session, taken)
                exported = _write(session, settings, files, folder, taken, actor)
                files.keep(exported.written.path, taken.address)
            _finish(session, taken, actor, exported)
        except Cancelled:
            session.rollback()
            files.place(taken.address).unlink(missing_ok=True)
        except DeskError as refusal:
            _give_up(session, taken, _message(refusal))
        except Exception:
            _give_up(session, taken, str(_l("The export failed. The log of the worker says where.")))
            raise
        finally:
            session.info.pop("actor", None)


def _actor(session: Session, taken: _Taken) -> Actor:
    """The person who asked, with the rights of now; NotPermitted when they were taken away since."""
    with reading(session, SYSTEM):
        user = session.get(User, taken.user_id)
        if user is None or not user.is_active:
            raise NotPermitted
        actor = actor_for(session, user, datetime.now(UTC))
    if not taken.wish.may_be_read_by(actor):
        raise NotPermitted
    return actor


def _write(
    session: Session, settings: Settings, files: KeptFiles, folder: Path, taken: _Taken, actor: Actor
) -> Exported:
    session.info["actor"] = actor
    wish = taken.wish
    query = wish.query(session, actor, settings.zone)
    total = session.scalar(sa.select(sa.func.count()).select_from(query.ids_statement().subquery())) or 0
    exported = write_export(
        session,
        query,
        folder,
        wish.title,
        _teller(session, files, taken, total),
        settings.export_processes,
        layout=wish.layout,
        form=FileForm(wish.form),
    )
    session.rollback()  # the long read is over
    return exported


def _teller(session: Session, files: KeptFiles, taken: _Taken, total: int) -> Callable[[int], None]:
    """Tells the progress now and then, through a session of its own: the one that reads has a cursor open."""
    told = time.monotonic()

    def tell(rows: int) -> None:
        nonlocal told
        if time.monotonic() - told < _TOLD_EVERY:
            return
        files.check_room()
        with Session(session.get_bind()) as aside, UnitOfWork(aside, SYSTEM):
            changed = aside.execute(
                sa.update(Job)
                .where(Job.id == taken.id, Job.status == JobStatus.RUNNING)
                .values(progress=min(99, rows * 100 // max(total, 1)))
                .execution_options(synchronize_session=False)
            )
        if not changed.rowcount:  # type: ignore[attr-defined]
            raise Cancelled
        told = time.monotonic()

    return tell


def _finish(session: Session, taken: _Taken, actor: Actor, exported: Exported) -> None:
    """Record the export and hand it over, in one transaction; before it nobody can fetch the file."""
    with UnitOfWork(session, actor) as work:
        job = session.get_one(Job, taken.id, with_for_update=True)
        if job.status is not JobStatus.RUNNING:
            raise Cancelled
        written = exported.written
        job.status, job.progress, job.finished_at = JobStatus.DONE, 100, work.now
        job.result = {
            "rows": written.rows,
            "size": written.size,
            "sha256": written.sha256,
            "filename": exported.filename,
            "expires_at": (work.now + KEPT_FOR).isoformat(),
            "rights": rights_of(actor),
        }
        work.session.add(
            OutboxMessage(
                recipient_id=taken.user_id,
                topic="export.done",
                payload={"file": exported.filename, "count": written.rows},
                next_attempt_at=work.now,
            )
        )
        work.record(exported.record)


def _give_up(session: Session, taken: _Taken, text: str) -> None:
    session.rollback()
    with UnitOfWork(session, SYSTEM) as work:
        job = session.get_one(Job, taken.id, with_for_update=True)
        if job.status is JobStatus.RUNNING:
            job.status, job.error, job.finished_at = JobStatus.FAILED, text[:300], work.now


def _message(refusal: DeskError) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(str(text) for text in refusal.fields.values())
    return str(refusal.message)
