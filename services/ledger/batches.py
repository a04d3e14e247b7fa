"""What a batch of an import remembers of itself: what the dry run counted, and how far the writing is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Job, LedgerBatch
from models.job_enums import BatchStatus, JobStatus
from models.labels import _l
from services.errors import NotFound, Reason, Refused
from services.ledger.checking import Options
from services.unit_of_work import UnitOfWork

KIND = "import"
"""Of the jobs that are imports."""


@dataclass(frozen=True)
class Series:
    """Numbers taken for the rows of one year of receipt: the first, and how many."""

    prefix: str
    year: int
    first: int
    count: int

    def number(self, rank: int) -> str:
        """The number of the row that is the `rank`th (from 0) of its year, by the moment of receipt."""
        return f"{self.prefix}-{self.year}-{self.first + rank:06d}"


@dataclass(frozen=True)
class Figures:
    """Kept as JSON in the batch."""

    rows: int = 0
    """Rows with something in them."""
    faulty: int = 0
    repeated: int = 0
    """Rows that stand in the file more than once."""
    known: int = 0
    """Rows that are on the desk already."""
    ready: int = 0
    doubts: int = 0
    """Remarks on rows that can be taken all the same."""
    faults: int = 0
    version_id: int = 0
    """The procedure under which the rows were checked."""
    good_only: bool = False
    """Faulty rows are left out; otherwise one of them stops all."""
    series: tuple[Series, ...] = field(default=())
    written: int = 0
    last: tuple[str, int] | None = None
    """Receipt and line of the row that was written last."""

    @classmethod
    def of(cls, batch: LedgerBatch) -> Figures:
        kept: Mapping[str, Any] = batch.figures
        known = {key: value for key, value in kept.items() if key in cls.__dataclass_fields__}
        known["series"] = tuple(Series(**each) for each in known.get("series", ()))
        if known.get("last"):
            known["last"] = (known["last"][0], known["last"][1])
        return cls(**known)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def but(self, **changed: Any) -> Figures:
        return replace(self, **changed)

    @property
    def can_go(self) -> bool:
        """Whether there is something to import and nothing that stops it."""
        return self.ready > 0 and (self.faulty == 0 or self.good_only)


def batch_at(session: Session, address: str) -> LedgerBatch:
    """A batch of the actor's own. NotFound otherwise."""
    batch = session.scalars(sa.select(LedgerBatch).where(LedgerBatch.public_id == address)).first()
    if batch is None:
        raise NotFound
    return batch


def options_of(batch: LedgerBatch) -> Options:
    return Options.read(batch.options) if batch.options else Options()


def mapping_of(batch: LedgerBatch) -> dict[int, str]:
    return {int(index): key for index, key in batch.mapping.items()}


class Step(StrEnum):
    """What a job does with a batch."""

    CHECK = "check"
    WRITE = "write"


def is_going(batch: LedgerBatch) -> bool:
    """Whether a job of it waits or runs."""
    return batch.job is not None and batch.job.status in (JobStatus.QUEUED, JobStatus.RUNNING)


def check_not_going(batch: LedgerBatch) -> None:
    """Refused when a batch may not be dealt with now."""
    if is_going(batch) or batch.status is BatchStatus.WRITING:
        text = _l("A job of this import is not finished yet. Wait until it is done, or cancel it.")
        raise Refused([Reason("import_going", text)])
    if batch.status not in (BatchStatus.UPLOADED, BatchStatus.CHECKED):
        raise Refused([Reason("import_over", _l("This import is over. Choose the file again."))])


def job_for(work: UnitOfWork, batch: LedgerBatch, step: Step, locale: str) -> Job:
    """A job for the next step of a batch. Refused when it may not be taken now."""
    check_not_going(batch)
    if step is Step.WRITE and batch.status is not BatchStatus.CHECKED:
        raise Refused([Reason("not_checked", _l("This ledger has to be checked by a dry run first."))])
    arguments = {"batch": batch.public_id, "step": step.value, "filename": batch.filename, "locale": locale}
    job = Job(kind=KIND, user_id=work.actor.user_id, arguments=arguments)
    work.session.add(job)
    work.session.flush()
    batch.job = job
    return job
