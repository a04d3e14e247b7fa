"""Handing in an old ledger: a batch that is not checked yet."""

from __future__ import annotations

from models import LedgerBatch
from models.job_enums import BatchStatus
from services.ledger.importing import OldLedger, as_kept, check_may_import
from services.unit_of_work import UnitOfWork


def upload_ledger(work: UnitOfWork, ledger: OldLedger) -> LedgerBatch:
    """The batch of this file; the file itself is kept by the caller. NotPermitted without ledger:import."""
    check_may_import(work.actor)
    batch = LedgerBatch(
        filename=ledger.filename[-255:],
        sha256=ledger.sha256,
        status=BatchStatus.UPLOADED,
        header_key=ledger.heading.key,
        heading=ledger.heading.place(),
        mapping=as_kept(ledger.mapping),
        options=ledger.options.as_json(),
        imported_by_id=work.actor.user_id,
    )
    work.session.add(batch)
    work.session.flush()
    return batch
