"""Asking for a checked ledger to be written."""

from __future__ import annotations

from models import Job
from services.ledger.batches import Step, batch_at, job_for
from services.ledger.importing import check_may_import
from services.ledger.promoting import choose_rows
from services.unit_of_work import UnitOfWork


def write_import(work: UnitOfWork, address: str, *, good_only: bool, locale: str) -> Job:
    """Put the writing into the list of jobs; with `good_only` the rows with faults are left out.

    NotPermitted without ledger:import; NotFound for somebody else's batch; FaultyLedger when rows have faults and good
    ones alone were not asked for; Refused when it is not checked or a job of it is going.
    """
    check_may_import(work.actor)
    batch = batch_at(work.session, address)
    job = job_for(work, batch, Step.WRITE, locale)
    choose_rows(batch, good_only=good_only)
    return job
