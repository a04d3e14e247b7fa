"""The imports that wait, one after the other: dry runs and writings, safe to be killed in and to be called off.

The list of jobs is what counts, as it does for exports (services.ledger.export_jobs). A dry run that was broken off
begins anew, a writing goes on where it stood; what nobody goes on with is taken back and cleared away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.orm import Session

from models import Job, LedgerBatch, OutboxMessage, StagedRow, User
from models.job_enums import BatchStatus, JobStatus, RowStatus
from models.labels import _l
from services.actor import SYSTEM, Actor
from services.errors import DeskError, Invalid, NotPermitted
from services.identity import actor_for
from services.ledger.batches import KIND, Figures, Step
from services.ledger.importing import OldLedger, ledger_of
from services.ledger.kept_files import KeptFiles
from services.ledger.promoting import promote
from services.ledger.publishing import take_back
from services.ledger.source import UnusableFile
from services.ledger.staging import clear, stage
from services.unit_of_work import UnitOfWork, reading
from settings import Settings

KEPT_FOR = timedelta(hours=24)
MOST_ATTEMPTS = 3
_GOING = (JobStatus.QUEUED, JobStatus.RUNNING)


class Cancelled(Exception):
    """The job was called off while it ran."""


def kept_ledgers(settings: Settings) -> KeptFiles:
    """The files that were handed in."""
    return KeptFiles(settings.imports_dir, settings.exports_max_bytes, "ledger")


def carry_out_imports(session: Session, settings: Settings, only: int | None = None) -> int:
    """Do what waits, or `only` one job, of which nobody is told; returns how many were taken up.

    Does nothing while another process is at it.
    """
    files = kept_ledgers(settings)
    with files.alone() as is_alone:
        if not is_alone:
            return 0
        _clear_up(session, files)
        done = 0
        while (taken := _take_next(session, only)) is not None:
            _carry_out(session, settings, files, taken, tell_user=only is None)
            done += 1
        return done


# What a killed worker left, and what nobody wants any more


def _clear_up(session: Session, files: KeptFiles) -> None:
    """Whoever is alone knows that no job runs: those that say so were left by a killed worker."""
    with reading(session, SYSTEM):
        left = session.scalar(_imports(sa.func.count(), JobStatus.RUNNING))
    if left:
        with UnitOfWork(session, SYSTEM) as work:
            for job in session.scalars(_imports(Job, JobStatus.RUNNING).with_for_update()):
                _put_back(job, work.now)
    now = datetime.now(UTC)
    _expire(session, now)
    for batch_id in _ids(session, LedgerBatch.status == BatchStatus.WRITING, _is_idle()):
        take_back(session, batch_id)
    over = (BatchStatus.CANCELLED, BatchStatus.UNDONE, BatchStatus.FAILED)
    old = sa.and_(LedgerBatch.created_at < now - KEPT_FOR, LedgerBatch.status == BatchStatus.IMPORTED)
    begun = sa.and_(LedgerBatch.status == BatchStatus.UPLOADED, _is_idle())
    staged = sa.exists().where(StagedRow.batch_id == LedgerBatch.id)
    for batch_id in _ids(session, sa.or_(LedgerBatch.status.in_(over), old, begun), staged):
        clear(session, batch_id)
    taken = sa.exists().where(StagedRow.batch_id == LedgerBatch.id, StagedRow.status == RowStatus.READY)
    for batch_id in _ids(session, LedgerBatch.status == BatchStatus.IMPORTED, taken):
        clear(session, batch_id, RowStatus.READY, RowStatus.KNOWN)
    with reading(session, SYSTEM):
        kept = sa.select(LedgerBatch.public_id).where(
            LedgerBatch.status.not_in(over),
            sa.or_(LedgerBatch.created_at >= now - KEPT_FOR, sa.not_(_is_idle())),
        )
        addresses = list(session.scalars(kept))
    files.sweep(addresses)


def _imports(selected: Any, status: JobStatus) -> sa.Select[Any]:
    return sa.select(selected).select_from(Job).where(Job.kind == KIND, Job.status == status)


def _is_idle() -> Any:
    """No job of the batch waits or runs."""
    return ~sa.exists().where(Job.id == LedgerBatch.job_id, Job.status.in_(_GOING))


def _ids(session: Session, *conditions: Any) -> list[int]:
    with reading(session, SYSTEM):
        return list(session.scalars(sa.select(LedgerBatch.id).where(*conditions)))


def _put_back(job: Job, now: datetime) -> None:
    if job.arguments.get("attempts", 0) < MOST_ATTEMPTS:
        job.status, job.progress, job.started_at = JobStatus.QUEUED, 0, None
        return
    with force_locale(job.arguments["locale"]):
        text = _l("The worker was ended %(count)s times while it was at this import.", count=MOST_ATTEMPTS)
        job.status, job.error, job.finished_at = JobStatus.FAILED, str(text), now


def _expire(session: Session, now: datetime) -> None:
    """A ledger that nobody went on with holds personal data: it doesn't stay for long."""
    open_ = LedgerBatch.status.in_((BatchStatus.UPLOADED, BatchStatus.CHECKED))
    for batch_id in _ids(session, open_, LedgerBatch.created_at < now - KEPT_FOR, _is_idle()):
        with UnitOfWork(session, SYSTEM):
            session.get_one(LedgerBatch, batch_id, populate_existing=True).status = BatchStatus.CANCELLED


# One job


@dataclass(frozen=True)
class _Taken:
    """A job in hand, as plain values: its row is read afresh whenever it is changed."""

    id: int
    user_id: int | None
    step: Step
    address: str
    """Of the batch."""
    locale: str


def _take_next(session: Session, only: int | None) -> _Taken | None:
    """The longest waiting import, from now on running."""
    with reading(session, SYSTEM):
        asked = _imports(sa.func.min(Job.id), JobStatus.QUEUED)
        waiting = session.scalar(asked.where(Job.id == only) if only is not None else asked)
    if waiting is None:
        return None
    with UnitOfWork(session, SYSTEM) as work:
        job = session.get(Job, waiting, with_for_update=True, populate_existing=True)
        if job is None or job.status is not JobStatus.QUEUED:
            return None  # cancelled in this very moment; the next round looks again
        job.status, job.started_at = JobStatus.RUNNING, work.now
        job.arguments = {**job.arguments, "attempts": job.arguments.get("attempts", 0) + 1}
        said = job.arguments
        return _Taken(job.id, job.user_id, Step(said["step"]), said["batch"], said["locale"])


def _carry_out(
    session: Session, settings: Settings, files: KeptFiles, taken: _Taken, *, tell_user: bool
) -> None:
    one = _OneJob(session, settings, files, taken, tell_user)
    outer = session.info.get("actor")
    with force_locale(taken.locale):
        try:
            one.run()
        except Cancelled:
            one.take_back()
        except DeskError as refusal:
            one.give_up(_message(refusal))
        except Exception:
            one.give_up(str(_l("The import failed. The log of the worker says where.")))
            raise
        finally:
            if outer is None:
                session.info.pop("actor", None)
            else:
                session.info["actor"] = outer


class _OneJob:
    """A dry run or a writing, and what becomes of it."""

    def __init__(
        self, session: Session, settings: Settings, files: KeptFiles, taken: _Taken, tell_user: bool
    ) -> None:
        self.session, self.settings, self.files = session, settings, files
        self.taken, self.tell_user = taken, tell_user
        with reading(session, SYSTEM):
            asked = sa.select(LedgerBatch.id).where(LedgerBatch.public_id == taken.address)
            self.batch_id = session.scalars(asked).one()

    def run(self) -> None:
        actor = self._actor()
        if self.taken.step is Step.CHECK:
            ledger = self._ledger(actor)
            total = lambda: ledger.heading.lines_below  # noqa: E731  (known once reading has begun)
            stage(
                self.session,
                actor,
                self.batch_id,
                ledger,
                self.settings.zone,
                datetime.now(UTC),
                self._teller(total),
                self._finish,
                self.settings.export_processes,
            )
            return
        with reading(self.session, SYSTEM):
            ready = Figures.of(self.session.get_one(LedgerBatch, self.batch_id)).ready
        promote(
            self.session,
            actor,
            self.batch_id,
            self.settings.zone,
            self._teller(lambda: ready),
            self._finish,
            self.settings.export_processes,
        )

    def _actor(self) -> Actor:
        """The person who asked, with the rights of now; NotPermitted when the account is closed."""
        if self.taken.user_id is None:
            return SYSTEM
        with reading(self.session, SYSTEM):
            user = self.session.get(User, self.taken.user_id)
            if user is None or not user.is_active:
                raise NotPermitted
            return actor_for(self.session, user, datetime.now(UTC))

    def _ledger(self, actor: Actor) -> OldLedger:
        path = self.files.place(self.taken.address)
        if not path.is_file():
            raise UnusableFile(_l("The file is no longer kept. Choose it again."))
        with reading(self.session, actor):
            batch = self.session.get_one(LedgerBatch, self.batch_id, populate_existing=True)
            return ledger_of(self.session, actor, batch, path)

    def _teller(self, total: Callable[[], int]) -> Callable[[UnitOfWork, int], None]:
        """Tells the progress in the transaction of each piece of work; a job called off leaves none of it."""

        def tell(work: UnitOfWork, done: int) -> None:
            changed = work.session.execute(
                sa.update(Job)
                .where(Job.id == self.taken.id, Job.status == JobStatus.RUNNING)
                .values(progress=min(99, done * 100 // max(total(), 1))),
                execution_options={"synchronize_session": False},
            )
            if not changed.rowcount:  # type: ignore[attr-defined]
                raise Cancelled

        return tell

    def _finish(self, work: UnitOfWork, figures: Figures) -> None:
        """Done, in the transaction that makes its outcome seen."""
        job = work.session.get_one(Job, self.taken.id, with_for_update=True, populate_existing=True)
        if job.status is not JobStatus.RUNNING:
            raise Cancelled
        rows = figures.rows if self.taken.step is Step.CHECK else figures.written
        job.status, job.progress, job.finished_at = JobStatus.DONE, 100, work.now
        job.result = {"rows": rows, "faulty": figures.faulty}
        if self.tell_user and self.taken.user_id is not None:
            topic = "import.checked" if self.taken.step is Step.CHECK else "import.done"
            payload = {"file": job.arguments["filename"], "count": rows, "import": self.taken.address}
            work.session.add(
                OutboxMessage(
                    recipient_id=self.taken.user_id, topic=topic, payload=payload, next_attempt_at=work.now
                )
            )

    def take_back(self) -> None:
        """Leave nothing of what was begun."""
        self.session.rollback()
        if self.taken.step is Step.CHECK:
            clear(self.session, self.batch_id)
        else:
            take_back(self.session, self.batch_id)

    def give_up(self, text: str) -> None:
        self.take_back()
        with UnitOfWork(self.session, SYSTEM) as work:
            job = self.session.get_one(Job, self.taken.id, with_for_update=True, populate_existing=True)
            if job.status is JobStatus.RUNNING:
                job.status, job.error, job.finished_at = JobStatus.FAILED, text[:300], work.now


def _message(refusal: DeskError) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(str(text) for text in refusal.fields.values())
    return str(refusal.message)
