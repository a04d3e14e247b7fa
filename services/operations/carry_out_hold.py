"""Recording how the stop and the isolation of a hold were carried out, by a department that was told or by the desk."""

from __future__ import annotations

from models import Department, Hold
from models.hold_enums import NoticeKind
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.holds import belongs_to, notices_of, require_open_hold
from services.workflow.typed import required


def carry_out_hold(work: UnitOfWork, hold_id: int, version: int | None, *, how: str | None) -> Hold:
    """The hold, carried out (R18-06): quantity, place and mark of what stands apart."""
    hold: Hold = load_record(work, Hold, hold_id, version)
    told = [
        work.session.get_one(Department, notice.department_id)
        for notice in notices_of(work.session, hold)
        if notice.kind is NoticeKind.STOP and notice.department_id is not None
    ]
    grant = None
    if not any(belongs_to(work.actor, department) for department in told):
        grant = grant_for_record(work, Permission.HOLD_WRITE, hold)
    require_open_hold(hold)
    earlier = audit.values_of(hold)
    hold.executed_text = required(how, "how", _l("Say what was stopped and where the goods stand apart."))
    hold.executed_at, hold.executed_by_id = work.now, work.actor.user_id
    save(work, hold)
    record_change(work, "carry_out", hold, earlier, grant=grant)
    return hold
