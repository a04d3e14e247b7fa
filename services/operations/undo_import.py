"""Taking a whole import off the desk again, as long as nobody has worked on a row of it."""

from __future__ import annotations

from models import LedgerBatch
from models.job_enums import BatchStatus
from models.labels import _l
from services.audit import Draft
from services.errors import Reason, Refused
from services.ledger.batches import batch_at
from services.ledger.importing import check_may_import
from services.ledger.publishing import take_off, worked_on
from services.unit_of_work import UnitOfWork


def undo_import(work: UnitOfWork, address: str) -> LedgerBatch:
    """Its complaints are void, their numbers stay taken and are shown as withdrawn; the file may be imported again.

    NotFound for somebody else's import; Refused when it is not on the desk or somebody has worked on a row.
    """
    check_may_import(work.actor)
    batch = batch_at(work.session, address)
    if batch.status is not BatchStatus.IMPORTED:
        raise Refused([Reason("not_imported", _l("This ledger is not on the desk."))])
    if worked_on(work.session, batch):
        text = _l(
            "Somebody has worked on a complaint of this import: it can't be undone as a whole any more. Deal with the "
            "wrong complaints one by one."
        )
        raise Refused([Reason("worked_on", text)])
    rows = take_off(work, batch)
    work.record(Draft("ledger.undone", "ledger_batch", batch.id, batch.filename[:120], after={"rows": rows}))
    return batch
