"""Recording what became of the batches next to the one that is held."""

from __future__ import annotations

from models import Hold
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.holds import require_open_hold
from services.workflow.typed import required


def check_neighbours(work: UnitOfWork, hold_id: int, version: int | None, *, result: str | None) -> Hold:
    """The hold with the check of its neighbouring batches."""
    hold: Hold = load_record(work, Hold, hold_id, version)
    grant = grant_for_record(work, Permission.HOLD_WRITE, hold)
    require_open_hold(hold)
    earlier = audit.values_of(hold)
    hold.neighbours_result = required(
        result, "result", _l("Say which batches were checked and what was found.")
    )
    hold.neighbours_checked_at = work.now
    save(work, hold)
    record_change(work, "check_neighbours", hold, earlier, grant=grant)
    return hold
