"""Giving up a ledger that was handed in, before it is imported."""

from __future__ import annotations

from models import LedgerBatch
from models.job_enums import BatchStatus
from services.ledger.batches import batch_at, check_not_going
from services.ledger.importing import check_may_import
from services.unit_of_work import UnitOfWork


def discard_import(work: UnitOfWork, address: str) -> LedgerBatch:
    """Nothing of it is kept; the worker removes file and staged rows.

    NotFound for somebody else's batch; Refused when it is imported or a job of it is going.
    """
    check_may_import(work.actor)
    batch = batch_at(work.session, address)
    check_not_going(batch)
    batch.status = BatchStatus.CANCELLED
    return batch
