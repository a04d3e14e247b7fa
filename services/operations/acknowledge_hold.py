"""Acknowledging a notice of a hold: a department for itself, the desk for a purchaser's receipt."""

from __future__ import annotations

from models import Department, Hold, HoldNotice
from models.labels import _l
from services.access.permissions import Permission
from services.errors import NotPermitted, Reason, Refused
from services.records import grant_for_record, load_record, record_change
from services.unit_of_work import UnitOfWork
from services.workflow.holds import belongs_to
from services.workflow.typed import optional, required


def acknowledge_hold(work: UnitOfWork, notice_id: int, *, receipt: str | None = None) -> HoldNotice:
    """The notice, acknowledged. NotPermitted for people of another department; a purchaser's receipt says what it is.

    Refused before they were told, and a second time.
    """
    notice: HoldNotice = load_record(work, HoldNotice, notice_id)
    hold: Hold = load_record(work, Hold, notice.hold_id)
    grant = None
    if notice.outside is not None:
        grant = grant_for_record(work, Permission.HOLD_WRITE, hold)
    elif not belongs_to(work.actor, work.session.get(Department, notice.department_id or 0)):
        raise NotPermitted(_l("Only the department that was told acknowledges the notice."))
    if notice.acknowledged_at is not None:
        raise Refused([Reason("acknowledged", _l("The notice is acknowledged already."))])
    if notice.sent_at is None:
        raise Refused([Reason("not_told", _l("They have not been told yet."))])
    if notice.outside is not None:
        notice.receipt = required(receipt, "receipt", _l("Say what the receipt is."), 300)
    else:
        notice.receipt = optional(receipt, "receipt", 300)
    notice.acknowledged_at, notice.acknowledged_by_id = work.now, work.actor.user_id
    record_change(
        work,
        "acknowledge",
        hold,
        {},
        grant=grant,
        further={"notice": notice.public_id, "receipt": notice.receipt},
    )
    return notice
