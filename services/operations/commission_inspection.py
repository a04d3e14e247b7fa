"""Commissioning an inspection that the complainant asked for: a qualified body or experts (R15-14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Complaint, Inspection
from models.enums import EventKind
from models.labels import _l
from models.remedy_enums import InspectionBody, InspectionResult
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Reason, Refused, Text
from services.procedures.of_complaint import procedure_of
from services.records import grant_for_record, put_values, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.steps import write_event


def commission_inspection(
    work: UnitOfWork, complaint_id: int | None, *, values: Mapping[str, Any]
) -> Inspection:
    """The inspection, its result outstanding; who advances the cost is what the procedure says."""
    complaint = work.session.scalars(sa.select(Complaint).where(Complaint.id == (complaint_id or 0))).first()
    if complaint is None:
        raise Invalid({"complaint_id": _l("Pick the complaint that the inspection is for.")})
    require_open(complaint)
    rule = procedure_of(work.session, complaint).inspections
    if rule is None:
        raise Refused([Reason("no_inspections", _l("The procedure of this complaint knows no inspection."))])
    inspection = Inspection(
        complaint_id=complaint.id, result=InspectionResult.OPEN, advanced_by=rule.advanced_by
    )
    put_values(inspection, values)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, complaint)
    faults = _faults(work, inspection)
    if faults:
        raise Invalid(faults)
    work.session.add(inspection)
    save(work, inspection)
    record_change(work, "create", inspection, grant=grant)
    text = f"{inspection.subject} · {inspection.body}"
    write_event(
        work,
        complaint,
        EventKind.INVESTIGATED,
        text=text,
        clause=", ".join(rule.clause),
        grant=grant,
        done="inspection_commissioned",
    )
    return inspection


def _faults(work: UnitOfWork, inspection: Inspection) -> dict[str, Text]:
    today = work.now.astimezone(desk_zone(work.session)).date()
    faults: dict[str, Text] = {}
    if inspection.body_kind is InspectionBody.QUALIFIED and not (inspection.qualification or "").strip():
        faults["qualification"] = _l("Only a qualified body may be commissioned: enter its certificate.")
    if inspection.requested_on > today:
        faults["requested_on"] = _l("This can't lie in the future.")
    if not inspection.requested_on <= inspection.commissioned_on <= today:
        faults["commissioned_on"] = _l("Between the request and today.")
    return faults
