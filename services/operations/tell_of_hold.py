"""Recording that somebody was told of a hold: a purchaser outside, or a department named for an open notice."""

from __future__ import annotations

from datetime import datetime

from models import Hold, HoldNotice
from models.hold_enums import NoticeKind
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Invalid, Reason, Refused
from services.records import grant_for_record, load_record, record_change
from services.unit_of_work import UnitOfWork
from services.workflow.holds import people_of, send_messages
from services.workflow.typed import not_in_future, open_department, required


def tell_of_hold(
    work: UnitOfWork,
    notice_id: int,
    *,
    how: str | None = None,
    at: datetime | None = None,
    department_id: int | None = None,
) -> HoldNotice:
    """The notice, told. For a purchaser: how and when; for a task that no department had: the department that has it.

    Refused when they were told already.
    """
    notice: HoldNotice = load_record(work, HoldNotice, notice_id)
    hold: Hold = load_record(work, Hold, notice.hold_id)
    grant = grant_for_record(work, Permission.HOLD_WRITE, hold)
    if notice.sent_at is not None:
        raise Refused([Reason("told", _l("They have been told already."))])
    if notice.outside is None and notice.department_id is None:
        department = open_department(work, department_id, "department_id")
        notice.department_id = department.id
        if not hold.complaint.is_confidential:
            send_messages(work, hold, people_of(work.session, department), notice.kind)
        notice.sent_at = work.now
    else:
        notice.sent_how = required(how, "how", _l("Say how they were told."), 200)
        moment = not_in_future(work, at, "at")
        ordered = hold.released_at if notice.kind is NoticeKind.RELEASE else hold.ordered_at
        if ordered is not None and moment < ordered.replace(second=0, microsecond=0):
            raise Invalid({"at": _l("They can't have been told before the order.")})
        notice.sent_at = moment
    record_change(
        work,
        "tell",
        hold,
        {},
        grant=grant,
        further={"notice": notice.public_id, "how": notice.sent_how, "sent_at": notice.sent_at.isoformat()},
    )
    return notice
