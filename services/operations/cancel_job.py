"""Calling off a job that waits or runs."""

from __future__ import annotations

import sqlalchemy as sa

from models import Job
from models.job_enums import JobStatus
from models.labels import _l
from services.errors import NotFound, Reason, Refused
from services.unit_of_work import UnitOfWork


def cancel_job(work: UnitOfWork, address: str) -> Job:
    """Nothing of it is kept; a running one notices within a second or two.

    NotFound for somebody else's job (those who keep the system may cancel everybody's); Refused when it is over.
    """
    job = work.session.scalars(sa.select(Job).where(Job.public_id == address).with_for_update()).first()
    if job is None:
        raise NotFound
    if job.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
        raise Refused([Reason("over", _l("This job is over already."))])
    job.status = JobStatus.CANCELLED
    job.finished_at = work.now
    return job
