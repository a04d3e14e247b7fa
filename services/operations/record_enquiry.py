"""Recording a query, a piece of feedback, a suggestion, a letter or a visit: no complaint, but it wants an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Complaint, Department, Enquiry
from models.enums import RoleName
from models.labels import _l
from models.reception_enums import EnquiryStatus
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, NotPermitted
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.sections.enquiries import EnquiryKind
from services.records import put_values, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.enquiries import answerers, kind_of, tell_of_enquiry
from services.workflow.numbers import take_number
from services.workflow.people import holders

SERIES = "ZX"
"""Prefix of their numbers (咨询), apart from every series of complaints."""


def record_enquiry(work: UnitOfWork, kind_code: str, values: Mapping[str, Any]) -> Enquiry:
    """The open record with its number; whoever answers it is told.

    NotPermitted without the right to record; Invalid for a kind or channel that the procedure does not know, or
    without the department when the kind goes to one.
    """
    grant = work.actor.grant_for(Permission.ENQUIRY_WRITE)
    if grant is None:
        raise NotPermitted
    version = current_version(work.session)
    kind = kind_of(parsed(version), kind_code) if version else None
    if kind is None:
        raise Invalid({"kind": _l("The procedure knows no such kind of record.")})
    _check(work, kind, values)
    year = work.now.astimezone(desk_zone(work.session)).year
    enquiry = Enquiry(
        number=take_number(work.session, SERIES, year),
        kind=kind.code,
        kind_name=kind.names.zh,
        status=EnquiryStatus.OPEN,
        recorded_by_id=work.actor.user_id,
    )
    put_values(enquiry, values)
    enquiry.responsible_id = _responsible(work, kind, enquiry.department_id)
    work.session.add(enquiry)
    save(work, enquiry)
    record_change(work, "create", enquiry, grant=grant)
    told = [*answerers(work.session, kind, enquiry), enquiry.responsible_id]
    tell_of_enquiry(work, enquiry, told, "enquiry.recorded")
    return enquiry


def _check(work: UnitOfWork, kind: EnquiryKind, values: Mapping[str, Any]) -> None:
    faults: dict[str, Any] = {}
    complaint = _complaint(work, values)
    if complaint is None and (kind.of_complaint or values.get("complaint_id") is not None):
        faults["complaint_id"] = _l("Say which complaint it is about.")
    if complaint is not None and complaint.is_confidential:
        message = _l("A confidential complaint is asked about within its own investigation only.")
        faults["complaint_id"] = message
    if values.get("channel") not in kind.channels:
        faults["channel"] = _l("The procedure does not take this kind of record through this channel.")
    if (kind.to_department or kind.responsible) and values.get("department_id") is None:
        faults["department_id"] = _l("Choose the department that it goes to.")
    received_at = values.get("received_at")
    if received_at is not None and received_at > work.now:
        faults["received_at"] = _l("It can't have been received in the future.")
    if faults:
        raise Invalid(faults)


def _complaint(work: UnitOfWork, values: Mapping[str, Any]) -> Complaint | None:
    """The complaint it is about, as far as the actor may read it."""
    complaint_id = values.get("complaint_id")
    return work.session.scalars(sa.select(Complaint).where(Complaint.id == complaint_id)).first()


def _responsible(work: UnitOfWork, kind: EnquiryKind, department_id: int | None) -> int | None:
    """Whoever holds the responsible post of the department (R09-13: the store's head of quality)."""
    if kind.responsible is None or department_id is None:
        return None
    department = work.session.get(Department, department_id)
    if kind.responsible is RoleName.DEPARTMENT_HEAD and department is not None and department.leader_id:
        return department.leader_id
    found = holders(work.session, [kind.responsible], department_id)
    if not found:
        raise Invalid(
            {"department_id": _l("Nobody in this department holds the post that answers for such records.")}
        )
    return found[0]
