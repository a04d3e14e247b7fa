"""Asking the complainant for written material and the declaration of its truth (R15-16)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from models import Complaint, RequestedMaterial
from models.intake_enums import MaterialStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid
from services.records import grant_on_case, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.materials import materials_of
from services.workflow.steps import load
from services.workflow.typed import required

ASKABLE = (MaterialStatus.TO_REQUEST, MaterialStatus.REQUESTED, MaterialStatus.NOT_SUPPLIED)


def request_material(
    work: UnitOfWork,
    complaint_id: str,
    *,
    codes: Collection[str],
    how: str | None,
    at: datetime | None = None,
) -> list[RequestedMaterial]:
    """What was asked for, how and when. Asking again for what never came begins anew.

    Invalid at `codes`, `how`, `at`; NotPermitted; Refused when the complaint has ended.
    """
    complaint: Complaint = load(work, complaint_id)
    grant = grant_on_case(work, Permission.COMPLAINT_NOTE, complaint)
    require_open(complaint)
    said = required(how, "how", _l("Say how the complainant was asked."), 200)
    moment = at or work.now
    if moment > work.now:
        raise Invalid({"at": _l("This can't lie in the future.")})
    rows = {row.code: row for row in materials_of(work.session, complaint)}
    askable = {code for code, row in rows.items() if row.status in ASKABLE}
    if not codes or set(codes) - askable:
        raise Invalid({"codes": _l("Choose what the complainant was asked for.")})
    asked = [row for code, row in rows.items() if code in codes]
    for row in asked:
        earlier = audit.values_of(row)
        row.status, row.requested_at, row.requested_by_id = (
            MaterialStatus.REQUESTED,
            moment,
            work.actor.user_id,
        )
        row.how, row.note = said, None
        save(work, row)
        record_change(work, "ask", row, earlier, grant=grant)
    return asked
