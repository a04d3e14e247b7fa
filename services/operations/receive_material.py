"""Recording that requested material came in, with its file, or that it will not come (R15-16)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from models import Attachment, Complaint, RequestedMaterial
from models.enums import State
from models.intake_enums import MaterialStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid, Reason, Refused, Text
from services.records import grant_on_case, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.materials import materials_of
from services.workflow.steps import load
from services.workflow.typed import optional

AWAITED = (MaterialStatus.REQUESTED, MaterialStatus.NOT_SUPPLIED)


def receive_material(
    work: UnitOfWork,
    complaint_id: str,
    *,
    codes: Collection[str],
    supplied: bool,
    at: datetime | None = None,
    note: str | None = None,
    attachment: Attachment | None = None,
) -> list[RequestedMaterial]:
    """What came in, when and to whom; or (`supplied` false) why the complainant gives nothing.

    A late paper is taken as long as the file is open. Invalid at `codes`, `at`, `note`; NotPermitted.
    """
    complaint: Complaint = load(work, complaint_id)
    grant = grant_on_case(work, Permission.COMPLAINT_NOTE, complaint)
    if complaint.state in (State.ARCHIVED, State.MERGED):
        raise Refused([Reason("filed", _l("The complaint is filed; its files stay as they are."))])
    rows = {row.code: row for row in materials_of(work.session, complaint)}
    awaited = {code for code, row in rows.items() if row.status in AWAITED}
    if not codes or set(codes) - awaited:
        raise Invalid({"codes": _l("Choose what was asked for and is still outstanding.")})
    chosen = [row for code, row in rows.items() if code in codes]
    moment, said = at or work.now, optional(note)
    faults = _faults(work, chosen, moment, said, supplied=supplied)
    if faults:
        raise Invalid(faults)
    for row in chosen:
        earlier = audit.values_of(row)
        row.note = said
        if supplied:
            row.status = MaterialStatus.RECEIVED
            row.received_at = max(moment, row.requested_at or moment)
            row.received_by_id = work.actor.user_id
            row.attachment_id = attachment.id if attachment else None
        else:
            row.status = MaterialStatus.NOT_SUPPLIED
        save(work, row)
        record_change(work, "answer", row, earlier, grant=grant)
    return chosen


def _faults(
    work: UnitOfWork,
    chosen: Collection[RequestedMaterial],
    moment: datetime,
    said: str | None,
    *,
    supplied: bool,
) -> dict[str, Text]:
    if not supplied:
        return {} if said else {"note": _l("Say why the complainant supplies nothing.")}
    if moment > work.now:
        return {"at": _l("This can't lie in the future.")}
    # Forms know no seconds: what came in the minute in which it was asked for came in afterwards.
    if any(row.requested_at and moment < row.requested_at.replace(second=0, microsecond=0) for row in chosen):
        return {"at": _l("It can't have come in before it was asked for.")}
    return {}
