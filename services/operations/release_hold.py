"""Releasing held goods, with the basis for it; everybody who was told to stop is told to go on."""

from __future__ import annotations

from models import Complaint, Department, Hold, HoldNotice
from models.enums import EventKind
from models.hold_enums import HoldStatus, NoticeKind
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Refused
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.holds import missing_for_release, notices_of, require_open_hold, tell_department
from services.workflow.steps import write_event
from services.workflow.typed import required


def release_hold(work: UnitOfWork, hold_id: int, version: int | None, *, basis: str | None) -> Hold:
    """The released hold (R08-05). Refused with what is not on record yet; Invalid without a basis."""
    hold: Hold = load_record(work, Hold, hold_id, version)
    grant = grant_for_record(work, Permission.HOLD_RELEASE, hold)
    require_open_hold(hold)
    words = required(basis, "basis", _l("Say on what basis: finding, test report, disposal."))
    reasons = missing_for_release(hold)
    if reasons:
        raise Refused(reasons)
    earlier = audit.values_of(hold)
    hold.status, hold.release_basis = HoldStatus.RELEASED, words
    hold.released_at, hold.released_by_id = work.now, work.actor.user_id
    save(work, hold)
    record_change(work, "release", hold, earlier, grant=grant)
    complaint = work.session.get_one(Complaint, hold.complaint_id)
    for notice in notices_of(work.session, hold):
        if notice.department_id is not None:
            department = work.session.get_one(Department, notice.department_id)
            tell_department(work, complaint, hold, department, NoticeKind.RELEASE, notice.duty)
        elif notice.outside is not None and notice.sent_at is not None:
            work.session.add(HoldNotice(hold_id=hold.id, kind=NoticeKind.RELEASE, outside=notice.outside))
    write_event(
        work, complaint, EventKind.HOLD, text=words, grant=grant, hold=hold.number, released="released"
    )
    return hold
