"""Asking for an export that takes longer than a request may wait."""

from __future__ import annotations

import sqlalchemy as sa

from models import Job
from models.job_enums import JobStatus
from models.labels import _l
from services.errors import NotPermitted, Reason, Refused
from services.ledger.wishes import KIND, Wish
from services.unit_of_work import UnitOfWork

MOST_AT_ONCE = 3
"""Exports that one person may have waiting or running."""


def start_export(work: UnitOfWork, wish: Wish) -> Job:
    """Put the export into the list of jobs; the worker takes it from there.

    NotPermitted for who may not export this list; Refused when three of the person's exports wait already.
    """
    if work.actor.user_id is None or not wish.may_be_read_by(work.actor):
        raise NotPermitted
    going = sa.select(sa.func.count()).select_from(Job).where(
        Job.kind == KIND,
        Job.user_id == work.actor.user_id,
        Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)),
    )  # fmt: skip
    if (work.session.scalar(going) or 0) >= MOST_AT_ONCE:
        text = _l(
            "%(count)s of your exports are not finished yet. Wait for one, or cancel it.", count=MOST_AT_ONCE
        )
        raise Refused([Reason("exports_going", text)])
    job = Job(kind=KIND, user_id=work.actor.user_id, arguments=wish.as_arguments())
    work.session.add(job)
    work.session.flush()
    return job
